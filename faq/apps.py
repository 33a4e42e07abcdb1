"""Django app of `faq`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FaqConfig(AppConfig):
    """Frequently asked questions."""

    name = "faq"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Frequently asked questions")

    def ready(self) -> None:
        from faq import receivers  # models are there only now

        receivers.connect()
