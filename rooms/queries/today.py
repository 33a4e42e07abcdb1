"""A room on one day, for a screen at its door: what is now, until when, and what else is today."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from rooms.enums import HOLDING
from rooms.models import Occupancy, Room
from rooms.queries.clock import Span, local, merged, whole_day, without
from rooms.queries.opening import opening_hours

#: How many days ahead the next free time is looked for, and how many minutes it must last to be worth a word.
AHEAD, WORTHWHILE = 14, 15


class Now(StrEnum):
    """What a room is at this moment."""

    FREE = "free"
    BUSY = "busy"
    CLOSED = "closed"


@dataclass(frozen=True, kw_only=True)
class Use:
    """A time of today at which the room is used; `title` only when an agent approved it for everybody, else empty."""

    span: Span
    title: str


@dataclass(frozen=True, kw_only=True)
class Today:
    """The day of a room, times in UTC.

    `until` is when `state` ends, or None when nobody can say; `next_free` the next time at which the room is open and
    empty, None while it is so now or when none comes within two weeks; `uses` are those of today, in order.
    """

    state: Now
    until: datetime | None
    next_free: Span | None
    uses: Sequence[Use]


def today_of(room: Room, *, now: datetime) -> Today:
    """Return the day of a room (loaded by `with_units`): four queries, no name of anybody.

    Times for setting up and cleaning are not shown: nobody waits at the door for them. What the room shares with
    others counts, requests that wait do not.
    """
    day = local(now).date()
    today, last = whole_day(day), day + timedelta(days=AHEAD)
    horizon = whole_day(last).end
    every = _uses(room, Span(today.start, horizon))
    uses = [use for use in every if use.span.overlaps(today)]
    busy = merged(use.span for use in every)
    opened = opening_hours([room], day, last).open_spans(room)
    free = without(opened, busy)
    if inside := _around(free, now):
        until = inside.end if inside.end < horizon else None
        return Today(state=Now.FREE, until=until, next_free=None, uses=uses)
    later = [span for span in free if span.start > now and span.minutes >= WORTHWHILE]
    next_free = min(later, default=None)
    if inside := _around(busy, now):
        return Today(state=Now.BUSY, until=inside.end, next_free=next_free, uses=uses)
    begins = [span.start for span in opened if now < span.start < today.end]
    opens = min(begins, default=None)
    return Today(state=Now.CLOSED, until=opens, next_free=next_free, uses=uses)


def _around(spans: Sequence[Span], now: datetime) -> Span | None:
    return next((span for span in spans if span.start <= now < span.end), None)


def _uses(room: Room, day: Span) -> list[Use]:
    rows = Occupancy.objects.filter(
        unit__in=[unit.pk for unit in room.units.all()],
        blocking=True,
        blocked_from__lt=day.end,
        blocked_until__gt=day.start,
    ).select_related("booking", "block")
    found = {}
    for row in rows:
        thing = row.booking or row.block
        if thing is None or (row.booking is not None and row.booking.state not in HOLDING):
            continue
        span = Span(thing.starts_at, thing.ends_at)
        if span.overlaps(day):
            shown = row.booking is not None and row.booking.public_title_approved
            title = row.booking.public_title if shown and row.booking is not None else ""
            found[row.booking_id, row.block_id] = Use(span=span, title=title)
    return sorted(found.values(), key=lambda use: (use.span.start, use.span.end))
