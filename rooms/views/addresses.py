"""The state of the rooms' pages lives in their addresses: which times are chosen, which week is shown."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.dateparse import parse_date, parse_datetime

from rooms.errors import HourMissing
from rooms.queries.clock import Span, local, moment

TIME = "time"
#: The next free time that is clicked is a further one.
MORE = "more"
MOST_TIMES = 60
#: No room is let longer in one piece; a longer time in an address is none.
LONGEST = timedelta(days=92)


def read_times(query: QueryDict) -> list[Span]:
    """Return the chosen times, in the order in which they were chosen; what is no time is left out."""
    found = (read_time(text) for text in query.getlist(TIME)[:MOST_TIMES])
    return [span for span in dict.fromkeys(found) if span is not None]


def read_time(text: str) -> Span | None:
    """Return a time as addresses have it: "2026-06-26T16:00/2026-06-26T20:00", hours of the wall clock."""
    first, _slash, last = text.partition("/")
    start, end = _moment(first), _moment(last)
    return Span(start, end) if start and end and start < end <= start + LONGEST else None


def write_time(span: Span) -> str:
    """Return a time as addresses have it."""
    return f"{local(span.start):%Y-%m-%dT%H:%M}/{local(span.end):%Y-%m-%dT%H:%M}"


def write_week(monday: date) -> str:
    """Return an ISO week: "2026-W26"."""
    year, week, _day = monday.isocalendar()
    return f"{year}-W{week:02d}"


def read_week(text: str) -> date | None:
    """Return the Monday of an ISO week, None for what is none."""
    year, mark, week = text.partition("-W")
    try:
        return date.fromisocalendar(int(year), int(week), 1) if mark else None
    except (ValueError, OverflowError):
        return None


def read_month(text: str) -> date | None:
    """Return the first day of a month ("2026-06"), None for what is none."""
    return read_day(f"{text}-01")


def read_day(text: str) -> date | None:
    """Return a day, None for what is none or lies outside of any calendar that somebody uses."""
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return day if day and 2000 <= day.year < 2200 else None


def query_of(times: Sequence[Span] = (), **values: str) -> str:
    """Return the query of an address, with its question mark; empty values are left out."""
    pairs = [(name, value) for name, value in values.items() if value]
    pairs += [(TIME, write_time(span)) for span in times]
    return "?" + urlencode(pairs, safe=":/") if pairs else "?"


def _moment(text: str) -> datetime | None:
    try:
        wall = parse_datetime(text)
        if wall is None or wall.tzinfo is not None or not 2000 <= wall.year < 2200:
            return None
        return moment(wall.date(), wall.time())
    except (ValueError, HourMissing):
        return None
