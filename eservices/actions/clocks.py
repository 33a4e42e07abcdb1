"""The clock of the decision: it stands still while the citizen must answer or pay, and goes on afterwards."""

from datetime import date
from typing import Any

from eservices.deadlines import days_left, due_on
from eservices.enums import TURN, SubmissionState, Turn
from eservices.models import Submission

#: Where the municipality waits for the citizen: the days do not count against it.
PAUSED_STATES = frozenset({SubmissionState.AWAITING_CITIZEN, SubmissionState.AWAITING_PAYMENT})


def clock_columns(
    submission: Submission, *, target: SubmissionState, today: date
) -> dict[str, Any]:
    """Return the columns that a move to `target` changes; `actions.submissions.move` writes them with the move.

    Entering a paused state takes the day of the decision away and notes how many days are left. The next state in which
    the municipality has the turn counts these days from its first day on. A file that ends while it is paused keeps
    them for the case that it is taken up again.
    """
    if target in PAUSED_STATES:
        return _paused(submission, today)
    if submission.due_days_left is None:
        return {}
    if TURN[target] != Turn.US:
        return {"paused_on": None}
    unit = submission.procedure.handling_unit
    return {
        "due_on": due_on(start=today, days=submission.due_days_left, unit=unit),
        "paused_on": None,
        "due_days_left": None,
    }


def _paused(submission: Submission, today: date) -> dict[str, Any]:
    if submission.due_on is None:
        return {}
    unit = submission.procedure.handling_unit
    left = days_left(today=today, due=submission.due_on, unit=unit)
    return {"due_on": None, "paused_on": today, "due_days_left": left}
