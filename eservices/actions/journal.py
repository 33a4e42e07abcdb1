"""Writing the journal: every move and every act on personal data leaves one row, chained by hashes."""

from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone

from eservices.enums import Side
from eservices.models import JournalEntry, User
from eservices.queries.journal import entry_hash


def record(
    *,
    subject: models.Model,
    event: str,
    actor: User | None,
    side: Side,
    reason: str = "",
    data: dict[str, Any] | None = None,
) -> JournalEntry:
    """Add one row about `subject` (anything with a `public_id`), in the caller's transaction.

    `data` holds references and counts, never names or answers. Call it after the subject's row was
    locked or changed, so that two writers of one chain wait for each other.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(
            "A journal row belongs to the act's transaction."
        )
    subject_type = subject._meta.label_lower
    subject_id = subject.public_id  # type: ignore[attr-defined]
    last = (
        JournalEntry.objects.filter(subject_type=subject_type, subject_id=subject_id)
        .order_by("-sequence")
        .first()
    )
    entry = JournalEntry(
        subject_type=subject_type,
        subject_id=subject_id,
        sequence=last.sequence + 1 if last else 1,
        event=event,
        actor=actor,
        side=side,
        reason=reason,
        data=data or {},
        at=timezone.now(),
        previous_hash=last.hash if last else "",
    )
    entry.hash = entry_hash(entry)
    entry.save(force_insert=True)
    return entry
