"""Choosing times in the week: what a click on a free part of a day chooses."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from rooms.models import Room
from rooms.queries.availability import Availability
from rooms.queries.clock import Span
from rooms.queries.offers import is_offered
from rooms.queries.rules import is_too_long


def after_click(
    room: Room,
    found: Availability,
    clicked: Span,
    chosen: Sequence[Span],
    *,
    more: bool,
    now: datetime,
) -> list[Span]:
    """Return the chosen times after a click on a free one.

    The last choice is extended up to there when everything between is free; otherwise the click begins it anew, or
    begins a further one (`more`). A choice is never shorter than the room's shortest booking if that much is free.
    """
    fresh = _long_enough(room, found, clicked, now)
    if not chosen:
        return [fresh]
    *others, last = chosen
    if more:
        return [*chosen, fresh]
    wide = Span(min(last.start, clicked.start), max(last.end, clicked.end))
    if not is_too_long(room, wide) and is_offered(found, room, wide, now=now):
        return [*others, wide]
    return [*others, fresh]


def _long_enough(room: Room, found: Availability, clicked: Span, now: datetime) -> Span:
    if room.whole_days or clicked.minutes >= room.min_minutes:
        return clicked
    missing = timedelta(minutes=room.min_minutes - clicked.minutes)
    for wide in (
        Span(clicked.start, clicked.end + missing),
        Span(clicked.start - missing, clicked.end),
    ):
        if is_offered(found, room, wide, now=now):
            return wide
    return clicked
