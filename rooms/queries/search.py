"""The list of rooms: which ones suit, and whether they are free then."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet

from rooms.models import Room, RoomText
from rooms.queries.availability import Availability, availability, shown_rooms
from rooms.queries.clock import Span, local, moment, whole_day
from rooms.queries.offers import is_offered, offered_spans

#: Without a day the list looks so many days ahead for the first free time.
AHEAD_DAYS = 14


@dataclass(frozen=True, kw_only=True)
class RoomFilters:
    """What somebody looks for. A time needs a day; without hours `minutes` anywhere in the day are enough."""

    day: date | None = None
    span: Span | None = None
    minutes: int = 0
    people: int = 0
    site: str = ""
    words: str = ""
    features: Sequence[str] = field(default_factory=tuple)


@dataclass(frozen=True, kw_only=True)
class FoundRoom:
    """A room of the list: `free` is None when no day was asked, `next_free` then is the first time it can be had."""

    room: Room
    free: bool | None = None
    times: Sequence[Span] = field(default_factory=tuple)
    next_free: Span | None = None


def find_rooms(filters: RoomFilters, *, now: datetime) -> list[FoundRoom]:
    """Return the rooms that hold the people and have the features, those that are free then first.

    Eleven queries at most, whatever the number of rooms; see the budget in tests/rooms/test_weeks.py.
    """
    rows = list(matching(filters).prefetch_related("tariffs"))
    first = filters.day or local(now).date()
    last = filters.day or first + timedelta(days=AHEAD_DAYS)
    if filters.span is not None:
        last = local(filters.span.end).date()
    found = availability(rows, first, last, now=now)
    listed = [_found(room, found, filters, now) for room in rows]
    return sorted(listed, key=lambda row: row.free is False)


def matching(filters: RoomFilters) -> QuerySet[Room]:
    """Return the shown rooms that hold the people, have all the features, and in whose texts all the words stand."""
    rooms = shown_rooms()
    if filters.people:
        rooms = rooms.filter(max_persons__gte=filters.people, min_persons__lte=filters.people)
    if filters.site:
        rooms = rooms.filter(site__code=filters.site)
    for code in filters.features:
        rooms = rooms.filter(features__code=code)
    for word in filters.words.split():
        texts = RoomText.objects.filter(
            Q(title__icontains=word) | Q(summary__icontains=word) | Q(description__icontains=word)
        )
        named = Q(name__icontains=word) | Q(site__name__icontains=word)
        rooms = rooms.filter(named | Q(pk__in=texts.values("room")))
    return rooms


def _found(room: Room, found: Availability, filters: RoomFilters, now: datetime) -> FoundRoom:
    if filters.day is None:
        spans = offered_spans(found, room, now=now)
        long_enough = [span for span in spans if span.minutes >= filters.minutes]
        return FoundRoom(room=room, next_free=long_enough[0] if long_enough else None)
    if filters.span is not None:
        free = is_offered(found, room, filters.span, now=now)
        return FoundRoom(room=room, free=free, times=[filters.span] if free else [])
    day = whole_day(filters.day)
    times = [
        Span(max(span.start, day.start), min(span.end, day.end))
        for span in offered_spans(found, room, now=now)
        if span.overlaps(day)
    ]
    times = [span for span in times if span.minutes >= max(filters.minutes, 1)]
    return FoundRoom(room=room, free=bool(times), times=times)


def span_of(day: date, start: time, end: time) -> Span:
    """Return the time of a day from one hour of the wall clock to another; one that is not later is of the next day.

    Raises HourMissing.
    """
    last = day if end > start else day + timedelta(days=1)
    return Span(moment(day, start), moment(last, end))


def span_from(day: date, start: time, minutes: int) -> Span:
    """Return so many minutes from an hour of the wall clock on. Raises HourMissing."""
    begin = moment(day, start)
    return Span(begin, begin + timedelta(minutes=minutes))
