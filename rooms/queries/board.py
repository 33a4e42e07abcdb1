"""What agents see of their rooms: days with all that takes a unit, and what stands in the way of a time."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from eservices.errors import NotFound
from eservices.models import User
from rooms.enums import BookingState
from rooms.models import Block, Booking, ExternalCalendar, Occupancy, Room, RoomUnit
from rooms.queries.bookings import bookings_for_agent, rooms_for_agent
from rooms.queries.clock import Span, days, local, whole_day

#: A calendar that fails so long, over four tries, is shown to agents.
PATIENCE = timedelta(hours=1)
#: Requests that an agent must decide, and bookings that still concern somebody.
WAITING = (BookingState.PENDING, BookingState.PROPOSED)
TABS: dict[str, Q] = {
    "requests": Q(state=BookingState.PENDING),
    "waiting": Q(state__in=(BookingState.PROPOSED, BookingState.AWAITING_PAYMENT)),
    "confirmed": Q(state=BookingState.CONFIRMED),
    "all": Q(),
}


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A booking or a block that takes a unit, with its own times, without buffers.

    `own` says whether the agent decides on its room: of the others only the times are told.
    """

    start: datetime
    end: datetime
    room: Room
    booking: Booking | None
    block: Block | None
    blocking: bool
    own: bool

    @property
    def begins(self) -> datetime:
        """The start as the wall clock shows it."""
        return local(self.start)

    @property
    def ends(self) -> datetime:
        """The end as the wall clock shows it."""
        return local(self.end)


@dataclass(frozen=True, kw_only=True)
class BoardRow:
    """One room with what takes its units, by day."""

    room: Room
    days: Sequence[tuple[date, Sequence[Taken]]]


def rooms_of_board(agent: User) -> list[Room]:
    """Return the rooms of an agent's teams with their units, in order (two queries)."""
    rows = rooms_for_agent(agent).select_related("site")
    return list(rows.prefetch_related(Prefetch("units", RoomUnit.objects.order_by("pk"))))


def board(rooms: Sequence[Room], first: date, last: date) -> list[BoardRow]:
    """Return what takes the rooms from the first to the last day, one query whatever their number.

    A booking of a hall stands in the rows of its parts too.
    """
    own = {room.pk for room in rooms}
    span = Span(whole_day(first).start, whole_day(last).end)
    by_unit = _by_unit({unit.pk for room in rooms for unit in room.units.all()}, span, own)
    found = []
    for room in rooms:
        taken = _once(row for unit in room.units.all() for row in by_unit[unit.pk])
        by_day = [
            (
                day,
                [row for row in taken if Span(row.start, row.end).overlaps(whole_day(day))],
            )
            for day in days(first, last)
        ]
        found.append(BoardRow(room=room, days=by_day))
    return found


def in_the_way(
    room: Room, span: Span, *, agent: User, without: Booking | None = None
) -> list[Taken]:
    """Return what takes a part of the room during a span, its buffers included, in order."""
    wide = span.widened(before=room.buffer_before, after=room.buffer_after)
    units = set(room.units.values_list("pk", flat=True))
    own = set(rooms_for_agent(agent).values_list("pk", flat=True))
    by_unit = _by_unit(units, wide, own)
    rows = _once(row for unit in sorted(units) for row in by_unit[unit])
    return [row for row in rows if without is None or row.booking != without]


def conflicts_of(bookings: Sequence[Booking], *, agent: User) -> dict[int, list[Taken]]:
    """Return what wants or takes a part of the same units at the same time, by key of the booking; three queries."""
    if not bookings:
        return {}
    own_rows = list(Occupancy.objects.filter(booking__in=bookings))
    found: dict[int, list[Taken]] = {booking.pk: [] for booking in bookings}
    if not own_rows:
        return found
    window = Span(
        min(row.blocked_from for row in own_rows), max(row.blocked_until for row in own_rows)
    )
    own = set(rooms_for_agent(agent).values_list("pk", flat=True))
    rows = _rows({row.unit_id for row in own_rows}, window)
    for mine in own_rows:
        for row in rows:
            if (
                row.unit_id == mine.unit_id
                and row.booking_id != mine.booking_id
                and row.blocked_from < mine.blocked_until
                and row.blocked_until > mine.blocked_from
            ):
                found[mine.booking_id].append(_taken(row, own))  # type: ignore[index]
    return {key: _once(taken) for key, taken in found.items()}


