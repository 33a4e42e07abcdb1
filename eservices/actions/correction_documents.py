"""What becomes of documents when a correction is sent: new ones join the file, old ones that were used never go."""

from collections.abc import Mapping
from itertools import zip_longest
from typing import Any

from eservices.actions import journal
from eservices.actions.answers import delete_bytes, drop_waiting
from eservices.enums import Side, SubmissionEvent
from eservices.models import Annex, Submission, User
from eservices.queries.corrections import locked_questions
from eservices.queries.journal import entries_about
from eservices.questions.conditions import asked_answers
from eservices.questions.structure import Structure


def settle(
    row: Submission,
    structure: Structure,
    *,
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    by: User,
) -> None:
    """Bring the documents of a locked file in line with its corrected answers, in the caller's transaction.

    A new document in the place of an old one is its next version; the old one stays readable. One that is only taken
    out leaves its name and hash, unless an agent took it into account or the file was decided once: then it stays,
    outside the answers. What waits for no question that is still asked goes without a trace.
    """
    before, after = asked_answers(structure, old), asked_answers(structure, new)
    used = _was_decided(row)
    for name in sorted(locked_questions(structure)):
        was, now = before.get(name) or [], after.get(name) or []
        added = _documents(row, [item for item in now if item not in was])
        removed = _documents(row, [item for item in was if item not in now])
        for annex, former in zip_longest(added, removed):
            if annex is not None:
                annex.correction, annex.replaces = None, former
                annex.save(update_fields=("correction", "replaces"))
                _record(annex, row, "annex_added", by, sha256=annex.sha256)
            elif not used and former.taken_at is None:
                delete_bytes(former)
                _record(former, row, "annex_deleted", by)
    drop_waiting(row)


def _documents(row: Submission, names: list[str]) -> list[Annex]:
    found = {str(annex.public_id): annex for annex in row.annexes.filter(public_id__in=names)}
    return [found[name] for name in names if name in found]


def _was_decided(row: Submission) -> bool:
    """Whether somebody decided on what the file held, even if it was taken up again."""
    events = (SubmissionEvent.ACCEPT, SubmissionEvent.REJECT, SubmissionEvent.CLOSE)
    return entries_about(row).filter(event__in=events).exists()


def _record(annex: Annex, row: Submission, event: str, by: User, **facts: str) -> None:
    data = {"annex": str(annex.public_id), **facts}
    journal.record(subject=row, event=event, actor=by, side=Side.CITIZEN, data=data)
