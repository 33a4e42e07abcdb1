"""What everybody may know about a room from one day to another, without a gap: free, option, busy or closed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from rooms.models import Room
from rooms.queries.availability import Availability, Word
from rooms.queries.clock import Span, merged, whole_day, without
from rooms.queries.offers import first_begin, offered_window


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """A time with one word, to the minute."""

    span: Span
    word: Word


def timeline(
    found: Availability, room: Room, first: date, last: date, *, now: datetime
) -> list[Stretch]:
    """Return the words of a room from the first to the last day, one after the other.

    They are those of the week on the room's page (`Availability.word`), to the minute: the buffers of the room count
    around what is taken. What is too near, too far or out of season to be asked for is closed.
    """
    whole = Span(whole_day(first).start, whole_day(last).end)
    opened = _within(found.hours.open_spans(room), whole)
    busy = _within(_around(found, room, waiting=False), *opened)
    asked = without(opened, busy)
    window = offered_window(room, now=now)
    window = Span(min(first_begin(room, window.start), window.end), window.end)
    possible = _within(asked, window)
    option = _within(_around(found, room, waiting=True), *possible)
    free = without(possible, option)
    closed = without([whole], [*busy, *option, *free])
    rows = [
        Stretch(span=span, word=word)
        for word, spans in (
            (Word.FREE, free),
            (Word.OPTION, option),
            (Word.BUSY, busy),
            (Word.CLOSED, closed),
        )
        for span in spans
    ]
    return sorted(rows, key=lambda row: row.span)


def taken_during(found: Availability, room: Room, span: Span) -> list[Stretch]:
    """Return what is in the way of a time, as everybody may know it: when, and whether it is a request that waits."""
    wide = span.widened(before=room.buffer_before, after=room.buffer_after)
    return [
        Stretch(span=row.span, word=Word.OPTION if row.option else Word.BUSY)
        for row in found.taken_of(room)
        if row.blocking and row.span.overlaps(wide)
    ]


def _around(found: Availability, room: Room, *, waiting: bool) -> list[Span]:
    """Return the times that would touch what is taken, or only asked for (`waiting`), with the room's buffers."""
    return merged(
        row.span.widened(before=room.buffer_after, after=room.buffer_before)
        for row in found.taken_of(room)
        if (row.option or not row.blocking) == waiting
    )


def _within(spans: Iterable[Span], *edges: Span) -> list[Span]:
    """Return the parts of the spans that lie in one of the edges."""
    rows: Sequence[Span] = list(spans)
    return [
        Span(max(span.start, edge.start), min(span.end, edge.end))
        for edge in edges
        for span in rows
        if span.overlaps(edge)
    ]
