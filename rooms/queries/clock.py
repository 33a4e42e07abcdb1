"""Hours of the wall clock in Belgium, and moments.

Lengths are real time: the night in which clocks change counts as it is.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from rooms.errors import HourMissing

#: Rooms stand in Belgium whatever the server's clock shows.
ZONE = ZoneInfo("Europe/Brussels")


@dataclass(frozen=True, order=True)
class Span:
    """From one moment until before another, both in UTC."""

    start: datetime
    end: datetime

    @property
    def minutes(self) -> int:
        """Real minutes."""
        return int((self.end - self.start).total_seconds() // 60)

    def overlaps(self, other: "Span") -> bool:
        """Whether they share a moment; one that ends when the other begins does not."""
        return self.start < other.end and other.start < self.end

    def holds(self, other: "Span") -> bool:
        """Whether the other lies inside."""
        return self.start <= other.start and other.end <= self.end

    def widened(self, *, before: int, after: int) -> "Span":
        """Return the span with so many minutes more at either end."""
        return Span(self.start - timedelta(minutes=before), self.end + timedelta(minutes=after))


def moment(day: date, hour: time) -> datetime:
    """Return the moment of an hour of the wall clock, in UTC; of an hour that comes twice the first.

    Raises HourMissing for the hour that clocks skip in spring.
    """
    local = datetime.combine(day, hour, tzinfo=ZONE)
    found = local.astimezone(UTC)
    if found.astimezone(ZONE).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise HourMissing
    return found


def settled_moment(day: date, hour: time) -> datetime:
    """Return the moment as `moment` does; an hour that clocks skip is the one that follows the gap."""
    return datetime.combine(day, hour, tzinfo=ZONE).astimezone(UTC)


def whole_day(day: date) -> Span:
    """Return a day from midnight to midnight: 23, 24 or 25 hours."""
    return Span(settled_moment(day, time(0)), settled_moment(day + timedelta(days=1), time(0)))


def local(at: datetime) -> datetime:
    """Return a moment as the wall clock shows it."""
    return at.astimezone(ZONE)


def today() -> date:
    """Return the day that it is in Belgium."""
    return local(timezone.now()).date()


def days(first: date, last: date) -> Iterator[date]:
    """Yield the days from the first to the last, both included."""
    day = first
    while day <= last:
        yield day
        day += timedelta(days=1)


def merged(spans: Iterable[Span]) -> list[Span]:
    """Return the spans in order, those that touch or overlap as one."""
    found: list[Span] = []
    for span in sorted(spans):
        if found and span.start <= found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(span)
    return found


def without(spans: Iterable[Span], holes: Iterable[Span]) -> list[Span]:
    """Return what is left of the spans outside the holes, in order."""
    left = merged(spans)
    for hole in holes:
        rest: list[Span] = []
        for span in left:
            if not span.overlaps(hole):
                rest.append(span)
                continue
            if span.start < hole.start:
                rest.append(Span(span.start, hole.start))
            if hole.end < span.end:
                rest.append(Span(hole.end, span.end))
        left = rest
    return left
