"""Opinions of other teams about a file: asked, given, no longer needed; the file waits meanwhile, the clock runs on."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from eservices.actions import journal
from eservices.actions.letters import tell_agent
from eservices.actions.rights import check_in_charge
from eservices.actions.submissions import move
from eservices.enums import RequestState, Side, SubmissionEvent, SubmissionState
from eservices.errors import (
    MoveRefused,
    NotFound,
    OpinionOpen,
    RequestAnswerMissing,
    RequestEnded,
    RequestTextMissing,
    TeamRefused,
)
from eservices.models import OpinionRequest, Submission, Team, User


@transaction.atomic
def ask(*, submission: Submission, by: User, team: Team, text: str) -> OpinionRequest:
    """Ask another team about a file; its members can then read the file and answer, nothing else.

    Raises RequestTextMissing, TeamRefused, OpinionOpen, NotYourFile, RoleTooLow, MoveRefused.
    """
    row = _locked(submission)
    check_in_charge(row, by)
    if not text.strip():
        raise RequestTextMissing(field="text")
    if team.pk == row.team_id:
        raise TeamRefused(field="team")
    if row.opinions.filter(team=team, state=RequestState.OPEN).exists():
        raise OpinionOpen(field="team")
    opinion = OpinionRequest.objects.create(
        submission=row, team=team, text=text.strip(), created_by=by
    )
    facts = {"opinion": str(opinion.public_id), "team": team.code}
    if row.state == SubmissionState.AWAITING_INTERNAL:
        journal.record(subject=row, event="opinion_added", actor=by, side=Side.AGENT, data=facts)
    elif row.state == SubmissionState.IN_REVIEW:
        move(
            submission=row,
            event=SubmissionEvent.ASK_OPINION,
            by=by,
            side=Side.AGENT,
            facts=facts,
            assignee=by,
        )
    else:
        raise MoveRefused
    for member in team.members.filter(is_active=True):
        tell_agent(row, member, template="opinion_asked", key=f"opinion-asked:{opinion.public_id}")
    submission.refresh_from_db(fields=("state", "state_since"))
    return opinion


@transaction.atomic
def give(
    *, opinion: OpinionRequest, by: User, text: str, now: datetime | None = None
) -> OpinionRequest:
    """Give the opinion of one's team; with the last one the file is in review again.

    Raises NotFound for who is not asked, RequestAnswerMissing, RequestEnded.
    """
    row, opinion = _opened(opinion)
    if not by.is_superuser and not opinion.team.members.filter(pk=by.pk).exists():
        raise NotFound
    if not text.strip():
        raise RequestAnswerMissing(field="text")
    opinion.state, opinion.answer = RequestState.ANSWERED, text.strip()
    opinion.answered_by, opinion.answered_at = by, now or timezone.now()
    opinion.save(update_fields=("state", "answer", "answered_by", "answered_at"))
    _over(row, opinion, by, SubmissionEvent.OPINION_GIVEN)
    if row.assignee is not None and row.assignee != by:
        tell_agent(
            row, row.assignee, template="opinion_given", key=f"opinion-given:{opinion.public_id}"
        )
    return opinion


@transaction.atomic
def cancel(*, opinion: OpinionRequest, by: User) -> OpinionRequest:
    """Say that an opinion is no longer needed. Raises RequestEnded, NotYourFile, RoleTooLow."""
    row, opinion = _opened(opinion)
    check_in_charge(row, by)
    opinion.state = RequestState.WITHDRAWN
    opinion.save(update_fields=("state",))
    _over(row, opinion, by, SubmissionEvent.OPINION_CANCELLED)
    return opinion


def _over(row: Submission, opinion: OpinionRequest, by: User, event: SubmissionEvent) -> None:
    """Bring the file back into review with the last open opinion; write the others down only."""
    facts = {"opinion": str(opinion.public_id), "team": opinion.team.code}
    if row.opinions.filter(state=RequestState.OPEN).exists():
        journal.record(subject=row, event=event.value, actor=by, side=Side.AGENT, data=facts)
    else:
        move(submission=row, event=event, by=by, side=Side.AGENT, facts=facts)


def _locked(submission: Submission) -> Submission:
    rows = Submission.objects.select_for_update(of=("self",))
    return rows.select_related("procedure", "assignee").get(pk=submission.pk)


def _opened(opinion: OpinionRequest) -> tuple[Submission, OpinionRequest]:
    row = _locked(opinion.submission)
    found = OpinionRequest.objects.select_for_update(of=("self",)).select_related("team")
    fresh = found.get(pk=opinion.pk)
    if fresh.state != RequestState.OPEN or row.state != SubmissionState.AWAITING_INTERNAL:
        raise RequestEnded
    fresh.submission = row
    return row, fresh
