"""Facts from Wagtail and Django that the core listens to."""

from django.apps import apps
from django.db.models.signals import post_migrate

from eservices.identity import letters  # noqa: F401  letters about accounts register themselves
from eservices.permissions import ensure_groups_after_migration

# After the last app, so that the rights of every app are there.
post_migrate.connect(
    ensure_groups_after_migration,
    sender=list(apps.get_app_configs())[-1],
    dispatch_uid="eservices.permissions",
)
