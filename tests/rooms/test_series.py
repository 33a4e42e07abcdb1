"""Series: recipes in hours of the wall clock, the dry run, all or nothing (invariant I10)."""

from datetime import UTC, date, datetime, time

import pytest
import time_machine

from rooms.actions import series
from rooms.actions.series import Every, PlannedTime, Recipe, Standing, Wanted, plan, wanted_of
from rooms.enums import BookingState
from rooms.errors import BookingMoveRefused, SeriesRefused, SlotTaken
from rooms.models import Booking, BookingSeries, HolidayPeriod
from rooms.queries.clock import local
from tests.factories.eservices import make_user
from tests.factories.rooms import make_booking, make_room, span_on, wish
from tests.factories.submissions import viewer_of

pytestmark = [pytest.mark.django_db, pytest.mark.feature("X12")]

TUESDAY = date(2026, 10, 6)


@pytest.fixture(autouse=True)
def september():
    with time_machine.travel(datetime(2026, 9, 1, 9, tzinfo=UTC), tick=False):
        yield


def recipe(**fields):
    return Recipe(
        **{"first": TUESDAY, "start": time(19), "end": time(21), "until": date(2026, 11, 3)}
        | fields
    )


def asked(viewer, room, planned, **fields):
    values = {"wish": wish(), "key": "k", "locale": "fr", "rule": recipe().to_json()} | fields
    return series.request_series(viewer=viewer, room=room, planned=planned, **values)


def test_a_weekly_series_stays_at_the_same_hour_when_clocks_change():
    planned = plan(make_room(), wanted_of(recipe()))
    assert [row.day.day for row in planned] == [6, 13, 20, 27, 3]
    assert {local(row.span.start).hour for row in planned} == {19}
    assert len({row.span.start.hour for row in planned}) == 2  # in UTC the clock change shows


@pytest.mark.parametrize(
    ("fields", "days"),
    [
        ({"step": 2}, ["10-06", "10-20", "11-03"]),
        ({"every": Every.MONTH, "until": date(2026, 12, 31)}, ["10-06", "11-03", "12-01"]),
        (
            {"every": Every.MONTH, "first": date(2026, 9, 29), "until": date(2026, 12, 31)},
            ["09-29", "10-27", "11-24", "12-29"],
        ),
        ({"until": None, "count": 2}, ["10-06", "10-13"]),
    ],
)
def test_recipes(fields, days):
    assert [f"{day:%m-%d}" for day in recipe(**fields).days()] == days


@pytest.mark.parametrize(
    "fields", [{"until": date(2026, 10, 12)}, {"until": date(2028, 1, 1)}, {"until": None}]
)
def test_a_series_has_between_two_and_sixty_times(fields):
    with pytest.raises(SeriesRefused):
        recipe(**fields).days()


def test_the_dry_run_lists_every_date_and_then_all_or_none_are_made():
    """Invariant I10: conflicts are seen before, days left out are kept with why, nothing is half made."""
    room, claire = make_room(), viewer_of(make_user())
    make_booking(viewer_of(make_user()), room, span_on(date(2026, 10, 13), 20, 22))
    HolidayPeriod.objects.create(
        kind="local", first_day=date(2026, 10, 20), last_day=date(2026, 10, 20), names={}
    )
    planned = plan(room, wanted_of(recipe()))
    assert [row.standing.value for row in planned] == ["free", "taken", "closed", "free", "free"]
    assert Booking.objects.count() == 1

    with pytest.raises(SlotTaken):  # somebody else took one between the dry run and the sending
        asked(
            claire,
            room,
            [row if row.day.day != 13 else free(row) for row in planned if row.day.day != 20],
        )
    assert (Booking.objects.count(), BookingSeries.objects.count()) == (1, 0)

    changed = [
        Wanted(
            day=row.day,
            start=time(17) if row.day.day == 13 else row.start,
            end=time(19) if row.day.day == 13 else row.end,
            skip=row.day.day == 20,
        )
        for row in planned
    ]
    moved = plan(room, changed)
    assert [row.standing.value for row in moved] == ["free", "free", "skipped", "free", "free"]
    made = asked(claire, room, moved, reasons={date(2026, 10, 20): "closed"})
    assert [local(row.starts_at).hour for row in made] == [19, 17, 19, 19]
    kept = BookingSeries.objects.get()
    assert kept.skipped == [{"day": "2026-10-20", "why": "closed"}]
    assert kept.rule["weekdays"] == [1]

    assert asked(claire, room, moved) == made  # sent twice
    assert BookingSeries.objects.count() == 1


def free(row):
    return PlannedTime(
        day=row.day, start=row.start, end=row.end, standing=Standing.FREE, span=row.span
    )


def test_two_dates_of_one_plan_that_overlap_are_seen():
    room = make_room(buffer_after=30)
    rows = [
        Wanted(day=TUESDAY, start=time(18), end=time(20)),
        Wanted(day=TUESDAY, start=time(20), end=time(22)),
    ]
    assert [row.standing.value for row in plan(room, rows)] == ["free", "taken"]


def test_what_is_to_come_of_a_series_is_cancelled_together_or_not_at_all():
    room, claire = make_room(), viewer_of(make_user())
    made = asked(claire, room, plan(room, wanted_of(recipe())))
    first = made[0]
    with pytest.raises(BookingMoveRefused):  # not all were shown
        series.cancel_series(series=first.series, viewer=claire, seen={first.reference: 0})
    assert Booking.objects.filter(state=BookingState.PENDING).count() == 5
    done = series.cancel_series(
        series=first.series, viewer=claire, seen={row.reference: row.revision for row in made}
    )
    assert {row.state for row in done} == {BookingState.WITHDRAWN}
