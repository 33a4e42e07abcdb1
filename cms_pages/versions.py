"""The version of all public content: caches are keyed by it, ETags are made from it.

It is raised by a guarded UPDATE in the transaction of the change, so that nobody reads new content under an old version
or the reverse; all processes see it, whatever cache they hold.
"""

from django.db.models import F
from django.utils import timezone

from cms_pages.models import ContentVersion


def current() -> str:
    """Return the version as a word for keys and ETags: one query on one row.

    The time belongs to it, so that a database restored from a copy does not count to an old version again.
    """
    row = ContentVersion.objects.filter(pk=1).values_list("number", "changed_at").first()
    return f"{row[0]}.{int(row[1].timestamp() * 1_000_000):x}" if row else "0"


def raise_version() -> None:
    """Say that public content changed; call it inside the transaction of the change."""
    change = {"number": F("number") + 1, "changed_at": timezone.now()}
    if not ContentVersion.objects.filter(pk=1).update(**change):
        ContentVersion.objects.get_or_create(pk=1)
