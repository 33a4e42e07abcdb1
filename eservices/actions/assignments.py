"""Who follows a file: given to a colleague of the team, or to another team."""

from django.db import transaction
from django.utils import timezone

from eservices.actions import journal
from eservices.actions.letters import tell_agent
from eservices.actions.rights import check_in_charge, check_role, supervises
from eservices.actions.submissions import move
from eservices.enums import Side, SubmissionEvent, SubmissionState, TeamRoleKind
from eservices.errors import AssigneeRefused, MoveRefused, NotYourFile, ReasonRequired, TeamRefused
from eservices.models import Submission, Team, User
from eservices.queries.roles import colleagues_of

#: Where somebody has a file in charge and can hand it over.
_IN_HAND = (
    SubmissionState.IN_REVIEW,
    SubmissionState.AWAITING_CITIZEN,
    SubmissionState.AWAITING_INTERNAL,
)


@transaction.atomic
def assign(*, submission: Submission, by: User, to: User) -> Submission:
    """Put a file into the charge of a colleague of its team.

    Whoever has it in charge hands it over; supervisors give any file of the team, also one that nobody has taken yet.
    Raises AssigneeRefused, NotYourFile, RoleTooLow, MoveRefused.
    """
    row = Submission.objects.select_for_update(of=("self",)).get(pk=submission.pk)
    check_role(row, by)
    if row.assignee_id != by.pk and not supervises(row, by):
        raise NotYourFile
    if not colleagues_of(row).filter(pk=to.pk).exists():
        raise AssigneeRefused(field="to")
    if row.state == SubmissionState.SUBMITTED:
        check_role(row, by, TeamRoleKind.SUPERVISOR)
        move(submission=row, event=SubmissionEvent.CLAIM, by=by, side=Side.AGENT, assignee=to)
    elif row.state in _IN_HAND:
        Submission.objects.filter(pk=row.pk).update(assignee=to, last_agent_act_at=timezone.now())
    else:
        raise MoveRefused
    entry = journal.record(
        subject=row, event="assigned", actor=by, side=Side.AGENT, data={"to": str(to.public_id)}
    )
    if to != by:
        tell_agent(row, to, template="file_assigned", key=f"file-assigned:{entry.hash}")
    submission.refresh_from_db(fields=("state", "state_since", "assignee"))
    return submission


@transaction.atomic
def transfer(*, submission: Submission, by: User, to: Team, reason: str) -> Submission:
    """Send a file to another team, where it waits unassigned; the reason is for colleagues.

    Raises ReasonRequired, TeamRefused, NotYourFile, RoleTooLow, MoveRefused: a file that waits for somebody stays until
    that question is over.
    """
    row = (
        Submission.objects.select_for_update(of=("self",))
        .select_related("team")
        .get(pk=submission.pk)
    )
    if row.state == SubmissionState.IN_REVIEW and not supervises(row, by):
        check_in_charge(row, by)
    check_role(row, by)
    if not reason.strip():
        raise ReasonRequired(field="reason")
    if to.pk == row.team_id:
        raise TeamRefused(field="team")
    teams = {"from_team": row.team.code, "to_team": to.code}
    if row.state == SubmissionState.IN_REVIEW:
        move(submission=row, event=SubmissionEvent.RELEASE, by=by, side=Side.AGENT, assignee=None)
    elif row.state != SubmissionState.SUBMITTED:
        raise MoveRefused
    Submission.objects.filter(pk=row.pk).update(team=to, last_agent_act_at=timezone.now())
    journal.record(
        subject=row,
        event="transferred",
        actor=by,
        side=Side.AGENT,
        reason=reason.strip(),
        data=teams,
    )
    submission.refresh_from_db(fields=("state", "state_since", "assignee", "team"))
    return submission
