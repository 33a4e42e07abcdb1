"""Public pages enter the search when they are saved and leave it when they are withdrawn, in the same transaction."""

from typing import Any

from django.db.models.signals import post_save
from wagtail.models import Page

from cms_pages.receivers import is_draft_save
from faq import indexing


def page_saved(
    sender: Any, instance: Any, raw: bool = False, update_fields: Any = None, **kwargs: Any
) -> None:
    """Write what the search knows of the page (deleted pages take it with them)."""
    if isinstance(instance, Page) and not raw and not is_draft_save(update_fields):
        indexing.enter(instance)


def connect() -> None:
    """Connect the receivers; called once when the apps are there."""
    post_save.connect(page_saved, dispatch_uid="faq-search-page-saved")
