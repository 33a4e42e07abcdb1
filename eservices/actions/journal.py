"""Writing the journal: every move and every act on personal data leaves one row, chained by hashes."""

import hashlib
import json
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone

from eservices.enums import Side
from eservices.models import JournalEntry, User


def canonical(data: Any) -> str:
    """Return the one JSON text of a value: sorted keys, no spaces, no floats with special values."""
    return json.dumps(
        data, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    )


def entry_hash(entry: JournalEntry) -> str:
    """Return the SHA-256 of an entry's content and of the hash before it, as hexadecimal digits."""
    content = canonical(
        {
            "subject": [entry.subject_type, str(entry.subject_id), entry.sequence],
            "event": entry.event,
            "actor": entry.actor_id,
            "side": entry.side,
            "reason": entry.reason,
            "data": entry.data,
            "at": entry.at.isoformat(timespec="microseconds"),
            "previous": entry.previous_hash,
        }
    )
    return hashlib.sha256(content.encode()).hexdigest()


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
