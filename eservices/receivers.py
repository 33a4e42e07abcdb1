"""Facts from Wagtail and Django that the core listens to."""

from typing import Any

from django.apps import apps
from django.db.models.signals import post_migrate
from django.dispatch import receiver
from wagtail.signals import page_published, page_unpublished

from eservices.actions import procedures
from eservices.identity import letters, space_letters  # noqa: F401  letters register themselves
from eservices.models import ProcedurePage
from eservices.permissions import ensure_groups_after_migration

# After the last app that has tables (others get no signal), so that the rights of every app are there.
post_migrate.connect(
    ensure_groups_after_migration,
    sender=[config for config in apps.get_app_configs() if config.models_module][-1],
    dispatch_uid="eservices.permissions",
)


@receiver(page_published, sender=ProcedurePage, dispatch_uid="procedure-page-published")
def freeze_published_page(sender: Any, instance: ProcedurePage, **kwargs: Any) -> None:
    """Freeze the form of a published page, or take over the words of a translation.

    Wagtail also sends the signal for aliases, and when a page that was never published is scheduled: neither is live.
    """
    if kwargs.get("alias") or instance.alias_of_id or not instance.live:
        return
    revision = kwargs.get("revision")
    revision_id = revision.pk if revision else instance.live_revision_id
    if procedures.is_main_page(instance):
        procedures.freeze(
            page=instance, revision_id=revision_id, by=revision.user if revision else None
        )
    else:
        procedures.record_words(page=instance, revision_id=revision_id)


@receiver(page_unpublished, sender=ProcedurePage, dispatch_uid="procedure-page-unpublished")
def close_unpublished_page(sender: Any, instance: ProcedurePage, **kwargs: Any) -> None:
    """Close a procedure for new files when its page disappears."""
    if not instance.alias_of_id:
        procedures.close(page=instance)
