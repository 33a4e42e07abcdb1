"""Counting the days of a time limit as Belgian administrations do."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice

import holidays

from eservices.enums import DayUnit


def due_on(*, start: date, days: int, unit: str) -> date:
    """Return the last day of a time limit of `days` that begins on the day after `start`.

    Working days are Monday to Friday without the legal holidays of Belgium (law of 4 January 1974).
    Calendar days count as they come.
    """
    if unit == DayUnit.CALENDAR:
        return start + timedelta(days=days)
    return next(islice(_working_days_after(start), days - 1, None)) if days else start


def is_working_day(day: date) -> bool:
    """Whether offices work on this day."""
    return day.weekday() < 5 and day not in holidays.country_holidays("BE", years=day.year)


def _working_days_after(start: date) -> Iterator[date]:
    day = start
    while True:
        day += timedelta(days=1)
        if is_working_day(day):
            yield day
