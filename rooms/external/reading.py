"""Events of others' calendars as plain times (RFC 5545): repetitions expanded, changed and left-out times heeded."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from dateutil.rrule import rruleset, rrulestr
from icalendar import Calendar, vRecur

from rooms.enums import CalendarFailure
from rooms.external.fetching import CalendarUnread
from rooms.queries.clock import ZONE, Span

#: More events than that within the window are no calendar of a room.
MOST_EVENTS: Final = 3000
_FREQUENCIES: Final = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}
#: Parts that make many times of one day, which no calendar of a room needs and which could keep us busy for hours.
_REFUSED: Final = ("BYHOUR", "BYMINUTE", "BYSECOND", "BYEASTER")


@dataclass(frozen=True, kw_only=True)
class ExternalEvent:
    """One time that is taken elsewhere; `key` is the same at each reading."""

    key: str
    span: Span
    title: str


def events_in(content: bytes, window: Span) -> list[ExternalEvent]:
    """Return what takes time within a window, in order, events that overlap as one.

    Cancelled and transparent events take none. Hours without a zone are Belgian. Raises CalendarUnread for what is no
    calendar.
    """
    try:
        calendar = Calendar.from_ical(content)
        found = list(_events(calendar, window))
    except CalendarUnread:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError) as error:
        raise CalendarUnread(CalendarFailure.NOT_A_CALENDAR) from error
    if len(found) > MOST_EVENTS:
        raise CalendarUnread(CalendarFailure.TOO_LARGE)
    return _merged(found)


def _events(calendar: Any, window: Span) -> Iterator[ExternalEvent]:
    if calendar.name != "VCALENDAR":
        raise CalendarUnread(CalendarFailure.NOT_A_CALENDAR)
    rows = list(calendar.walk("VEVENT"))
    moved: dict[str, set[datetime]] = {}
    for row in rows:
        if "RECURRENCE-ID" in row:
            moved.setdefault(str(row.get("UID", "")), set()).add(_moment(row["RECURRENCE-ID"].dt))
    for row in rows:
        uid = str(row.get("UID", ""))
        free = str(row.get("TRANSP", "")).upper() == "TRANSPARENT"
        if free or str(row.get("STATUS", "")).upper() == "CANCELLED" or "DTSTART" not in row:
            continue
        title = " ".join(str(row.get("SUMMARY", "")).split())[:160]
        if "RECURRENCE-ID" in row:
            starts = [(_moment(row["RECURRENCE-ID"].dt), _moment(row["DTSTART"].dt))]
        else:
            without = moved.get(uid, set())
            starts = [(start, start) for start in _starts(row, window) if start not in without]
        repeats = any(name in row for name in ("RRULE", "RDATE", "RECURRENCE-ID"))
        for original, start in starts:
            span = Span(start, _end(row, start))
            if span.start < span.end and span.overlaps(window):
                yield ExternalEvent(
                    key=_key(uid, original if repeats else None), span=span, title=title
                )


def _starts(row: Any, window: Span) -> list[datetime]:
    """Return when an event begins within the window: once, or by its rule in hours of its own clock."""
    first = row["DTSTART"].dt
    if "RRULE" not in row and "RDATE" not in row:
        return [_moment(first)]
    zone = first.tzinfo if isinstance(first, datetime) else None
    dates = rruleset()
    begin = _wall(first, zone)
    dates.rdate(begin)
    for rule in _many(row, "RRULE"):
        dates.rrule(rrulestr(_rule(rule, zone), dtstart=begin))
    for name, add in (("RDATE", dates.rdate), ("EXDATE", dates.exdate)):
        for part in _many(row, name):
            for given in part.dts:
                value = given.dt[0] if isinstance(given.dt, tuple) else given.dt
                add(_wall(value, zone))
    wide = timedelta(days=1) + (_end(row, _moment(first)) - _moment(first))
    low = _wall(window.start, zone) - wide
    high = _wall(window.end, zone) + timedelta(days=1)
    found = []
    for start in dates.between(low, high, inc=True):
        found.append(_settled(start, zone))
        if len(found) > MOST_EVENTS:
            raise CalendarUnread(CalendarFailure.TOO_LARGE)
    return found


def _rule(rule: vRecur, zone: Any) -> str:
    """Return a rule as text with its end in hours of the event's clock."""
    parts = dict(rule)
    if {str(part).upper() for part in parts.get("FREQ", ())} - _FREQUENCIES:
        raise CalendarUnread(CalendarFailure.NOT_A_CALENDAR)
    if any(name in parts for name in _REFUSED):
        raise CalendarUnread(CalendarFailure.NOT_A_CALENDAR)
    if "UNTIL" in parts:
        [until] = parts["UNTIL"]
        last = (
            _wall(until, zone) if isinstance(until, datetime) else datetime.combine(until, time.max)
        )
        parts["UNTIL"] = [last.replace(microsecond=0)]
    return vRecur(parts).to_ical().decode()


