"""Reading the journal and checking its chains."""

import hashlib
import json
from typing import Any

from django.db import models

from eservices.models import JournalEntry


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


def entries_about(subject: models.Model) -> models.QuerySet[JournalEntry]:
    """Return the journal of one subject, oldest first, with the actors."""
    return (
        JournalEntry.objects.filter(
            subject_type=subject._meta.label_lower,
            subject_id=subject.public_id,  # type: ignore[attr-defined]
        )
        .select_related("actor")
        .order_by("sequence")
    )


def broken_entries(subject: models.Model) -> list[int]:
    """Return the sequence numbers at which the chain of one subject does not hold; empty when it is
    whole.

    An entry is broken when its content does not give its hash, or when it does not follow the one
    before it.
    """
    broken, previous, number = [], "", 0
    for entry in entries_about(subject):
        follows = entry.previous_hash == previous and entry.sequence == number + 1
        if not follows or entry.hash != entry_hash(entry):
            broken.append(entry.sequence)
        previous, number = entry.hash, entry.sequence
    return broken
