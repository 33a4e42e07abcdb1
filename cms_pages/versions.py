"""The version of all public content: caches are keyed by it, ETags are made from it.

It is raised by a guarded UPDATE in the transaction of the change, so that nobody reads new content under an old version
or the reverse; all processes see it, whatever cache they hold.
"""

from django.db.models import F

from cms_pages.models import ContentVersion


def current() -> int:
    """Return the version: one query on one row."""
    return ContentVersion.objects.values_list("number", flat=True).filter(pk=1).first() or 0


def raise_version() -> None:
    """Say that public content changed; call it inside the transaction of the change."""
    if not ContentVersion.objects.filter(pk=1).update(number=F("number") + 1):
        ContentVersion.objects.get_or_create(pk=1)
