"""Bookings that agents enter for somebody at the counter: both are recorded."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from eservices.enums import Side
from eservices.errors import CounterRefused, NotFound
from eservices.models import Profile, User
from eservices.queries.profiles import memberships_of, right_as_kept
from eservices.queries.roles import may_enter_for
from rooms.actions import decisions
from rooms.actions.requests import Wish, check, make
from rooms.enums import BookingState
from rooms.models import Booking, Room
from rooms.queries.bookings import rooms_for_agent
from rooms.queries.clock import Span


def profiles_at_counter(person: User) -> list[Profile]:
    """Return in whose names a person can book at the counter: the own one, and organisations that it acts for."""
    return [person.citizen_profile, *(row.profile for row in memberships_of(person))]


@transaction.atomic
def book(
    *,
    room: Room,
    span: Span,
    wish: Wish,
    person: User,
    profile: Profile,
    by: User,
    key: UUID,
    override_reason: str = "",
    confirm: bool = False,
    now: datetime | None = None,
) -> Booking:
    """Ask for a room in the name of a person, or of an organisation that the person acts for.

    The booking is theirs; `entered_by` and the journal name the agent. The identification that the room asks for does
    not apply: the agent has seen the person. With `override_reason`, which is kept, the rules about times do not apply;
    what is taken stays taken. With `confirm` the agent says yes at once: the booking is confirmed, or waits for its
    money. Sent twice with one key, it is one request. Raises NotFound for rooms of other teams and organisations of
    others, CounterRefused for oneself, and what `requests.check`, `requests.make` and `decisions.confirm` raise.
    """
    now = now or timezone.now()
    if not rooms_for_agent(by).filter(pk=room.pk).exists():
        raise NotFound
    if not may_enter_for(agent=by, person=person):
        raise CounterRefused
    if profile.pk not in {own.pk for own in profiles_at_counter(person)}:
        raise NotFound
    own_key = f"counter:{by.public_id}:{key}"
    if (known := Booking.objects.filter(key=f"{own_key}:0").first()) is not None:
        return known
    terms = check(
        room,
        [] if override_reason.strip() else [span],
        wish,
        kind=profile.kind,
        profile_id=profile.pk,
        now=now,
    )
    membership = next((row for row in memberships_of(person) if row.profile_id == profile.pk), None)
    made = make(
        room=room,
        spans=[span],
        wish=wish,
        profile=profile,
        user=person,
        key=own_key,
        locale=person.language,
        series=None,
        side=Side.AGENT,
        by=by,
        now=now,
        columns={
            "terms": terms,
            "override_reason": override_reason.strip()[:200],
            "acted_as": right_as_kept(membership),
        },
    )[0]
    if confirm and made.state == BookingState.PENDING:
        return decisions.confirm(booking=made, by=by, revision=made.revision)
    return made
