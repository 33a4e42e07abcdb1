"""What every act of an agent checks first: the role in the team of the file, and who has it in charge."""

from eservices.enums import TeamRoleKind
from eservices.errors import NotFound, NotYourFile, RoleTooLow
from eservices.models import Submission, User
from eservices.queries.roles import reaches, role_in


def check_role(
    submission: Submission, by: User, needed: TeamRoleKind = TeamRoleKind.HANDLER
) -> None:
    """Raise NotFound for agents of other teams, RoleTooLow for those whose role is not enough."""
    role = role_in(by, submission)
    if role is None:
        raise NotFound
    if not reaches(role, needed):
        raise RoleTooLow


def check_in_charge(submission: Submission, by: User) -> None:
    """Raise NotYourFile when a colleague has the file in charge, and whatever `check_role` raises."""
    check_role(submission, by)
    if submission.assignee_id not in (None, by.pk):
        raise NotYourFile


def supervises(submission: Submission, by: User) -> bool:
    """Whether somebody supervises the team of a file."""
    return reaches(role_in(by, submission), TeamRoleKind.SUPERVISOR)
