"""No double booking: many processes want the same hours of rooms A, B and A+B; a plain self-join counts afterwards."""

import multiprocessing
import random
from collections import Counter
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db import IntegrityError, connection, connections, transaction

from rooms import triggers
from rooms.actions import occupancy, requests
from rooms.errors import SlotTaken
from rooms.models import Booking, Occupancy, Room
from tests.factories.eservices import make_user
from tests.factories.rooms import day_ahead, make_booking, make_room, make_units, span_on
from tests.factories.submissions import viewer_of

PROCESSES, TRIES = 16, 5

pytestmark = [pytest.mark.feature("X12")]


def overlaps() -> int:
    """Count pairs of blocking rows of one unit that share a moment, without any code of the product."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COUNT(*) FROM rooms_occupancy a JOIN rooms_occupancy b ON a.unit_id = b.unit_id AND a.id < b.id"
            " WHERE a.blocking AND b.blocking AND a.blocked_from < b.blocked_until AND b.blocked_from < a.blocked_until"
        )
        return cursor.fetchone()[0]


def three_rooms() -> list[Room]:
    """A, B and both, with a quarter of an hour before and half an hour after."""
    a, b = make_units("a", "b")
    buffers = {"buffer_before": 15, "buffer_after": 30}
    return [make_room(a, **buffers), make_room(b, **buffers), make_room(a, b, **buffers)]


def want(number: int, people: list, rooms: list[Room], results) -> None:
    """Ask for rooms at random hours of two days; tell what came of each try."""
    chance = random.Random(number)
    for _try in range(TRIES):
        start = chance.randrange(8, 20)
        span = span_on(day_ahead(10 + chance.randrange(2)), start, start + chance.choice([1, 2]))
        try:
            make_booking(viewer_of(people[number % len(people)]), chance.choice(rooms), span)
            results.put("made")
        except SlotTaken:
            results.put("taken")
        except Exception as error:  # noqa: BLE001  whatever a person would have seen
            results.put(f"{type(error).__name__}: {error}"[:200])
    connections.close_all()


def race(rooms: list[Room], people: list) -> Counter:
    """Let all processes want at once; returns how often each outcome came."""
    connections.close_all()
    fork = multiprocessing.get_context("fork")
    results = fork.SimpleQueue()
    children = [
        fork.Process(target=want, args=(number, people, rooms, results))
        for number in range(PROCESSES)
    ]
    for child in children:
        child.start()
    seen: Counter = Counter()
    for _result in range(PROCESSES * TRIES):
        seen[results.get()] += 1
    for child in children:
        child.join(60)
        assert child.exitcode == 0
    return seen


@pytest.mark.django_db(transaction=True)
def test_sixteen_processes_never_book_twice():
    """Invariant I1, and test 1 of the list: 0 overlaps, 0 errors that a person would see."""
    people = [make_user() for _number in range(4)]

    seen = race(three_rooms(), people)

    assert set(seen) == {"made", "taken"}
    assert overlaps() == 0
    assert seen["made"] == Booking.objects.count()
    units = Counter(Occupancy.objects.values_list("booking", flat=True))
    for booking in Booking.objects.select_related("room"):
        assert units[booking.pk] == booking.room.units.count()  # invariant I2


@pytest.mark.django_db(transaction=True)
def test_without_lock_and_guard_the_same_race_finds_overlaps(monkeypatch):
    """Proof that the race bites: nothing but the lock and the guard of the database keeps bookings apart."""
    people = [make_user() for _number in range(4)]
    rooms = three_rooms()
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for act in ("insert", "update"):
                cursor.execute(f"DROP TRIGGER {triggers.NAME}_{act}")
        else:
            cursor.execute(f"ALTER TABLE rooms_occupancy DROP CONSTRAINT {triggers.NAME}")
    monkeypatch.setattr(
        occupancy, "lock_units", lambda *rooms: sorted({u.pk for r in rooms for u in r.units.all()})
    )
    monkeypatch.setattr(requests, "make", requests.make.__wrapped__)  # each statement by itself
    monkeypatch.setattr(requests.journal, "record", lambda **_facts: None)
    found = 0
    try:
        for _round in range(6):
            race(rooms, people)
            found = overlaps()
            if found:
                break
            Booking.objects.all().delete()
    finally:
        Booking.objects.all().delete()
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                editor = connection.schema_editor()
                constraint = next(c for c in Occupancy._meta.constraints if c.name == triggers.NAME)
                cursor.execute(str(constraint.create_sql(Occupancy, editor)))
        triggers.lay()
    assert found > 0


@pytest.mark.django_db
def test_the_database_refuses_an_overlap_that_went_round_the_actions():
    room = make_room()
    booking = make_booking(viewer_of(make_user()), room)
    row = booking.occupancies.get()
    other = make_booking(viewer_of(make_user()), room, span_on(day_ahead(20), 10, 12))

    with pytest.raises(IntegrityError, match=triggers.NAME), transaction.atomic():
        Occupancy.objects.filter(booking=other).update(
            blocked_from=row.blocked_from + timedelta(minutes=1), blocked_until=row.blocked_until
        )
    other.occupancies.all().delete()
    with pytest.raises(IntegrityError, match=triggers.NAME), transaction.atomic():
        Occupancy.objects.create(
            unit=row.unit,
            booking=other,
            blocked_from=row.blocked_until - timedelta(minutes=1),
            blocked_until=row.blocked_until + timedelta(hours=1),
        )


@pytest.mark.django_db
def test_times_that_touch_do_not_clash_and_a_refusal_says_so():
    room = make_room()
    viewer = viewer_of(make_user())
    make_booking(viewer, room, span_on(day_ahead(), 10, 12))
    make_booking(viewer, room, span_on(day_ahead(), 12, 13))
    with pytest.raises(SlotTaken):
        make_booking(viewer, room, span_on(day_ahead(), 9, 11))
    with (
        patch.object(occupancy, "_overlapping", lambda *a: Occupancy.objects.none()),
        pytest.raises(SlotTaken),
    ):
        make_booking(viewer, room, span_on(day_ahead(), 9, 11))  # the guard itself
    assert Booking.objects.count() == 2
    assert overlaps() == 0


@pytest.mark.django_db
def test_the_guards_are_there_and_a_missing_one_is_found():
    assert triggers.missing() == []
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TRIGGER {triggers.NAME}_insert")
        assert triggers.missing() == [f"{triggers.NAME}_insert"]
        triggers.lay()
        assert triggers.missing() == []
