"""Series: a recipe in hours of the wall clock becomes times, each looked at before anybody asks for them.

Nothing is half made (invariant I10): the person sees every date with what stands against it, leaves some out or gives
them other hours, and then all that are left are asked for, or none.
"""

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from eservices.contract import Viewer
from eservices.errors import DomainError
from rooms.actions import decisions, occupancy
from rooms.actions.requests import Wish, request_booking
from rooms.errors import (
    BookingMoveRefused,
    HourMissing,
    SeriesNotAllowed,
    SeriesNotFree,
    SeriesRefused,
)
from rooms.models import Booking, BookingSeries, Room
from rooms.queries import rules
from rooms.queries.availability import Availability, availability
from rooms.queries.bookings import bookings_of, cancellable
from rooms.queries.clock import Span, local, moment

LEAST, MOST = 2, 60


class Every(StrEnum):
    """How a series goes on."""

    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """From a first day on every `step` weeks on the same weekday, or every `step` months on the same weekday of the
    month (the second Tuesday; a fifth one that a month does not have is its last), until a day or so many times.
    """

    first: date
    start: time
    end: time
    every: Every = Every.WEEK
    step: int = 1
    until: date | None = None
    count: int | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the recipe as it is kept with the series."""
        return {
            "first": self.first.isoformat(),
            "until": self.until.isoformat() if self.until else None,
            "count": self.count,
            "every": self.every.value,
            "step": self.step,
            "weekdays": [self.first.weekday()],
            "from": f"{self.start:%H:%M}",
            "to": f"{self.end:%H:%M}",
        }

    def days(self) -> list[date]:
        """Return the days of the series; raises SeriesRefused unless there are between two and sixty."""
        if not self.until and not self.count:
            raise SeriesRefused(field="until")
        found: list[date] = []
        for number in range(MOST + 1):
            day = self._day(number)
            if (self.until and day > self.until) or (self.count and number >= self.count):
                break
            found.append(day)
        if not LEAST <= len(found) <= MOST:
            raise SeriesRefused(field="until" if self.until else "count")
        return found

    def _day(self, number: int) -> date:
        if self.every == Every.WEEK:
            return self.first + timedelta(weeks=number * self.step)
        months = self.first.year * 12 + self.first.month - 1 + number * self.step
        year, month = divmod(months, 12)
        place = (self.first.day - 1) // 7
        begins = date(year, month + 1, 1).weekday()
        day = 1 + (self.first.weekday() - begins) % 7 + 7 * place
        last = calendar.monthrange(year, month + 1)[1]
        return date(year, month + 1, day if day <= last else day - 7)


class Standing(StrEnum):
    """How a date of a series stands."""

    FREE = "free"
    TAKEN = "taken"
    CLOSED = "closed"
    REFUSED = "refused"
    SKIPPED = "skipped"


@dataclass(frozen=True, kw_only=True)
class PlannedTime:
    """One date of a series: its hours as chosen, its time unless the hour does not exist, what stands against it."""

    day: date
    start: time
    end: time
    standing: Standing
    span: Span | None = None
    why: str = ""

    @property
    def is_free(self) -> bool:
        """Whether it can be asked for."""
        return self.standing == Standing.FREE


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a person says about one date: the hours, or that it is left out."""

    day: date
    start: time
    end: time
    skip: bool = False


def wanted_of(recipe: Recipe) -> list[Wanted]:
    """Return all dates of a recipe with its hours. Raises SeriesRefused."""
    return [Wanted(day=day, start=recipe.start, end=recipe.end) for day in recipe.days()]


def plan(room: Room, wanted: Sequence[Wanted], *, now: datetime | None = None) -> list[PlannedTime]:
    """Look at every date without changing anything: free, taken, closed, or refused by another rule of the room.

    Two dates of the plan that overlap are taken by each other, buffers counted.
    """
    now = now or timezone.now()
    days = [row.day for row in wanted]
    found = availability([room], min(days), max(days) + timedelta(days=1), now=now)
    earlier: list[Span] = []
    planned = []
    for row in wanted:
        seen = _planned(room, row, found, earlier, now)
        if seen.is_free and seen.span:
            earlier.append(seen.span)
        planned.append(seen)
    return planned


