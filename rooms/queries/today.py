"""A room on one day, for a screen at its door: what is now, until when, and what else is today."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from rooms.enums import HOLDING
from rooms.models import Occupancy, Room
from rooms.queries.clock import Span, local, merged, whole_day, without
from rooms.queries.opening import opening_hours


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
    """The day of a room: `until` is when `state` ends today, or None when it stays so; `uses` are in order."""

    state: Now
    until: datetime | None
    uses: Sequence[Use]


def today_of(room: Room, *, now: datetime) -> Today:
    """Return the day of a room (loaded by `with_units`): five queries, no name of anybody.

    Times for setting up and cleaning are not shown: nobody waits at the door for them. What the room shares with
    others counts, requests that wait do not.
    """
    day = local(now).date()
    whole = whole_day(day)
    uses = _uses(room, whole)
    busy = merged(use.span for use in uses)
    opened = opening_hours([room], day, day).open_spans(room)
    inside = next((span for span in busy if span.start <= now < span.end), None)
    if inside is not None:
        return Today(state=Now.BUSY, until=inside.end, uses=uses)
    free = without(opened, busy)
    inside = next((span for span in free if span.start <= now < span.end), None)
    if inside is not None:
        return Today(state=Now.FREE, until=inside.end, uses=uses)
    later = [span.start for span in (*opened, *busy) if now < span.start < whole.end]
    return Today(state=Now.CLOSED, until=min(later, default=None), uses=uses)


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
