"""The week and the month of a room as tables: what everybody reads about it, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from rooms.models import Room
from rooms.queries.availability import Availability, Word, availability
from rooms.queries.clock import Span, days, local, whole_day
from rooms.queries.offers import at, offered_spans, offered_window
from rooms.queries.opening import usual_hours

#: More would be too narrow for their words.
MOST_COLUMNS = 8
WIDTHS = (60, 120, 180, 240)
#: The finest part of the table in minutes; a part of which something is taken is not free.
PART = 60


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A part of a day with one word; `parts` is how many parts of the table it is wide."""

    word: Word
    span: Span
    parts: int
    chosen: bool = False


@dataclass(frozen=True, kw_only=True)
class Day:
    """A row of the week."""

    day: date
    cells: Sequence[Cell]


@dataclass(frozen=True, kw_only=True)
class Column:
    """Hours that stand above the table, so many parts wide; both are minutes of the wall clock after midnight."""

    start: int
    end: int
    parts: int


@dataclass(frozen=True, kw_only=True)
class Week:
    """The seven days of a room from a Monday on."""

    monday: date
    columns: Sequence[Column]
    days: Sequence[Day]
    found: Availability


class DayWord(StrEnum):
    """What everybody reads about a day of the month."""

    FREE = "free"
    SOME = "some"
    FULL = "full"
    CLOSED = "closed"
    PAST = "past"


def monday_of(day: date) -> date:
    """Return the Monday of the ISO week of a day."""
    return day - timedelta(days=day.weekday())


def week_of(room: Room, monday: date, *, now: datetime, chosen: Sequence[Span] = ()) -> Week:
    """Return the week of a room (loaded by `with_units`) from a Monday on; four queries whatever is booked."""
    found = availability([room], monday, monday + timedelta(days=6), now=now)
    columns = _columns(room, found)
    rows = [
        Day(day=day, cells=_cells(room, found, day, columns, now, chosen))
        for day in days(monday, monday + timedelta(days=6))
    ]
    return Week(monday=monday, columns=columns, days=rows, found=found)


def month_of(room: Room, first: date, last: date, *, now: datetime) -> dict[date, DayWord]:
    """Return a word for each day from the first to the last; four queries."""
    found = availability([room], first, last, now=now)
    offered = offered_spans(found, room, now=now)
    words = {}
    for day in days(first, last):
        whole = whole_day(day)
        opened = _minutes_in(found.hours.open_spans(room), whole)
        free = _minutes_in(offered, whole)
        if not opened:
            words[day] = DayWord.CLOSED
        elif whole.end <= now + timedelta(hours=room.min_lead_hours):
            words[day] = DayWord.PAST
        elif not free:
            words[day] = DayWord.FULL
        else:
            words[day] = DayWord.FREE if free >= opened else DayWord.SOME
    return words


def _minutes_in(spans: Sequence[Span], day: Span) -> int:
    cut = [Span(max(s.start, day.start), min(s.end, day.end)) for s in spans if s.overlaps(day)]
    return sum(span.minutes for span in cut)


def _columns(room: Room, found: Availability) -> list[Column]:
    if room.whole_days:
        return [Column(start=0, end=24 * 60, parts=1)]
    first, last = usual_hours([room], found.hours)
    start, end = first.hour * 60, _end_minutes(last)
    width = next((w for w in WIDTHS if (end - start) <= w * MOST_COLUMNS), WIDTHS[-1])
    edges = [*range(start, end, width), end]
    return [
        Column(start=begin, end=stop, parts=(stop - begin) // PART)
        for begin, stop in zip(edges, edges[1:], strict=False)
    ]


def _end_minutes(last: time) -> int:
    """The last hour, a begun one as whole; midnight is 24 hours."""
    return (last.hour + bool(last.minute)) * 60 or 24 * 60


def _cells(
    room: Room,
    found: Availability,
    day: date,
    columns: Sequence[Column],
    now: datetime,
    chosen: Sequence[Span],
) -> list[Cell]:
    """Return the cells of a day: what follows with the same word is one, free ones end at each column."""
    cells: list[Cell] = []
    for column in columns:
        size = (column.end - column.start) // column.parts
        for number in range(column.parts):
            start = column.start + number * size
            span = Span(at(day, start), at(day, start + size))
            if span.start >= span.end:  # the hour that clocks skip
                word, mine = Word.CLOSED, False
            else:
                word = _word(room, found, span, now)
                mine = any(span.overlaps(choice) for choice in chosen)
            before = cells[-1] if cells else None
            goes_on = before and (before.word, before.chosen) == (word, mine)
            if before and goes_on and (mine or word != Word.FREE or number):
                whole = Span(before.span.start, max(before.span.end, span.end))
                cells[-1] = Cell(word=word, span=whole, parts=before.parts + 1, chosen=mine)
            else:
                cells.append(Cell(word=word, span=span, parts=1, chosen=mine))
    return cells


def _word(room: Room, found: Availability, span: Span, now: datetime) -> Word:
    """The word of a time, with what cannot be asked for any more, or not yet."""
    window = offered_window(room, now=now)
    word = found.word(room, span)
    if word in (Word.FREE, Word.OPTION) and span.start < window.start:
        early = room.active_from and local(span.start).date() < room.active_from
        return Word.CLOSED if early else Word.PAST
    if word in (Word.FREE, Word.OPTION) and span.end > window.end:
        return Word.CLOSED
    return word
