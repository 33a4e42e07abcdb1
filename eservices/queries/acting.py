"""Answers about agents who look at a person's space."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from eservices.contract import Reading, Viewer
from eservices.enums import Level
from eservices.models import ActingGrant, User

#: The right to look; no group has it unless the municipality gives it.
MAY_LOOK = "eservices.act_for_citizen"


def may_look_at(*, agent: User, person: User) -> bool:
    """Whether an agent may look at the space of a person: never that of colleagues, nor one's own."""
    if not (agent.is_active and agent.has_perm(MAY_LOOK)):
        return False
    return person.is_active and not (person.is_staff or person.is_superuser or person == agent)


def running_grant(*, named: object, agent: User, now: datetime) -> ActingGrant | None:
    """Return the look that has this public id, is the agent's, and still runs; rights are checked again."""
    try:
        public_id = UUID(str(named))
    except ValueError:
        return None
    grant = (
        ActingGrant.objects.select_related("person", "profile", "agent")
        .filter(public_id=public_id, agent=agent, ended_at=None, expires_at__gt=now)
        .first()
    )
    if grant is None or not may_look_at(agent=agent, person=grant.person):
        return None
    return grant


def acting_viewer(grant: ActingGrant) -> Viewer:
    """Return who looks during a look: the person's space, the agent's eyes, no proof of anything."""
    return Viewer(user=grant.person, profile=grant.profile, level=Level.LOW, agent=grant.agent)


def looks_at(user: User) -> Iterable[Reading]:
    """Return when agents looked at a person's space and why, last first."""
    return [
        Reading(
            at=grant.began_at,
            by=_("An agent of the municipality"),
            what=_("Your personal space. Reason given: %(reason)s") % {"reason": grant.reason},
            reference=grant.reference,
        )
        for grant in ActingGrant.objects.filter(person=user).order_by("-began_at")
    ]
