"""The week and the list of rooms: what everybody reads, what a click chooses, and what it costs to answer."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rooms.enums import FeatureKind, PendingPolicy
from rooms.models import Booking, Occupancy, RoomFeature
from rooms.queries.availability import Word, availability, shown_rooms
from rooms.queries.choosing import after_click
from rooms.queries.clock import Span, local
from rooms.queries.offers import offered_spans
from rooms.queries.search import RoomFilters, find_rooms
from rooms.queries.weeks import DayWord, month_of, week_of
from tests.factories.eservices import make_user
from tests.factories.rooms import make_booking, make_room, make_units, span_on
from tests.factories.submissions import viewer_of

pytestmark = [pytest.mark.django_db, pytest.mark.feature("A24")]

NOW = datetime(2026, 6, 20, 9, tzinfo=UTC)
MONDAY = date(2026, 6, 22)


@pytest.fixture(autouse=True)
def june():
    with time_machine.travel(NOW, tick=False):
        yield


def loaded(room):
    return shown_rooms().get(pk=room.pk)


def said(week, row):
    return [
        (f"{local(cell.span.start):%H}-{local(cell.span.end):%H}", cell.word.value)
        for cell in week.days[row].cells
    ]


def test_the_week_says_in_words_what_is_free_busy_asked_for_and_closed():
    room = make_room(hours=((8, 14), (16, 22)), buffer_after=30)
    booking = make_booking(viewer_of(make_user()), room, span_on(MONDAY, 10, 12))
    make_booking(viewer_of(make_user()), room, span_on(MONDAY, 18, 19))
    Booking.objects.filter(pk=booking.pk).update(state="confirmed")

    week = week_of(loaded(room), MONDAY, now=NOW)

    assert [(c.start // 60, c.end // 60) for c in week.columns][0] == (8, 10)
    assert said(week, 0) == [
        ("08-09", "free"),
        ("09-13", "busy"),  # the half hour that is kept free after a booking counts at both ends
        ("13-14", "free"),
        ("14-16", "closed"),
        ("16-17", "free"),
        ("17-20", "option"),
        ("20-22", "free"),
    ]
    assert said(week, 1)[:3] == [("08-10", "free"), ("10-12", "free"), ("12-14", "free")]


def test_what_is_too_near_or_too_far_cannot_be_chosen():
    room = make_room(min_lead_hours=72, max_lead_days=5)
    week = week_of(loaded(room), MONDAY, now=NOW)
    assert said(week, 0) == [("08-22", "past")]
    assert said(week, 1)[:2] == [("08-11", "past"), ("11-12", "free")]
    assert said(week, 6) == [("08-22", "closed")]


def test_the_night_in_which_clocks_change_has_its_hours():
    room = make_room(hours=((0, 24),), max_lead_days=400)
    spring = week_of(loaded(room), date(2027, 3, 22), now=NOW)
    assert sum(cell.parts for cell in spring.days[6].cells) == 24
    assert spring.days[6].cells[0].span.minutes == 120  # from 0 to 3 of a clock that skips an hour


@pytest.mark.parametrize("word", ["option", "busy"])
def test_requests_that_compete_are_options_and_can_be_asked_for(word):
    policy = PendingPolicy.COMPETE if word == "option" else PendingPolicy.BLOCK
    room = make_room(pending_policy=policy)
    span = span_on(MONDAY, 10, 12)
    booking = make_booking(viewer_of(make_user()), room, span)
    if word == "busy":
        Booking.objects.filter(pk=booking.pk).update(state="confirmed")
    found = availability([loaded(room)], MONDAY, MONDAY, now=NOW)
    assert found.word(loaded(room), span) == Word(word)
    free = offered_spans(found, loaded(room), now=NOW)
    assert any(one.holds(span) for one in free) == (word == "option")


def test_a_second_click_extends_and_a_taken_hour_between_begins_anew():
    room = make_room(min_minutes=120)
    make_booking(viewer_of(make_user()), room, span_on(MONDAY, 14, 16))
    room = loaded(room)
    found = availability([room], MONDAY, MONDAY, now=NOW)

    def click(start, end, *chosen, more=False):
        return after_click(room, found, span_on(MONDAY, start, end), chosen, more=more, now=NOW)

    first = click(8, 9)
    assert first == [span_on(MONDAY, 8, 10)]  # never shorter than the shortest booking
    assert click(12, 14, *first) == [span_on(MONDAY, 8, 14)]
    assert click(16, 18, *first) == [span_on(MONDAY, 16, 18)]
    assert click(16, 18, *first, more=True) == [*first, span_on(MONDAY, 16, 18)]


def test_the_month_has_a_word_for_each_day():
    room = make_room()
    make_booking(viewer_of(make_user()), room, span_on(date(2026, 6, 23), 8, 20))
    Occupancy.objects.update(blocked_until=span_on(date(2026, 6, 23), 20, 22).end)
    make_booking(viewer_of(make_user()), room, span_on(date(2026, 6, 24), 8, 12))
    words = month_of(loaded(room), date(2026, 6, 1), date(2026, 6, 30), now=NOW)
    assert words[date(2026, 6, 19)] == DayWord.PAST
    assert words[date(2026, 6, 23)] == DayWord.FULL
    assert words[date(2026, 6, 24)] == DayWord.SOME
    assert words[date(2026, 6, 25)] == DayWord.FREE


def test_the_list_finds_rooms_that_are_free_large_enough_and_have_what_is_wished():
    loop = RoomFeature.objects.create(code="loop", kind=FeatureKind.ACCESS, names={"fr": "Boucle"})
    large, small = make_room(max_persons=120), make_room(max_persons=20)
    large.features.set([loop])
    large.save()
    make_booking(viewer_of(make_user()), large, span_on(MONDAY, 10, 12))

    def found(**fields):
        return [(r.room.pk, r.free) for r in find_rooms(RoomFilters(**fields), now=NOW)]

    assert found(people=50) == [(large.pk, None)]
    assert found(features=["loop"]) == [(large.pk, None)]
    assert found(day=MONDAY, span=span_on(MONDAY, 11, 13)) == [(small.pk, True), (large.pk, False)]
    assert found(day=MONDAY, minutes=11 * 60) == [(small.pk, True), (large.pk, False)]


def test_fifty_rooms_for_a_month_cost_eight_queries_at_most():
    site_units = [make_units("a")[0] for _room in range(50)]
    for unit in site_units:
        make_room(unit)
    with CaptureQueriesContext(
        connection,
    ) as few:
        rooms = list(shown_rooms())
        found = availability(rooms, date(2026, 7, 1), date(2026, 7, 31), now=NOW)
        assert all(found.fits(room, minutes=60) for room in rooms)
    assert len(few) <= 8
    with CaptureQueriesContext(connection) as listed:
        assert len(find_rooms(RoomFilters(day=MONDAY), now=NOW)) == 50
    assert len(listed) <= 11


def test_the_week_of_a_room_with_five_thousand_bookings_costs_what_one_with_fifty_costs():
    """The same queries, and only the rows of the week are read: the work does not grow with what was booked."""
    room = make_room(max_lead_days=4000)
    model = make_booking(viewer_of(make_user()), room, span_on(MONDAY, 10, 12))
    unit = room.units.get()

    def read():
        with CaptureQueriesContext(connection) as queries:
            week = week_of(loaded(room), MONDAY, now=NOW)
        return len(queries), sum(map(len, week.found.taken.values()))

    few = read()
    spans = [
        span_on(MONDAY + timedelta(days=day), hour, hour + 1)
        for day in range(8, 632)
        for hour in range(9, 17)
    ]
    fields = {
        f.attname: getattr(model, f.attname)
        for f in Booking._meta.concrete_fields
        if not f.primary_key
    }
    unique = {"public_id", "uid", "reference", "key"}
    rows = [
        Booking(
            **{k: v for k, v in fields.items() if k not in unique},
            uid=str(n),
            reference=str(n),
            key=str(n),
        )
        for n, _span in enumerate(spans)
    ]
    for row, span in zip(rows, spans, strict=True):
        row.starts_at, row.ends_at = span.start, span.end
    made = Booking.objects.bulk_create(rows)
    Occupancy.objects.bulk_create(
        Occupancy(unit=unit, booking=row, blocked_from=span.start, blocked_until=span.end)
        for row, span in zip(made, spans, strict=True)
    )
    assert len(made) >= 4990
    assert read() == few
    assert isinstance(spans[0], Span)
