"""Whose bookings somebody sees, and which requests want the same time."""

from datetime import date, datetime

from django.db.models import Q, QuerySet

from eservices.contract import Viewer
from eservices.errors import NotFound
from eservices.models import User
from eservices.queries.profiles import missing
from rooms.enums import BOOKING_MOVES, BookingEvent, BookingState
from rooms.models import Booking, Occupancy, Room
from rooms.queries.clock import whole_day

#: What an agent needs to see bookings; of which rooms, `rooms_for_agent` says.
VIEW_BOOKINGS = "rooms.view_booking"
#: What its requester can take back, or cancel.
CANCELLABLE = frozenset(
    move.source
    for move in BOOKING_MOVES
    if move.event in (BookingEvent.WITHDRAW, BookingEvent.CANCEL)
)


def bookings_of(viewer: Viewer) -> QuerySet[Booking]:
    """Return the bookings of the viewer's profile; a declared member of an organisation sees the own ones only."""
    if viewer.user is None or viewer.profile is None:
        return Booking.objects.none()
    rows = Booking.objects.filter(profile=viewer.profile)
    if not viewer.sees_whole_profile:
        rows = rows.filter(acting_user=viewer.user)
    return rows.select_related("room", "room__site", "proposed_room")


def starting_between(
    rows: QuerySet[Booking], first: date | None, last: date | None
) -> QuerySet[Booking]:
    """Return those that begin from the first to the last day, the last one included; None is no limit."""
    if first is not None:
        rows = rows.filter(starts_at__gte=whole_day(first).start)
    if last is not None:
        rows = rows.filter(starts_at__lt=whole_day(last).end)
    return rows


def booking_for_viewer(viewer: Viewer, reference: str) -> Booking:
    """Return one booking of the viewer; raises NotFound, or InOtherSpace for one of another space of the person."""
    booking = bookings_of(viewer).filter(reference=reference).first()
    if booking is None:
        named = Booking.objects.filter(reference=reference).select_related("profile")
        raise missing(viewer, named.first())
    return booking


def cancellable(rows: QuerySet[Booking], *, now: datetime) -> QuerySet[Booking]:
    """Return those that their requester can still take back or cancel, in the order of their times."""
    begun = Q(state=BookingState.CONFIRMED, starts_at__lte=now)
    return rows.filter(state__in=CANCELLABLE).exclude(begun).order_by("starts_at", "pk")


def can_cancel(booking: Booking, *, now: datetime) -> bool:
    """Whether its requester can still take the booking back."""
    begun = booking.state == BookingState.CONFIRMED and booking.starts_at <= now
    return booking.state in CANCELLABLE and not begun


def rooms_for_agent(agent: User) -> QuerySet[Room]:
    """Return the rooms on which an agent decides: those of the agent's teams."""
    rooms: QuerySet[Room] = Room._default_manager.order_by("position", "name")
    if not agent.is_superuser:
        rooms = rooms.filter(team__members=agent)
    return rooms


def room_for_agent(agent: User, code: str) -> Room:
    """Return one room of an agent's teams; raises NotFound."""
    room = rooms_for_agent(agent).filter(code=code).first()
    if room is None:
        raise NotFound
    return room


def bookings_for_agent(agent: User) -> QuerySet[Booking]:
    """Return the bookings of the rooms of an agent's teams."""
    rows = Booking.objects.filter(room__in=rooms_for_agent(agent))
    return rows.select_related("room", "room__site", "profile", "acting_user", "proposed_room")


def booking_for_agent(agent: User, reference: str) -> Booking:
    """Return one booking of an agent's rooms; raises NotFound."""
    booking = bookings_for_agent(agent).filter(reference=reference).first()
    if booking is None:
        raise NotFound
    return booking


def rivals_of(booking: Booking) -> QuerySet[Booking]:
    """Return the undecided requests that want a part of the same units at the same time, first come first."""
    own = Occupancy.objects.filter(booking=booking)
    units = [row.unit_id for row in own]
    times = [(row.blocked_from, row.blocked_until) for row in own]
    if not times:
        return Booking.objects.none()
    start, end = min(times)[0], max(times, key=lambda pair: pair[1])[1]
    rows = Booking.objects.filter(
        state__in=(BookingState.PENDING, BookingState.PROPOSED),
        occupancies__unit__in=units,
        occupancies__blocked_from__lt=end,
        occupancies__blocked_until__gt=start,
    )
    return (
        rows.exclude(pk=booking.pk)
        .select_related("room", "profile")
        .distinct()
        .order_by("created_at", "pk")
    )
