"""The core's app: it collects the plugins when all apps are there."""

from django.utils.translation import gettext_lazy as _

from eservices.contract import EServiceConfig, registry


class EservicesConfig(EServiceConfig):
    """The core is itself an e-service: procedures and files."""

    # Django would hesitate between this class and its imported base, and take neither.
    default = True
    name = "eservices"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("E-services")
    eservice = "eservices.plugin.Procedures"

    def ready(self) -> None:
        from eservices import receivers  # noqa: F401  receivers connect themselves

        registry.collect()