def _planned(
    room: Room, row: Wanted, found: Availability, earlier: Sequence[Span], now: datetime
) -> PlannedTime:
    def stands(standing: Standing, span: Span | None = None, why: str = "") -> PlannedTime:
        return PlannedTime(
            day=row.day, start=row.start, end=row.end, standing=standing, span=span, why=why
        )

    last = row.day if row.end > row.start else row.day + timedelta(days=1)
    try:
        span = Span(moment(row.day, row.start), moment(last, row.end))
    except HourMissing as refusal:
        return stands(Standing.REFUSED, why=str(refusal))
    if row.skip:
        return stands(Standing.SKIPPED, span)
    try:
        rules.check_span(room, span, now=now, hours=found.hours)
    except DomainError as refusal:
        closed = refusal.code in ("rooms.closed", "rooms.outside_season")
        return stands(Standing.CLOSED if closed else Standing.REFUSED, span, str(refusal))
    wide = span.widened(before=room.buffer_before, after=room.buffer_after)
    own = [other.widened(before=room.buffer_before, after=room.buffer_after) for other in earlier]
    if found.blocked(room, span) or any(wide.overlaps(other) for other in own):
        return stands(Standing.TAKEN, span)
    return stands(Standing.FREE, span)


@transaction.atomic
def request_series(
    *,
    viewer: Viewer,
    room: Room,
    planned: Sequence[PlannedTime],
    wish: Wish,
    key: str,
    locale: str,
    rule: Mapping[str, Any] | None = None,
    reasons: Mapping[date, str] | None = None,
    files: Sequence[UploadedFile[Any]] = (),
    now: datetime | None = None,
) -> list[Booking]:
    """Ask for all dates that were not left out, together: all or none (invariant I10).

    The days left out are kept with why: what stood against them (`reasons`, by day), else the person's own wish.
    Raises SeriesNotAllowed, SeriesRefused when fewer than one date is left, and what `request_booking` raises.
    """
    if not room.series_allowed:
        raise SeriesNotAllowed
    spans = [row.span for row in planned if row.standing != Standing.SKIPPED and row.span]
    if not spans or len(spans) > MOST:
        raise SeriesRefused
    if viewer.profile is None:
        raise ValueError("Somebody who is logged in has a profile.")
    why = reasons or {}
    series = BookingSeries.objects.create(
        room=room,
        profile=viewer.profile,
        rule=dict(rule or {}),
        skipped=[
            {"day": row.day.isoformat(), "why": why.get(row.day, "left_out")}
            for row in planned
            if row.standing == Standing.SKIPPED
        ],
    )
    made = request_booking(
        viewer=viewer,
        room=room,
        spans=spans,
        wish=wish,
        key=key,
        locale=locale,
        series=series,
        files=files,
        now=now,
    )
    if made and made[0].series_id != series.pk:  # sent twice: the first one counts
        series.delete()
    return made


def request_times(
    *,
    viewer: Viewer,
    room: Room,
    spans: Sequence[Span],
    planned: Sequence[PlannedTime] = (),
    recipe: Recipe | None = None,
    **said: Any,
) -> list[Booking]:
    """Ask for one time, for several that were chosen one by one, or for the `planned` dates of a recipe.

    `said` is what `request_booking` takes beside. Raises what `request_booking` and `request_series` raise.
    """
    if not planned and len(spans) == 1:
        return request_booking(viewer=viewer, room=room, spans=spans, **said)
    first = plan(room, wanted_of(recipe)) if recipe else []
    return request_series(
        viewer=viewer,
        room=room,
        planned=planned or [_chosen(span) for span in spans],
        rule=recipe.to_json() if recipe else {},
        reasons={row.day: row.standing.value for row in first if not row.is_free},
        **said,
    )


def _chosen(span: Span) -> PlannedTime:
    start, end = hours_of(span)
    day = local(span.start).date()
    return PlannedTime(day=day, start=start, end=end, standing=Standing.FREE, span=span)


def check_settled(planned: Sequence[PlannedTime]) -> None:
    """Raise SeriesNotFree while dates of a plan can neither be had nor are left out, or all are left out."""
    open_rows = [row for row in planned if not row.is_free and row.standing != Standing.SKIPPED]
    if open_rows or not any(row.is_free for row in planned):
        raise SeriesNotFree(field="series", dates=open_rows)


@transaction.atomic
def cancel_series(
    *, series: BookingSeries, viewer: Viewer, seen: Mapping[str, int], now: datetime | None = None
) -> list[Booking]:
    """Cancel what is still to come of a series: all of it or nothing.

    `seen` are the bookings whose fee the person was shown, by reference with their revisions. Raises
    BookingMoveRefused when one of them changed meanwhile, or another one could be cancelled too.
    """
    now = now or timezone.now()
    rows = list(cancellable(bookings_of(viewer).filter(series=series), now=now))
    if not rows or {row.reference for row in rows} != set(seen):
        raise BookingMoveRefused
    occupancy.lock_units(*{row.room for row in rows})
    return [
        decisions.cancel(booking=row, viewer=viewer, revision=seen[row.reference], now=now)
        for row in rows
    ]


def hours_of(span: Span) -> tuple[time, time]:
    """Return the hours of the wall clock of a span."""
    return local(span.start).time(), local(span.end).time()
