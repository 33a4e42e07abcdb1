"""Writing the journal: every move and every act on personal data leaves one row, chained by hashes."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

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


@transaction.atomic
def record_many(
    *,
    subjects: Sequence[models.Model],
    event: str,
    actor: User | None,
    side: Side,
    data: dict[str, Any],
) -> int:
    """Add one row about each of many subjects of one kind, with a number of queries that does not depend on how many.

    A subject that has this event with this `data` already is left out, so that a task may run twice. The subjects are
    locked, in the order of their keys. Returns how many rows were written.
    """
    if not subjects:
        return 0
    kind = type(subjects[0])
    keys = [subject.pk for subject in subjects]
    locked = kind._default_manager.select_for_update(of=("self",)).filter(pk__in=keys)
    ids: list[UUID] = list(locked.order_by("pk").values_list("public_id", flat=True))
    subject_type = kind._meta.label_lower
    last: dict[UUID, JournalEntry] = {}
    known: set[UUID] = set()
    entries = JournalEntry.objects.filter(subject_type=subject_type, subject_id__in=ids)
    for entry in entries.order_by("subject_id", "sequence").only(
        "subject_id", "sequence", "event", "data", "hash"
    ):
        last[entry.subject_id] = entry
        if entry.event == event and entry.data == data:
            known.add(entry.subject_id)
    now = timezone.now()
    rows = []
    for subject_id in ids:
        if subject_id in known:
            continue
        before = last.get(subject_id)
        row = JournalEntry(
            subject_type=subject_type,
            subject_id=subject_id,
            sequence=before.sequence + 1 if before else 1,
            event=event,
            actor=actor,
            side=side,
            data=data,
            at=now,
            previous_hash=before.hash if before else "",
        )
        row.hash = entry_hash(row)
        rows.append(row)
    JournalEntry.objects.bulk_create(rows)
    return len(rows)
