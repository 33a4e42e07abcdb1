"""The invariants of bookings, each by its name. Where another test proves one already, it is named here:

I1 no two blocking rows of one unit overlap: `test_race.test_sixteen_processes_never_book_twice`, and here with blocks.
I6 what ends frees its units at once: `test_bookings.test_a_request_holds_the_time_until_it_is_decided`,
`test_bookings.test_undecided_requests_lapse_and_free_the_time`, and here for every end.
I9 who is confirmed takes the time from the others: `test_bookings.test_competing_requests_wait_together_...`; what is
listed before the click: `backoffice.test_board.test_requests_are_listed_with_what_competes`.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.apps import apps
from django.db import connection, transaction
from django.db.models.signals import post_migrate
from django.utils import timezone

from eservices.actions.amounts import record_payment
from eservices.enums import Side, Turn
from eservices.errors import DomainError
from rooms import triggers
from rooms.actions import blocks, decisions, details, dues, moves
from rooms.enums import (
    BOOKING_MOVES,
    HOLDING,
    TURN,
    BlockKind,
    BookingEvent,
    BookingState,
    PendingPolicy,
    PriceUnit,
)
from rooms.errors import BookingMoveRefused, ReasonMissing, RoomClosed, SlotTaken
from rooms.feeds.events import seconds
from rooms.models import Booking, EventFragment, FeedVersion, Occupancy, Tariff
from rooms.queries.acts import acts_for
from tests.factories.eservices import make_user
from tests.factories.organisations import make_membership, make_organisation, viewer_in
from tests.factories.rooms import day_ahead, make_booking, make_room, make_units, span_on
from tests.factories.submissions import viewer_of
from tests.factories.teams import make_team_agent
from tests.rooms.calendars import events_in, fetch

pytestmark = [pytest.mark.django_db, pytest.mark.feature("X12"), pytest.mark.feature("E4")]
ARROWS = {(move.source, move.event): move for move in BOOKING_MOVES}


def agent_of(room):
    agent = make_team_agent()
    room.team.members.add(agent)
    return agent


def put(booking: Booking, state: BookingState) -> Booking:
    """Set a booking into a state with the rows that belong to it, without the actions."""
    ended = TURN[state] == Turn.NONE and state not in HOLDING
    Booking.objects.filter(pk=booking.pk).update(state=state)
    if ended:
        Occupancy.objects.filter(booking=booking).delete()
    if state == BookingState.PROPOSED:
        Booking.objects.filter(pk=booking.pk).update(
            proposed_room=booking.room,
            proposed_starts_at=booking.starts_at + timedelta(days=1),
            proposed_ends_at=booking.ends_at + timedelta(days=1),
        )
    return Booking.objects.select_related("room", "profile").get(pk=booking.pk)


def test_i1_blocks_and_bookings_of_shared_units_never_overlap():
    a, b = make_units("a", "b")
    part, hall = make_room(a), make_room(a, b)
    agent = agent_of(hall)
    make_booking(viewer_of(make_user()), part, span_on(day_ahead(), 10, 12))
    values = {"kind": BlockKind.MAINTENANCE, "title": "", "by": agent}
    with pytest.raises(SlotTaken):
        blocks.block(room=hall, span=span_on(day_ahead(), 11, 13), **values)
    made = blocks.block(room=hall, span=span_on(day_ahead(), 12, 13), **values)
    with pytest.raises(SlotTaken):
        make_booking(viewer_of(make_user()), part, span_on(day_ahead(), 12, 14))
    blocks.unblock(block=made, by=agent)
    assert Occupancy.objects.count() == 1


@pytest.mark.parametrize("state", list(BookingState))
def test_i2_and_i6_units_are_held_exactly_while_the_state_says_so(state):
    """Every state with every event, for every side: what the table lacks is refused and changes nothing."""
    room = make_room(*make_units("a", "b"), pending_policy=PendingPolicy.COMPETE)
    booking = put(make_booking(viewer_of(make_user()), room), state)
    if state in HOLDING:
        Occupancy.objects.filter(booking=booking).update(blocking=True)
    before = list(Occupancy.objects.order_by("pk").values())
    for event in BookingEvent:
        arrow = ARROWS.get((state, event))
        for side in Side:
            if arrow is None or side not in arrow.sides:
                with pytest.raises(BookingMoveRefused):
                    moves.move(booking=booking, event=event, by=None, side=side)
        assert list(Occupancy.objects.order_by("pk").values()) == before
        assert Booking.objects.get().revision == booking.revision
        if arrow is not None:
            with transaction.atomic():
                fresh = Booking.objects.select_related("room", "profile").get()
                moves.move(booking=fresh, event=event, by=None, side=arrow.sides[0])
                assert_rows_of(fresh, arrow.target)
                transaction.set_rollback(True)


def assert_rows_of(booking, state):
    rows = Occupancy.objects.filter(booking=booking)
    if state in HOLDING:
        assert [row.blocking for row in rows] == [True, True]
    elif state in (BookingState.PENDING, BookingState.PROPOSED):
        assert {row.unit_id for row in rows} == {unit.pk for unit in booking.room.units.all()}
    else:
        assert not rows.exists()


ACTS: dict[str, Callable] = {
    "confirm": lambda row, by, rev: decisions.confirm(booking=row, by=by, revision=rev),
    "decline": lambda row, by, rev: decisions.decline(booking=row, by=by, revision=rev, reason="x"),
    "propose": lambda row, by, rev: decisions.propose(
        booking=row, by=by, revision=rev, span=span_on(day_ahead(20), 10, 12)
    ),
    "move": lambda row, by, rev: decisions.reschedule(
        booking=row, by=by, revision=rev, span=span_on(day_ahead(20), 10, 12), reason="x"
    ),
    "revoke": lambda row, by, rev: decisions.revoke(booking=row, by=by, revision=rev, reason="x"),
    "miss": lambda row, by, rev: decisions.miss(booking=row, by=by, revision=rev),
    "residence": lambda row, by, rev: details.correct_residence(
        booking=row, by=by, revision=rev, resident=True
    ),
}


@pytest.mark.parametrize("state", list(BookingState))
def test_the_buttons_are_what_the_actions_allow(state):
    """State matrix of the agents: each act does what its button promises, or is refused without one."""
    room = make_room()
    agent = agent_of(room)
    booking = put(make_booking(viewer_of(make_user()), room), state)
    shown = acts_for(booking, now=timezone.now())
    for name, act in ACTS.items():
        fresh = put(booking, state)
        if state not in HOLDING and not fresh.occupancies.exists() and name in shown:
            raise AssertionError(f"{name} is offered for a booking without units")
        try:
            act(fresh, agent, fresh.revision)
        except DomainError:
            done = False
        else:
            done = True
        assert done == (name in shown), name
        Occupancy.objects.filter(booking=booking).delete()
        Booking.objects.filter(pk=booking.pk).delete()
        booking = make_booking(viewer_of(make_user()), room)


def test_i4_a_time_outside_the_hours_needs_an_agent_and_a_reason():
    room = make_room()
    agent = agent_of(room)
    night = span_on(day_ahead(), 1, 3)
    with pytest.raises(RoomClosed):
        make_booking(viewer_of(make_user()), room, night)
    booking = make_booking(viewer_of(make_user()), room)
    values = {"booking": booking, "by": agent, "revision": 0, "span": night}
    with pytest.raises(ReasonMissing):
        decisions.reschedule(**values, reason=" ")
    assert decisions.reschedule(**values, reason="Fête").override_reason == "Fête"


def test_i5_the_price_is_never_worked_out_anew_after_the_approval():
    room = make_room()
    tariff = Tariff.objects.create(room=room, unit=PriceUnit.FIXED, amount_cents=5000)
    agent = agent_of(room)
    booking = make_booking(viewer_of(make_user()), room)
    decisions.confirm(booking=booking, by=agent, revision=0)
    Tariff.objects.filter(pk=tariff.pk).update(amount_cents=100)
    row = Booking.objects.get()
    quote = row.quote
    with pytest.raises(BookingMoveRefused):
        details.correct_residence(booking=row, by=agent, revision=row.revision, resident=True)
    decisions.reschedule(
        booking=row, by=agent, revision=row.revision, span=span_on(day_ahead(), 14, 18), reason="x"
    )
    record_payment(amount=dues.amounts_of(row).get(), by=agent, receipt="1")
    row.refresh_from_db()
    assert (row.state, row.quote, quote["total_cents"]) == (BookingState.CONFIRMED, quote, 5000)


def test_the_guard_is_there_after_a_migration_that_remakes_the_table():
    """Test 3 of the list. SQLite remakes a table to alter it, and drops its triggers with the old one."""
    if connection.vendor != "sqlite":
        assert triggers.missing() == []
        return
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE rooms_new AS SELECT * FROM rooms_occupancy")
        cursor.execute("DROP TABLE rooms_occupancy")
        cursor.execute("ALTER TABLE rooms_new RENAME TO rooms_occupancy")
    assert len(triggers.missing()) == 2
    config = apps.get_app_config("rooms")
    post_migrate.send(
        sender=config,
        app_config=config,
        verbosity=0,
        interactive=False,
        using="default",
        apps=apps,
        plan=[],
    )
    assert triggers.missing() == []


def test_i3_uid_stays_sequence_rises_by_one_and_times_of_change_never_go_back():
    room, viewer = make_room(), viewer_of(make_user())
    agent = agent_of(room)
    start = timezone.now()
    seen = []

    def note(booking):
        row = EventFragment.objects.get(booking=booking, audience="requester")
        (event,) = events_in(row.text.encode())
        assert event["dtstamp"].dt == event["last-modified"].dt == seconds(booking.changed_at)
        seen.append((str(event["uid"]), event["sequence"], event["dtstamp"].dt))
        return booking

    with time_machine.travel(start, tick=False) as clock:
        booking = note(make_booking(viewer, room))
        clock.shift(60)
        booking = note(decisions.confirm(booking=booking, by=agent, revision=0))
        clock.shift(-3600)  # the clock of a server is set back
        for hour in (13, 15):
            booking = note(
                decisions.reschedule(
                    booking=booking,
                    by=agent,
                    revision=booking.revision,
                    span=span_on(day_ahead(12), hour, hour + 1),
                    reason="Accord",
                )
            )
        note(decisions.cancel(booking=booking, viewer=viewer, revision=booking.revision))

    assert {uid for uid, _sequence, _at in seen} == {booking.uid}
    assert [sequence for _uid, sequence, _at in seen] == [0, 0, 1, 2, 3]
    stamps = [at for _uid, _sequence, at in seen]
    assert stamps == sorted(stamps)


def test_i7_versions_rise_in_the_transaction_and_etags_tell_when_bytes_differ():
    room, viewer = make_room(), viewer_of(make_user())
    agent, path = agent_of(room), f"/ical/rooms/{room.code}.ics"
    booking = make_booking(viewer, room)
    seen = {}

    def note():
        answer = fetch(path)
        seen.setdefault(answer["ETag"], set()).add(answer.content)

    with time_machine.travel(timezone.now() + timedelta(hours=1), tick=False):
        note()
        number = FeedVersion.objects.get(room=room).number
        with transaction.atomic():
            decisions.confirm(booking=booking, by=agent, revision=0)
            assert FeedVersion.objects.get(room=room).number > number
            transaction.set_rollback(True)
        assert FeedVersion.objects.get(room=room).number == number
        note()
        booking = decisions.confirm(booking=booking, by=agent, revision=0)
        note()
        moves.changed(booking, "confirm")  # told twice: nothing differs
        note()
        decisions.cancel(booking=booking, viewer=viewer, revision=booking.revision)
        note()

    assert len(seen) == 3
    assert [len(contents) for contents in seen.values()] == [1, 1, 1]
    assert len({next(iter(contents)) for contents in seen.values()}) == 3
    assert FeedVersion.objects.filter(profile=viewer.profile).exists()


def test_i8_the_public_reads_nothing_of_who_booked_and_why():
    organisation = make_organisation(name="Harmonie Secrète")
    user = make_user(first_name="Zénobie", last_name="Quidam", email="zenobie.quidam@example.org")
    viewer = viewer_in(make_membership(user, organisation))
    room = make_room()
    booking = make_booking(
        viewer,
        room,
        purpose="Réunion confidentielle",
        setup="Rampe pour fauteuil",
        public_title="Titre non approuvé",
    )
    agent = agent_of(room)
    booking = decisions.confirm(booking=booking, by=agent, revision=0)
    planted = (
        "Zénobie",
        "Quidam",
        "zenobie.quidam",
        "Harmonie Secrète",
        organisation.bce_number,
        "confidentielle",
        "Rampe",
        "Titre non",
        booking.reference,
    )
    inside = EventFragment.objects.get(booking=booking, audience="agent").text.replace("\r\n ", "")
    assert "confidentielle" in inside
    assert "Harmonie" in inside

    day = day_ahead()
    paths = (
        f"/ical/rooms/{room.code}.ics",
        "/ical/rooms.ics",
        f"/ical/rooms/{room.code}.ifb?from={day}&to={day}",
    )
    for path in paths:
        content = fetch(path).content.decode().replace("\r\n ", "")
        assert content.count("\r\n") > 10
        for secret in planted:
            assert secret not in content, (path, secret)
    mails_of_it = ("zenobie.quidam", user.email)
    assert not any(word in inside for word in mails_of_it)
