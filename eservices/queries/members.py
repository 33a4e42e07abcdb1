"""Answers for the back office about people and who acts for which organisation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from eservices.enums import MembershipState
from eservices.errors import NotFound
from eservices.models import Membership, PortalSession, User

Tab = Literal["declared", "confirmed", "ended"]

#: The state behind each tab.
STATES: dict[Tab, MembershipState] = {
    "declared": MembershipState.DECLARED,
    "confirmed": MembershipState.CONFIRMED,
    "ended": MembershipState.REVOKED,
}


@dataclass(frozen=True, kw_only=True)
class MembershipCounts:
    """How many memberships wait, count and have ended."""

    declared: int
    confirmed: int
    ended: int


def membership_counts() -> MembershipCounts:
    """Return the numbers of the tabs, in one query."""
    found = Membership.objects.aggregate(
        **{tab: Count("pk", filter=Q(state=state)) for tab, state in STATES.items()}
    )
    return MembershipCounts(**found)


def memberships_for_agents(*, tab: Tab, search: str = "") -> QuerySet[Membership]:
    """Return the memberships of a tab with person and organisation: those that wait longest first, else the newest.

    `search` looks in names, mail address and enterprise number (with or without dots).
    """
    rows = Membership.objects.filter(state=STATES[tab]).select_related(
        "user__identifier", "profile__organisation", "confirmed_by", "ended_by"
    )
    for word in search.split():
        digits = word.replace(".", "")
        found = (
            Q(user__first_name__icontains=word)
            | Q(user__last_name__icontains=word)
            | Q(user__email__icontains=word)
            | Q(profile__name__icontains=word)
            | Q(declared__name__icontains=word)
        )
        if digits.isdigit():
            found |= Q(profile__organisation__bce_number__contains=digits)
        rows = rows.filter(found)
    if tab == "declared":
        return rows.order_by("created_at", "pk")
    return rows.order_by("-ended_at" if tab == "ended" else "-confirmed_at", "-pk")


def membership_for_agent(public_id: UUID) -> Membership:
    """Return one membership with all that its page shows; raises NotFound."""
    row = (
        Membership.objects.select_related(
            "user__identifier", "profile__organisation", "confirmed_by", "ended_by"
        )
        .filter(public_id=public_id)
        .first()
    )
    if row is None:
        raise NotFound
    return row


def other_members(membership: Membership) -> QuerySet[Membership]:
    """Return who else acts, or asks to act, for the same organisation."""
    return (
        Membership.objects.filter(profile=membership.profile_id)
        .exclude(pk=membership.pk)
        .exclude(state=MembershipState.REVOKED)
        .select_related("user")
        .order_by("state", "user__last_name", "pk")
    )


def is_over(membership: Membership, *, today: date | None = None) -> bool:
    """Whether the last day of a membership has passed."""
    last = membership.valid_until
    return last is not None and last < (today or timezone.localdate())


@dataclass(frozen=True, kw_only=True)
class PersonRow:
    """One account as the list of people shows it."""

    user: User
    is_verified: bool
    providers: Sequence[str]
    spaces: int
    sessions: int


def people(*, search: str) -> QuerySet[User]:
    """Return the accounts whose name or mail address holds every word; accounts that were erased are nobody's."""
    rows = User.objects.exclude(email__endswith="@invalid")
    for word in search.split():
        rows = rows.filter(
            Q(first_name__icontains=word) | Q(last_name__icontains=word) | Q(email__icontains=word)
        )
    return rows.order_by("last_name", "first_name", "pk")


def person_rows(users: Sequence[User]) -> list[PersonRow]:
    """Return what the list shows of a page of accounts; the number of queries does not depend on theirs."""
    wanted = [user.pk for user in users]
    identities: dict[int, list[str]] = {}
    found = User.objects.filter(pk__in=wanted)
    for pk, provider in (
        found.filter(identities__revoked_at=None)
        .exclude(identities=None)
        .order_by("identities__linked_at")
        .values_list("pk", "identities__provider")
    ):
        if provider not in identities.setdefault(pk, []):
            identities[pk].append(provider)
    verified = set(found.exclude(identifier=None).values_list("pk", flat=True))
    spaces = dict(
        Membership.objects.filter(user__in=wanted)
        .exclude(state=MembershipState.REVOKED)
        .values_list("user")
        .annotate(number=Count("pk"))
        .order_by()
    )
    now = timezone.now()
    sessions = dict(
        PortalSession.objects.filter(
            user__in=wanted,
            ended_at=None,
            last_active_at__gt=now - timedelta(seconds=settings.SESSION_IDLE_SECONDS),
            began_at__gt=now - timedelta(seconds=settings.SESSION_ABSOLUTE_SECONDS),
        )
        .values_list("user")
        .annotate(number=Count("pk"))
        .order_by()
    )
    return [
        PersonRow(
            user=user,
            is_verified=user.pk in verified,
            providers=identities.get(user.pk, []),
            spaces=spaces.get(user.pk, 0),
            sessions=sessions.get(user.pk, 0),
        )
        for user in users
    ]


def person_for_agent(public_id: UUID) -> User:
    """Return one account; raises NotFound for none and for an erased one."""
    row = people(search="").filter(public_id=public_id).first()
    if row is None:
        raise NotFound
    return row