def _many(row: Any, name: str) -> list[Any]:
    value = row.get(name, [])
    return value if isinstance(value, list) else [value]


def _wall(value: date | datetime, zone: Any) -> datetime:
    """Return a day or a moment as the event's own clock shows it, without its zone."""
    if not isinstance(value, datetime):
        return datetime.combine(value, time())
    if value.tzinfo is None:
        return value
    return value.astimezone(zone or ZONE).replace(tzinfo=None)


def _settled(wall: datetime, zone: Any) -> datetime:
    return wall.replace(tzinfo=zone or ZONE).astimezone(UTC)


def _moment(value: date | datetime) -> datetime:
    """Return a value of a calendar as a moment; days begin at midnight in Belgium."""
    if not isinstance(value, datetime):
        value = datetime.combine(value, time())
    return (value if value.tzinfo else value.replace(tzinfo=ZONE)).astimezone(UTC)


def _end(row: Any, start: datetime) -> datetime:
    """Return the end of an event that begins then: as long as the first one; a day alone lasts until midnight."""
    first = row["DTSTART"].dt
    if "DTEND" in row:
        last = row["DTEND"].dt
        if not isinstance(first, datetime):
            days = (last - first).days
            return _settled(_wall(start, ZONE) + timedelta(days=days), ZONE)
        return start + (_moment(last) - _moment(first))
    if "DURATION" in row:
        length: timedelta = row["DURATION"].dt
        return start + length
    if isinstance(first, datetime):
        return start
    return _settled(_wall(start, ZONE) + timedelta(days=1), ZONE)


def _key(uid: str, original: datetime | None) -> str:
    """Return what an event is known by: its UID, with the original start of one of several times."""
    text = f"{uid}#{original:%Y%m%dT%H%M%SZ}" if original else uid
    return text if len(text) <= 300 else hashlib.sha256(text.encode()).hexdigest()


def _merged(events: Iterable[ExternalEvent]) -> list[ExternalEvent]:
    """Return the events in order, those that overlap as one that is called after all of them."""
    merged: list[ExternalEvent] = []
    for event in sorted(events, key=lambda row: (row.span, row.key)):
        last = merged[-1] if merged else None
        if last is None or not last.span.overlaps(event.span):
            merged.append(event)
            continue
        titles = dict.fromkeys(part for part in (last.title, event.title) if part)
        merged[-1] = ExternalEvent(
            key=last.key,
            span=Span(last.span.start, max(last.span.end, event.span.end)),
            title=" / ".join(titles)[:160],
        )
    seen: set[str] = set()
    found = []
    for event in merged:
        key = event.key
        if key in seen:  # some calendars give one UID to several events
            key = _key(key[:270], event.span.start)
        seen.add(key)
        found.append(ExternalEvent(key=key, span=event.span, title=event.title))
    return found
