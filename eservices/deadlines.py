"""Counting the days of a time limit as Belgian administrations do."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice, takewhile

from eservices.enums import DayUnit


def due_on(*, start: date, days: int, unit: str) -> date:
    """Return the last day of a time limit of `days` that begins on the day after `start`.

    Working days are Monday to Friday without the legal holidays of Belgium (law of 4 January 1974).
    Calendar days count as they come.
    """
    if unit == DayUnit.CALENDAR:
        return start + timedelta(days=days)
    return next(islice(_working_days_after(start), days - 1, None)) if days else start


def days_left(*, today: date, due: date, unit: str) -> int:
    """Return how many days of a time limit that ends on `due` are still to come after `today`; 0 once it is over.

    What `due_on` gives from `today` with as many days is `due` again, unless that is no day of the unit.
    """
    if due <= today:
        return 0
    if unit == DayUnit.CALENDAR:
        return (due - today).days
    return sum(1 for _day in takewhile(lambda day: day <= due, _working_days_after(today)))


def is_working_day(day: date) -> bool:
    """Whether offices work on this day."""
    import holidays  # heavy: the calendars of the world, for who counts working days

    return day.weekday() < 5 and day not in holidays.country_holidays("BE", years=day.year)


def _working_days_after(start: date) -> Iterator[date]:
    day = start
    while True:
        day += timedelta(days=1)
        if is_working_day(day):
            yield day
