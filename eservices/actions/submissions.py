"""Moving a file from one state to the next; the table of moves in `enums` says what is possible."""

from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from eservices.actions import journal
from eservices.enums import SUBMISSION_MOVES, Side, SubmissionEvent, SubmissionState
from eservices.errors import MoveRefused
from eservices.models import Submission, User

_TARGETS = {(move.source, move.event): move for move in SUBMISSION_MOVES}


@transaction.atomic
def move(
    *,
    submission: Submission,
    event: SubmissionEvent,
    by: User | None,
    side: Side,
    reason: str = "",
    only_if: Q | None = None,
    **changes: Any,
) -> Submission:
    """Move a file by one event: one guarded UPDATE and one journal row, in one transaction.

    `changes` are columns written by the same UPDATE; `only_if` narrows the guard (for example to
    the assignee). The instance is brought up to date and returned. The journal's event is the
    event's value. Raises MoveRefused when the table has no such arrow for this side, or when
    somebody else moved the file since it was read: nothing is written then.
    """
    source = SubmissionState(submission.state)
    arrow = _TARGETS.get((source, event))
    if arrow is None or side not in arrow.sides:
        raise MoveRefused
    changes |= {"state": arrow.target, "state_since": timezone.now()}
    free = Submission.objects.filter(pk=submission.pk, state=source)
    if not free.filter(only_if or Q()).update(**changes):
        raise MoveRefused
    for name, value in changes.items():
        setattr(submission, name, value)
    journal.record(
        subject=submission,
        event=event.value,
        actor=by,
        side=side,
        reason=reason,
        data={"from": str(source), "to": str(arrow.target)},
    )
    return submission
