"""What agents see: the files of their teams, never drafts, never another team's."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from django.db.models import QuerySet
from django.utils import timezone

from eservices.enums import FINAL_STATES, TURN, SubmissionState, Turn
from eservices.errors import NotFound
from eservices.models import Annex, Submission, User
from eservices.queries.roles import asked_files, files_within_roles
from eservices.queries.submissions import visible_annexes

#: States that no agent ever sees: nothing was sent.
UNSENT = (
    SubmissionState.DRAFT,
    SubmissionState.DISCARDED,
    SubmissionState.EXPIRED,
    SubmissionState.AWAITING_SIGNATURE,
)
_DONE = tuple(state for state, turn in TURN.items() if turn == Turn.NONE and state not in UNSENT)


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """How a time limit stands, in a word and a day."""

    due_on: date
    state: Literal["late", "soon", "fine"]


def files_for_agent(user: User) -> QuerySet[Submission]:
    """Return the sent files of the agent's teams, as far as the roles there go; a superuser sees those of all teams."""
    return files_within_roles(user).exclude(state__in=UNSENT)


def file_for_agent(user: User, reference: str) -> Submission:
    """Return one file of the agent's teams, or one about which they are asked; raises NotFound otherwise.

    What can be done with it, `queries.roles` says.
    """
    reference = reference.replace("\0", "")
    row = _found(files_for_agent(user), reference)
    if row is None:
        row = _found(
            Submission.objects.filter(asked_files(user)).exclude(state__in=UNSENT), reference
        )
    if row is None:
        raise NotFound
    return row


def _found(rows: QuerySet[Submission], reference: str) -> Submission | None:
    return (
        rows.select_related(
            "procedure", "version", "text", "team", "assignee", "acting_user", "profile"
        )
        .filter(reference=reference)
        .first()
    )


def annex_for_agent(user: User, reference: str, annex_id: Any) -> Annex:
    """Return a document, stored or deleted, of one of the agent's files; raises NotFound otherwise."""
    submission = file_for_agent(user, reference)
    annex = visible_annexes(user).filter(submission=submission, public_id=annex_id).first()
    if annex is None:
        raise NotFound
    return annex


def deadline_of(submission: Submission, *, today: date | None = None) -> Deadline | None:
    """Return how the time limit of an undecided file stands; None when there is none or it is met."""
    if submission.due_on is None or submission.state in _DONE or submission.state in FINAL_STATES:
        return None
    today = today or timezone.localdate()
    if submission.due_on < today:
        return Deadline(due_on=submission.due_on, state="late")
    soon = submission.due_on <= today + timedelta(days=3)
    return Deadline(due_on=submission.due_on, state="soon" if soon else "fine")
