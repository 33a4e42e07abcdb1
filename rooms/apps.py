"""The rooms' app: a plugin like any other."""

from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from eservices.contract import EServiceConfig


class RoomsConfig(EServiceConfig):
    """Announces the service, and keeps the guard of the database in place."""

    default = True
    name = "rooms"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Rooms")
    eservice = "rooms.plugin.Rooms"

    def ready(self) -> None:
        from rooms import checks, receivers, triggers  # noqa: F401  they register themselves

        post_migrate.connect(triggers.lay, sender=self, dispatch_uid="rooms.triggers")
