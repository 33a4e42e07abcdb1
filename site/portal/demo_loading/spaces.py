"""Enterprises and associations of the demo: the register, who acts for them, who is invited.

The numbers have right check digits and belong to nobody: the series 1999 is far from what is being given out.
"""

from collections.abc import Mapping

from django.db import transaction

from eservices.actions import colleagues, mandates, memberships
from eservices.actions.organisations import Contact, Declaration, declare
from eservices.enums import ConfirmedBy, MembershipFunction, MembershipRole, ProfileKind
from eservices.models import ColleagueInvitation, DirectoryEntry, Membership, User
from portal.demo_loading.pictures import picture

BAND, BREWERY, FRIENDS = "1999990144", "1999990243", "1999990342"

#: What the register says: names by language, kind, legal form by the register's code. 1999.990.441 is unknown to it.
REGISTER: Mapping[str, tuple[Mapping[str, str], ProfileKind, str]] = {
    BAND: (
        {"fr": "Harmonie Sainte-Cécile", "de": "Harmonie St. Cäcilia"},
        ProfileKind.ASSOCIATION,
        "017",
    ),
    BREWERY: ({"fr": "Brasserie du Vieux-Moulin"}, ProfileKind.ENTERPRISE, "610"),
    FRIENDS: (
        {"fr": "Les Amis du Perron", "nl": "Vrienden van het Perron", "de": "Freunde des Perron"},
        ProfileKind.ASSOCIATION,
        "017",
    ),
}
ADDRESS = {
    "street": "Place du Perron",
    "number": "2",
    "box": "",
    "postcode": "4999",
    "locality": "Valmont",
}


@transaction.atomic
def load_spaces() -> int:
    """Fill the register, open the spaces of the demo and invite a colleague; what is there already stays as it is."""
    return _register() + _band() + _brewery()


def _register() -> int:
    count = 0
    for number, (names, kind, legal_form) in REGISTER.items():
        _entry, created = DirectoryEntry.objects.get_or_create(
            number=number,
            defaults={
                "names": dict(names),
                "kind": kind,
                "legal_form": legal_form,
                "address": ADDRESS,
            },
        )
        count += created
    return count


def _band() -> int:
    """Anna Keller administers an association, confirmed by the municipality; she invited Pieter Claes."""
    anna = User.objects.get(email="club@example.org")
    if _has_right(anna, BAND):
        return 0
    row = _declared(anna, BAND, MembershipFunction.CHAIR, mobile="+32470000003")
    memberships.confirm(
        membership=row,
        by=User.objects.get(email="admin@example.org"),
        how=ConfirmedBy.AGENT,
        role=MembershipRole.ADMIN,
    )
    if not ColleagueInvitation.objects.filter(profile=row.profile).exists():
        colleagues.invite(
            profile=row.profile,
            email="parent@example.org",
            by=anna,
            function=MembershipFunction.TREASURER,
        )
    return 1


def _brewery() -> int:
    """Claire Dumont says that she runs an enterprise; her mandate waits for somebody who reads it."""
    claire = User.objects.get(email="citizen@example.org")
    if _has_right(claire, BREWERY):
        return 0
    mandate = mandates.keep_pending(uploaded=picture("mandat"))
    _declared(claire, BREWERY, MembershipFunction.DIRECTOR, mobile="+32470000001", mandate=mandate)
    return 1


def _has_right(user: User, number: str) -> bool:
    """Whether the person ever had a right to this organisation: one that was ended in the demo stays ended."""
    return Membership.objects.filter(user=user, profile__organisation__bce_number=number).exists()


def _declared(
    user: User,
    number: str,
    function: MembershipFunction,
    *,
    mobile: str,
    mandate: mandates.Mandate | None = None,
) -> Membership:
    declaration = Declaration(
        kind=REGISTER[number][1],
        number=number,
        terms=True,
        is_vat_liable=REGISTER[number][1] == ProfileKind.ENTERPRISE,
        function=function,
        contact=Contact(language=user.language, mobile=mobile, email=user.email),
    )
    return declare(user=user, declaration=declaration, mandate=mandate)
