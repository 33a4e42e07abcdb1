"""What can be asked for now: free times that are neither too near nor too far, in steps and in season."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from rooms.models import Room
from rooms.queries.availability import Availability
from rooms.queries.clock import Span, local, settled_moment, whole_day
from rooms.queries.rules import longest


def offered_window(room: Room, *, now: datetime) -> Span:
    """Return between which moments a booking of the room may lie, seen from now: lead time and season."""
    begin = now + timedelta(hours=room.min_lead_hours)
    end = now + timedelta(days=room.max_lead_days, minutes=longest(room))
    if room.active_from:
        begin = max(begin, whole_day(room.active_from).start)
    if room.active_until:
        end = min(end, whole_day(room.active_until).end)
    return Span(begin, max(begin, end))


def offered_spans(found: Availability, room: Room, *, now: datetime) -> list[Span]:
    """Return the free times of the room that can be asked for now, those too short for a booking left out."""
    window = offered_window(room, now=now)
    spans = [
        Span(first_begin(room, max(span.start, window.start)), min(span.end, window.end))
        for span in found.free_spans(room)
    ]
    return [span for span in spans if span.start < span.end and span.minutes >= shortest(room)]


def is_offered(found: Availability, room: Room, span: Span, *, now: datetime) -> bool:
    """Whether the room can be asked for all the time, now."""
    return any(free.holds(span) for free in offered_spans(found, room, now=now))


def shortest(room: Room) -> int:
    """Return the fewest minutes of a booking; a room let by whole days may be shorter by the night in spring."""
    return 0 if room.whole_days else room.min_minutes


def times_of(room: Room, first: time, last: time) -> Iterator[time]:
    """Yield the hours of the wall clock at which a booking may begin or end; a last hour of 0 is midnight."""
    end = _minutes(last) or 24 * 60
    for minutes in range(_minutes(first), end + 1, room.step_minutes):
        yield time(minutes // 60 % 24, minutes % 60)


def at(day: date, minutes: int) -> datetime:
    """Return the moment of so many minutes of the wall clock; those past 24 hours are of the next day."""
    later, rest = divmod(minutes, 24 * 60)
    return settled_moment(day + timedelta(days=later), time(rest // 60, rest % 60))


def _minutes(hour: time) -> int:
    return hour.hour * 60 + hour.minute


def first_begin(room: Room, start: datetime) -> datetime:
    """Return the first moment from `start` on at which a booking of the room may begin."""
    if not room.whole_days:
        return _on_step(room, start)
    day = whole_day(local(start).date())
    return start if start == day.start else day.end


def _on_step(room: Room, start: datetime) -> datetime:
    wall = local(start)
    minutes = wall.hour * 60 + wall.minute + bool(wall.second or wall.microsecond)
    late = -minutes % room.step_minutes
    if not late and not wall.second and not wall.microsecond:
        return start
    whole = start.replace(second=0, microsecond=0)
    return whole + timedelta(minutes=late + bool(wall.second or wall.microsecond))
