"""Counting the days of time limits."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eservices.deadlines import due_on, is_working_day
from eservices.enums import DayUnit


@pytest.mark.parametrize(
    ("start", "days", "unit", "last"),
    [
        (date(2026, 7, 6), 10, DayUnit.CALENDAR, date(2026, 7, 16)),
        (date(2026, 7, 6), 5, DayUnit.WORKING, date(2026, 7, 13)),
        (date(2026, 7, 10), 1, DayUnit.WORKING, date(2026, 7, 13)),  # over a weekend
        (date(2026, 7, 20), 1, DayUnit.WORKING, date(2026, 7, 22)),  # the national holiday
        (date(2026, 12, 31), 1, DayUnit.WORKING, date(2027, 1, 4)),  # New Year and a weekend
        (date(2026, 7, 6), 0, DayUnit.WORKING, date(2026, 7, 6)),
    ],
)
def test_time_limit_ends_on_its_last_day(start, days, unit, last):
    assert due_on(start=start, days=days, unit=unit) == last


@given(st.dates(date(2020, 1, 1), date(2035, 1, 1)), st.integers(1, 60))
def test_working_days_end_on_a_working_day_and_hold_as_many(start, days):
    last = due_on(start=start, days=days, unit=DayUnit.WORKING)
    between = [date.fromordinal(n) for n in range(start.toordinal() + 1, last.toordinal() + 1)]

    assert is_working_day(last)
    assert sum(is_working_day(day) for day in between) == days