def blocks_for_agent(agent: User, first: date, last: date, *, room: str = "") -> QuerySet[Block]:
    """Return the blocked times of an agent's rooms, or of one of them, from the first to the last day."""
    rows = _blocks(agent).filter(
        starts_at__lt=whole_day(last).end, ends_at__gt=whole_day(first).start
    )
    if room:
        rows = rows.filter(room__code=room)
    return rows.order_by("starts_at", "pk")


def block_for_agent(agent: User, public_id: UUID) -> Block:
    """Return one blocked time of an agent's rooms; raises NotFound."""
    found = _blocks(agent).filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def _blocks(agent: User) -> QuerySet[Block]:
    rows = Block.objects.filter(room__in=rooms_for_agent(agent).order_by())
    return rows.select_related("room", "calendar", "created_by")


def clashes_for(agent: User, *, now: datetime) -> QuerySet[Block]:
    """Return events of external calendars that overlap bookings: somebody must look at them."""
    rows = Block.objects.filter(room__in=rooms_for_agent(agent).order_by(), clash=True)
    return rows.filter(ends_at__gt=now).select_related("room", "calendar").order_by("starts_at")


def calendars_of(agent: User) -> QuerySet[ExternalCalendar]:
    """Return the calendars of others that block rooms of an agent."""
    rows = ExternalCalendar.objects.filter(room__in=rooms_for_agent(agent).order_by())
    return rows.select_related("room")


def unread_calendars(agent: User, *, now: datetime) -> QuerySet[ExternalCalendar]:
    """Return the calendars that several tries could not read."""
    return calendars_of(agent).filter(active=True, failed_at__lte=now - PATIENCE)


def bookings_in(agent: User, *, tab: str, room: str = "", search: str = "") -> QuerySet[Booking]:
    """Return the bookings of a tab; requests that lapse soonest first, past ones last first."""
    rows = bookings_for_agent(agent).filter(TABS.get(tab, Q()))
    if room:
        rows = rows.filter(room__code=room)
    for word in search.split():
        rows = rows.filter(
            Q(reference__icontains=word)
            | Q(purpose__icontains=word)
            | Q(profile__name__icontains=word)
            | Q(acting_user__last_name__icontains=word)
        )
    if tab == "requests":
        return rows.order_by("hold_expires_at", "pk")
    return rows.order_by("-starts_at" if tab == "all" else "starts_at", "pk")


def _rows(units: set[int], span: Span) -> list[Occupancy]:
    rows = Occupancy.objects.filter(
        unit__in=units, blocked_from__lt=span.end, blocked_until__gt=span.start
    )
    rows = rows.select_related("booking__room", "booking__profile", "block__room")
    return list(rows.order_by("blocked_from", "pk"))


def _by_unit(units: set[int], span: Span, own: set[int]) -> dict[int, list[Taken]]:
    found: dict[int, list[Taken]] = defaultdict(list)
    for row in _rows(units, span):
        found[row.unit_id].append(_taken(row, own))
    return found


def _taken(row: Occupancy, own: set[int]) -> Taken:
    thing = row.booking or row.block
    if thing is None:
        raise ValueError("An occupancy is of a booking or a block.")
    return Taken(
        start=thing.starts_at,
        end=thing.ends_at,
        room=thing.room,
        booking=row.booking,
        block=row.block,
        blocking=row.blocking,
        own=thing.room_id in own,
    )


def _once(rows: Iterable[Taken]) -> list[Taken]:
    """Return each booking and block once, in order of time."""
    found = {(row.booking and row.booking.pk, row.block and row.block.pk): row for row in rows}
    return sorted(found.values(), key=lambda row: (row.start, row.end, row.room.pk))
