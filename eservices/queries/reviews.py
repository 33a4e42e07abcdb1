"""What agents see: the files of their teams, never drafts, never another team's."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from eservices.enums import FINAL_STATES, TURN, SubmissionState, Turn
from eservices.errors import NotFound
from eservices.models import Annex, Procedure, Submission, User
from eservices.queries.submissions import HEAVY

Tab = Literal["unassigned", "mine", "done", "all"]

#: States that no agent ever sees: nothing was sent.
UNSENT = (
    SubmissionState.DRAFT,
    SubmissionState.DISCARDED,
    SubmissionState.EXPIRED,
    SubmissionState.AWAITING_SIGNATURE,
)
_DONE = tuple(state for state, turn in TURN.items() if turn == Turn.NONE and state not in UNSENT)
_UNASSIGNED = Q(assignee=None) & ~Q(state__in=_DONE)


@dataclass(frozen=True, kw_only=True)
class Counts:
    """How many files stand under each tab."""

    unassigned: int
    mine: int
    done: int
    all: int


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """How a time limit stands, in a word and a day."""

    due_on: date
    state: Literal["late", "soon", "fine"]


def files_for_agent(user: User) -> QuerySet[Submission]:
    """Return the sent files of the agent's teams; a superuser sees those of all teams."""
    rows = Submission.objects.exclude(state__in=UNSENT)
    return rows if user.is_superuser else rows.filter(team__members=user)


def counts(user: User) -> Counts:
    """Return the numbers of all tabs in one query."""
    found = files_for_agent(user).aggregate(
        unassigned=Count("pk", filter=_UNASSIGNED),
        mine=Count("pk", filter=Q(assignee=user) & ~Q(state__in=_DONE)),
        done=Count("pk", filter=Q(state__in=_DONE)),
        all=Count("pk"),
    )
    return Counts(**found)


def agent_list(
    user: User, *, tab: Tab = "all", search: str = "", procedure: str = "", state: str = ""
) -> QuerySet[Submission]:
    """Return the files under one tab, the most urgent first, without their answers.

    `search` looks in the reference and in the name of the profile, `procedure` is a code, `state` a state.
    """
    rows = files_for_agent(user)
    narrow: dict[str, Q] = {
        "unassigned": _UNASSIGNED,
        "mine": Q(assignee=user) & ~Q(state__in=_DONE),
        "done": Q(state__in=_DONE),
    }
    rows = rows.filter(narrow.get(tab, Q()))
    if procedure:
        rows = rows.filter(procedure__code=procedure)
    if state:
        rows = rows.filter(state=state)
    for word in search.replace("\0", " ").split()[:5]:
        rows = rows.filter(Q(reference__icontains=word) | Q(search_name__contains=word.casefold()))
    order: list[Any] = (
        ["-decided_at", "-pk"]
        if tab == "done"
        else [F("due_on").asc(nulls_last=True), "submitted_at", "pk"]
    )
    return (
        rows.select_related("procedure", "profile", "assignee", "team", "acting_user")
        .defer(*HEAVY)
        .order_by(*order)
    )


def procedures_of_agent(user: User) -> list[Procedure]:
    """Return the procedures of the agent's teams, for filters."""
    rows = (
        Procedure.objects.all()
        if user.is_superuser
        else Procedure.objects.filter(team__members=user)
    )
    return list(rows.order_by("code"))


def file_for_agent(user: User, reference: str) -> Submission:
    """Return one file of the agent's teams; raises NotFound otherwise."""
    row = (
        files_for_agent(user)
        .select_related(
            "procedure", "version", "text", "team", "assignee", "acting_user", "profile"
        )
        .filter(reference=reference.replace("\0", ""))
        .first()
    )
    if row is None:
        raise NotFound
    return row


def annex_for_agent(user: User, reference: str, annex_id: Any) -> Annex:
    """Return a stored document of one of the agent's files; raises NotFound otherwise."""
    submission = file_for_agent(user, reference)
    annex = submission.annexes.filter(public_id=annex_id, state="stored").first()
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
