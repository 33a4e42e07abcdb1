"""Counting the days of time limits."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eservices.deadlines import days_left, due_on, is_working_day
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


@given(
    st.dates(date(2020, 1, 1), date(2035, 1, 1)),
    st.integers(1, 60),
    st.sampled_from(DayUnit.values),
)
def test_what_is_left_counts_to_the_same_day_again(start, days, unit):
    due = due_on(start=start, days=days, unit=unit)

    assert days_left(today=start, due=due, unit=unit) == days
    assert days_left(today=due, due=due, unit=unit) == 0


@pytest.mark.parametrize(
    ("today", "unit", "left"),
    [
        (date(2026, 7, 9), DayUnit.CALENDAR, 4),
        (date(2026, 7, 9), DayUnit.WORKING, 2),  # Friday and Monday
        (date(2026, 7, 20), DayUnit.CALENDAR, 0),  # over since a week
        (date(2026, 7, 20), DayUnit.WORKING, 0),
    ],
)
def test_days_that_are_left_until_the_thirteenth_of_july(today, unit, left):
    assert days_left(today=today, due=date(2026, 7, 13), unit=unit) == left
