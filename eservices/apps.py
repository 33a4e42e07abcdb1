"""The core's app: it collects the plugins when all apps are there."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from eservices.contract import EServiceConfig, registry


class EservicesConfig(EServiceConfig):
    """The core is itself two e-services: procedures with their files, and the eBox."""

    # Django would hesitate between this class and its imported base, and take neither.
    default = True
    name = "eservices"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("E-services")
    eservice = "eservices.plugin.Procedures"
    further_eservices = ("eservices.ebox_service.Ebox",)

    def ready(self) -> None:
        from eservices import receivers  # noqa: F401  receivers connect themselves
        from eservices.identity import checks  # noqa: F401  checks register themselves
        from eservices.scanning import checks as scanning_checks  # noqa: F401  so do these

        if settings.ANYMAIL:
            from eservices import mail_events  # noqa: F401  heavy, and only with a mail service

        registry.collect()
