"""Every change of public content raises its version, in the transaction of that change."""

from typing import Any

from django.db.models.signals import post_delete, post_save
from wagtail.contrib.redirects.models import Redirect
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Locale, Page, PageViewRestriction, Site
from wagtail.signals import post_page_move

from cms_pages import versions

#: A draft only moves these; what the public reads is unchanged.
DRAFT_FIELDS = frozenset(
    (
        "latest_revision",
        "latest_revision_created_at",
        "has_unpublished_changes",
        "draft_title",
        "live_revision",
        "expired",
        "go_live_at",
        "expire_at",
        "locked",
        "locked_at",
        "locked_by",
    )
)


def is_draft_save(update_fields: Any) -> bool:
    """Whether a save touched only what belongs to drafts."""
    return update_fields is not None and set(update_fields) <= DRAFT_FIELDS


def page_saved(
    sender: Any, instance: Any, raw: bool = False, update_fields: Any = None, **kwargs: Any
) -> None:
    """A page was published, changed or withdrawn."""
    if isinstance(instance, Page) and not raw and not is_draft_save(update_fields):
        versions.raise_version()


def page_deleted(sender: Any, instance: Any, **kwargs: Any) -> None:
    """A page is gone."""
    if isinstance(instance, Page):
        versions.raise_version()


def changed(sender: Any, **kwargs: Any) -> None:
    """Something changed that pages show or depend on."""
    if not kwargs.get("raw"):
        versions.raise_version()


def connect() -> None:
    """Connect the receivers; called once when the apps are there."""
    post_save.connect(page_saved, dispatch_uid="content-version-page-saved")
    post_delete.connect(page_deleted, dispatch_uid="content-version-page-deleted")
    post_page_move.connect(changed, dispatch_uid="content-version-page-moved")
    models = (Site, Locale, Redirect, PageViewRestriction, get_image_model(), get_document_model())
    for model in models:
        for signal in (post_save, post_delete):
            signal.connect(
                changed, sender=model, dispatch_uid=f"content-version-{model.__name__}-{id(signal)}"
            )
