"""What an agent may do with a file: the role in its team, and the acts that its state leaves open."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from eservices.enums import ProcedureState, ProfileKind, RequestState, SubmissionState, TeamRoleKind
from eservices.models import OpinionRequest, Procedure, Submission, Team, TeamRole, User

#: Roles from the least to the most that one may do.
_RANK = {TeamRoleKind.READER: 1, TeamRoleKind.HANDLER: 2, TeamRoleKind.SUPERVISOR: 3}


def files_within_roles(user: User) -> QuerySet[Submission]:
    """Return the files of the user's teams that the role there covers; a superuser has all.

    Without a role of one's own a member has all files of the team.
    """
    if user.is_superuser:
        return Submission.objects.all()
    limited = TeamRole.objects.filter(user=user, team=OuterRef("team")).exclude(procedures=None)
    covered = TeamRole.objects.filter(
        user=user, team=OuterRef("team"), procedures=OuterRef("procedure")
    )
    return Submission.objects.filter(team__members=user).filter(~Exists(limited) | Exists(covered))


def role_in(user: User, submission: Submission) -> TeamRoleKind | None:
    """Return the role of a user for one file; None for who has none (other teams, other procedures)."""
    return role_for(user, team_id=submission.team_id, procedure_id=submission.procedure_id)


def role_for(user: User, *, team_id: int, procedure_id: int) -> TeamRoleKind | None:
    """Return the role of a user in a team for the files of one procedure; None for who has none.

    Members without a row handle files; superusers supervise everywhere.
    """
    if user.is_superuser:
        return TeamRoleKind.SUPERVISOR
    if not Team.members.through.objects.filter(team_id=team_id, user=user).exists():
        return None
    row = TeamRole.objects.filter(user=user, team_id=team_id).first()
    if row is None:
        return TeamRoleKind.HANDLER
    procedures = set(row.procedures.values_list("pk", flat=True))
    if procedures and procedure_id not in procedures:
        return None
    return TeamRoleKind(row.role)


def reaches(role: TeamRoleKind | None, needed: TeamRoleKind) -> bool:
    """Whether a role is at least the one that is needed."""
    return role is not None and _RANK[role] >= _RANK[needed]


def opinion_asked_of(user: User, submission: Submission) -> OpinionRequest | None:
    """Return the open question to one of the user's teams about a file; None when there is none."""
    rows = OpinionRequest.objects.filter(submission=submission, state=RequestState.OPEN)
    if not user.is_superuser:
        rows = rows.filter(team__members=user)
    return rows.select_related("team").first()


def asked_files(user: User) -> Q:
    """Return the condition for files about which one of the user's teams is asked: they can be read, not handled."""
    asked = OpinionRequest.objects.filter(
        submission=OuterRef("pk"), state=RequestState.OPEN, team__members=user
    )
    return Q(Exists(asked))


def colleagues_of(submission: Submission) -> QuerySet[User]:
    """Return who can take a file of this team in charge: its active members who are more than readers of it."""
    roles = TeamRole.objects.filter(team_id=submission.team_id, user=OuterRef("pk"))
    reader = roles.filter(role=TeamRoleKind.READER)
    elsewhere = roles.exclude(procedures=None).exclude(procedures=submission.procedure_id)
    members = User.objects.filter(teams=submission.team_id, is_active=True)
    return members.filter(~Exists(reader), ~Exists(elsewhere)).order_by("last_name", "first_name")


def may_enter_for(*, agent: User, person: User) -> bool:
    """Whether an agent may enter files in the name of a person: never one's own, nor those of closed accounts."""
    return person.is_active and person != agent


def procedures_at_counter(agent: User) -> list[Procedure]:
    """Return the procedures in which an agent can enter files: open ones that take citizens and that one handles."""
    rows = Procedure.objects.filter(state=ProcedureState.OPEN).exclude(current=None)
    if not agent.is_superuser:
        roles = TeamRole.objects.filter(user=agent, team=OuterRef("team"))
        elsewhere = roles.exclude(procedures=None).exclude(procedures=OuterRef("pk"))
        rows = rows.filter(team__members=agent).filter(
            ~Exists(roles.filter(role=TeamRoleKind.READER)), ~Exists(elsewhere)
        )
    return [
        row
        for row in rows.select_related("team").order_by("code")
        if row.takes(ProfileKind.CITIZEN) and not row.is_over and not row.opens_later
    ]


def other_teams(submission: Submission) -> QuerySet[Team]:
    """Return the teams to which a file can go, or that can be asked about it."""
    return Team.objects.exclude(pk=submission.team_id).order_by("code")


def acts_for(submission: Submission, agent: User) -> set[str]:
    """Return what this agent can do with a file now; the actions check again."""
    role = role_in(agent, submission)
    acts = {"opine"} if opinion_asked_of(agent, submission) else set()
    if not reaches(role, TeamRoleKind.HANDLER):
        return acts
    supervises = reaches(role, TeamRoleKind.SUPERVISOR)
    state = SubmissionState(submission.state)
    mine = submission.assignee_id == agent.pk
    match state:
        case SubmissionState.SUBMITTED:
            acts |= {"claim", "transfer", "write"} | ({"assign"} if supervises else set())
        case SubmissionState.IN_REVIEW:
            if mine:
                acts |= {"accept", "reject", "ask", "opinion", "release", "close"}
            if mine or supervises:
                acts |= {"assign", "transfer"}
            acts.add("write")
        case SubmissionState.AWAITING_CITIZEN:
            acts |= {"write", "collect"} | ({"ask"} if mine else set())
            acts |= {"assign"} if mine or supervises else set()
        case SubmissionState.AWAITING_PAYMENT:
            acts |= {"write", "payment"}
        case SubmissionState.AWAITING_INTERNAL:
            acts |= {"write"} | ({"cancel_opinion"} if mine else set())
        case SubmissionState.ACCEPTED | SubmissionState.REJECTED:
            acts |= {"close", "write"} | ({"reconsider"} if supervises else set())
        case SubmissionState.CLOSED_NO_REPLY:
            acts |= {"write"} | ({"reconsider"} if supervises else set())
    return acts
