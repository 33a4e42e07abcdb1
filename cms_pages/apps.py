"""Django app of `cms_pages`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CmsPagesConfig(AppConfig):
    """Pages."""

    name = "cms_pages"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Pages")

    def ready(self) -> None:
        from cms_pages import receivers, translating  # models are there only now

        receivers.connect()
        translating.guard()
