"""What is free: opening hours less what is taken, for any number of rooms with the same few queries."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from django.db.models import Prefetch, QuerySet

from eservices.errors import NotFound
from rooms.enums import BookingState
from rooms.models import Occupancy, Room, RoomUnit
from rooms.queries.clock import Span, local, merged, whole_day, without
from rooms.queries.opening import OpeningHours, opening_hours


class Word(StrEnum):
    """What everybody may know about a room at a time."""

    FREE = "free"
    BUSY = "busy"
    OPTION = "option"
    CLOSED = "closed"
    PAST = "past"


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A time that is taken, buffers included. `option` is a request that waits; `blocking` says that nobody else can
    ask for it.
    """

    span: Span
    option: bool
    blocking: bool
    booking: int | None = None


@dataclass(frozen=True)
class Availability:
    """What is open and what is taken for some rooms in some days."""

    hours: OpeningHours
    taken: dict[int, list[Taken]]
    now: datetime
    first: date
    last: date
    _free: dict[int, list[Span]] = field(default_factory=dict)

    def taken_of(self, room: Room) -> list[Taken]:
        """Return what is taken of any unit of the room, in order."""
        return self.taken.get(room.pk, [])

    def is_free(self, room: Room, span: Span) -> bool:
        """Whether the room can be asked for: open, and with its buffers free of what blocks."""
        return self.hours.holds(room, span) and not self.blocked(room, span)

    def blocked(self, room: Room, span: Span) -> bool:
        """Whether something that blocks overlaps the span with the room's buffers."""
        wide = span.widened(before=room.buffer_before, after=room.buffer_after)
        return any(row.blocking and row.span.overlaps(wide) for row in self.taken_of(room))

    def word(self, room: Room, span: Span) -> Word:
        """Return what everybody reads about the room at this time."""
        if not self.hours.holds(room, span):
            return Word.CLOSED
        wide = span.widened(before=room.buffer_before, after=room.buffer_after)
        rows = [row for row in self.taken_of(room) if row.span.overlaps(wide)]
        if any(row.blocking and not row.option for row in rows):
            return Word.BUSY
        if span.start <= self.now:
            return Word.PAST
        if rows:
            return Word.OPTION
        return Word.FREE

    def free_spans(self, room: Room) -> list[Span]:
        """Return when a booking of the room could lie, from now on: open times less what blocks, its buffers kept."""
        if room.pk not in self._free:
            holes = merged(
                row.span.widened(before=room.buffer_after, after=room.buffer_before)
                for row in self.taken_of(room)
                if row.blocking
            )
            past = Span(datetime.min.replace(tzinfo=self.now.tzinfo), self.now)
            self._free[room.pk] = without(self.hours.open_spans(room), [*holes, past])
        return self._free[room.pk]

    def fits(self, room: Room, *, minutes: int) -> bool:
        """Whether anywhere in these days the room is free for so long."""
        return any(span.minutes >= minutes for span in self.free_spans(room))


def shown_rooms() -> QuerySet[Room]:
    """The rooms that everybody sees, with what every page needs of them (five queries)."""
    return with_units(Room.objects.filter(published=True))


def room_named(code: str) -> Room:
    """Return a room that everybody sees, with all that its pages need; raises NotFound for others."""
    room = shown_rooms().prefetch_related("tariffs", "extras").filter(code=code).first()
    if room is None:
        raise NotFound
    return room


def with_units(rooms: QuerySet[Room]) -> QuerySet[Room]:
    """The rooms with site, units, features and capacities."""
    return rooms.select_related("site", "team").prefetch_related(
        Prefetch("units", RoomUnit.objects.order_by("pk")), "features", "capacities"
    )


def availability(rooms: Sequence[Room], first: date, last: date, *, now: datetime) -> Availability:
    """Return what is open and taken from the first to the last day: four queries whatever the number of rooms or days.

    The rooms come with their site and units (`with_units`).
    """
    hours = opening_hours(rooms, first, last)
    window = Span(
        whole_day(first).start - timedelta(days=1), whole_day(last).end + timedelta(days=1)
    )
    return Availability(hours, taken_in(rooms, window), now, first, last)


def taken_in(rooms: Sequence[Room], window: Span) -> dict[int, list[Taken]]:
    """Return by room what is taken of any of its units in a window, in order; one query.

    Two units that one booking takes are one row.
    """
    rooms_of: dict[int, list[int]] = defaultdict(list)
    for room in rooms:
        for unit in room.units.all():
            rooms_of[unit.pk].append(room.pk)
    rows = Occupancy.objects.filter(
        unit__in=rooms_of, blocked_from__lt=window.end, blocked_until__gt=window.start
    ).values_list(
        "unit_id",
        "booking_id",
        "block_id",
        "booking__state",
        "blocking",
        "blocked_from",
        "blocked_until",
    )
    found: dict[int, dict[tuple[int | None, int | None], Taken]] = defaultdict(dict)
    for unit, booking, block, state, blocking, start, end in rows.order_by("blocked_from", "pk"):
        option = state in (BookingState.PENDING, BookingState.PROPOSED)
        row = Taken(span=Span(start, end), option=option, blocking=blocking, booking=booking)
        for key in rooms_of[unit]:
            found[key][booking, block] = row
    return {key: list(of_room.values()) for key, of_room in found.items()}


def free_rooms(
    rooms: Iterable[Room], found: Availability, *, span: Span | None, minutes: int
) -> list[Room]:
    """Return the rooms that are free: during the span, or anywhere in these days for so many minutes."""
    if span is not None:
        return [room for room in rooms if found.is_free(room, span)]
    return [room for room in rooms if found.fits(room, minutes=minutes)]


def days_of(span: Span) -> tuple[date, date]:
    """Return the first and the last local day that a span touches."""
    return local(span.start).date(), local(span.end - timedelta(microseconds=1)).date()
