"""Answers about enterprises and associations: which row a number has, what the public register says."""

import logging

from eservices.directory import DirectoryRecord, find_enterprise
from eservices.enums import MembershipState
from eservices.errors import (
    EnterpriseInactive,
    EnterpriseNumberInvalid,
    EstablishmentNumberInvalid,
    Unavailable,
)
from eservices.identifiers import enterprise_number, establishment_number
from eservices.models import Membership, Organisation, User
from eservices.queries.profiles import memberships_of

log = logging.getLogger(__name__)


def checked_numbers(*, number: str, establishment: str = "") -> tuple[str, str]:
    """Return the ten digits of both numbers as typed; the second one may be empty.

    Raises EnterpriseNumberInvalid, EstablishmentNumberInvalid.
    """
    digits = enterprise_number(number)
    if digits is None:
        raise EnterpriseNumberInvalid(field="number")
    unit = establishment_number(establishment) if establishment.strip() else ""
    if unit is None:
        raise EstablishmentNumberInvalid(field="establishment")
    return digits, unit


def register_record(number: str) -> DirectoryRecord | None:
    """Return what the register says about a number of ten digits; None when it does not know or does not answer.

    A silent register must not keep anybody out: the name is then typed and the administration compares. Raises
    EnterpriseInactive for a number that has stopped.
    """
    try:
        record = find_enterprise(number)
    except Unavailable:
        log.warning("register_of_enterprises_silent")
        return None
    if record is not None and not record.is_active:
        raise EnterpriseInactive(field="number")
    return record


def membership_for_number(user: User, *, number: str, establishment: str = "") -> Membership | None:
    """Return the person's own right to act for a number today; nothing is said about other people's."""
    return (
        memberships_of(user)
        .filter(
            profile__organisation__bce_number=number,
            profile__organisation__establishment_number=establishment,
        )
        .first()
    )


def organisation_for(*, number: str, establishment: str = "") -> Organisation | None:
    """Return the row of a number; who acts for it is another question."""
    return (
        Organisation.objects.select_related("profile")
        .filter(bce_number=number, establishment_number=establishment)
        .first()
    )


def lapsed_memberships(user: User, organisation: Organisation) -> list[Membership]:
    """Return memberships whose last day is over and that nobody has ended yet."""
    valid = memberships_of(user).values("pk")
    rows = Membership.objects.filter(user=user, profile=organisation.profile)
    return list(rows.exclude(state=MembershipState.REVOKED).exclude(pk__in=valid))
