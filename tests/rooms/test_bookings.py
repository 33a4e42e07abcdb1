"""The life of a booking, through the actions alone."""

from datetime import date, timedelta

import pytest
import time_machine
from django.utils import timezone, translation

from eservices.actions.amounts import record_payment
from eservices.enums import AmountState, Level, ProfileKind
from eservices.errors import AmountNotDue, NotFound, StepUpRequired
from eservices.models import AmountDue, JournalEntry
from rooms.actions import decisions, dues
from rooms.actions.requests import request_booking
from rooms.enums import Approval, BookingState, PendingPolicy, PriceUnit
from rooms.errors import (
    AttendeesRefused,
    BookingMoveRefused,
    KindNotAccepted,
    NotInSteps,
    PurposeMissing,
    ReasonMissing,
    RoomClosed,
    RoomTermsNotAccepted,
    SlotTaken,
    TooLong,
    TooManyBookings,
    TooSoon,
)
from rooms.models import Booking, Occupancy, RoomTerms, Tariff
from rooms.queries import rules
from rooms.queries.clock import Span, whole_day
from tests.factories.eservices import make_user
from tests.factories.rooms import day_ahead, make_booking, make_room, make_units, span_on, wish
from tests.factories.submissions import viewer_of

pytestmark = [pytest.mark.django_db, pytest.mark.feature("A24")]


@pytest.fixture
def claire():
    return viewer_of(make_user())


def agent_of(room):
    agent = make_user(is_staff=True)
    room.team.members.add(agent)
    return agent


def test_a_request_holds_the_time_until_it_is_decided(claire):
    room = make_room(*make_units("a", "b"), buffer_before=15, buffer_after=30)
    span = span_on(day_ahead(), 10, 12)
    booking = make_booking(claire, room, span)

    assert booking.state == BookingState.PENDING
    rows = Occupancy.objects.filter(booking=booking)
    assert {row.unit_id for row in rows} == {unit.pk for unit in room.units.all()}
    assert {(row.blocked_from, row.blocked_until) for row in rows} == {
        (span.start - timedelta(minutes=15), span.end + timedelta(minutes=30))
    }
    with pytest.raises(SlotTaken):
        make_booking(viewer_of(make_user()), room, span_on(day_ahead(), 12, 13))

    done = decisions.decline(booking=booking, by=agent_of(room), revision=0, reason="Travaux")
    assert (done.state, done.reason) == (BookingState.DECLINED, "Travaux")
    assert not Occupancy.objects.exists()  # invariant I6
    with pytest.raises(BookingMoveRefused):
        decisions.confirm(booking=booking, by=agent_of(room), revision=1)


def test_the_same_request_twice_is_one(claire):
    room = make_room()
    values = {"viewer": claire, "room": room, "wish": wish(), "key": "k", "locale": "fr"}
    first = request_booking(spans=[span_on(day_ahead(), 10, 12)], **values)
    assert request_booking(spans=[span_on(day_ahead(), 10, 12)], **values) == first
    assert Booking.objects.count() == 1


def test_several_times_are_all_made_or_none(claire):
    room = make_room()
    make_booking(viewer_of(make_user()), room, span_on(day_ahead(11), 10, 12))
    with pytest.raises(SlotTaken):
        request_booking(
            viewer=claire,
            room=room,
            wish=wish(),
            key="k",
            locale="fr",
            spans=[span_on(day_ahead(10), 10, 12), span_on(day_ahead(11), 11, 13)],
        )
    assert Booking.objects.filter(profile=claire.profile).count() == 0


def test_what_breaks_the_rules_of_the_room_is_named(claire):
    room = make_room(max_persons=20, max_active=1, min_lead_hours=24)
    with pytest.raises(RoomClosed):
        make_booking(claire, room, span_on(day_ahead(), 21, 23))
    with pytest.raises(TooSoon):
        make_booking(
            claire, room, span_on(day_ahead(), 10, 12), now=span_on(day_ahead(), 8, 9).start
        )
    with pytest.raises(PurposeMissing):
        make_booking(claire, room, purpose=" ")
    with pytest.raises(AttendeesRefused):
        make_booking(claire, room, attendees=21)
    odd = span_on(day_ahead(), 10, 12)
    with pytest.raises(NotInSteps):
        make_booking(claire, room, Span(odd.start + timedelta(minutes=7), odd.end))
    RoomTerms.objects.create(number=3, texts={"fr": "Règlement"})
    with pytest.raises(RoomTermsNotAccepted):
        make_booking(claire, room)
    assert make_booking(claire, room, terms=3).terms.number == 3
    with pytest.raises(TooManyBookings):
        make_booking(claire, room, span_on(day_ahead(), 14, 15), terms=3)
    with pytest.raises(StepUpRequired):
        make_booking(claire, make_room(level=Level.SUBSTANTIAL), terms=3)


def test_competing_requests_wait_together_and_one_gets_the_time(claire):
    """Invariant I9, and the replay of two confirmations for one slot: exactly one wins."""
    room = make_room(pending_policy=PendingPolicy.COMPETE)
    agent = agent_of(room)
    first = make_booking(claire, room)
    second = make_booking(viewer_of(make_user()), room)

    assert list(decisions.rivals_of(first)) == [second]
    decisions.confirm(booking=second, by=agent, revision=0)

    first.refresh_from_db()
    assert first.state == BookingState.CONFLICT
    with pytest.raises(BookingMoveRefused):
        decisions.confirm(booking=first, by=agent, revision=first.revision)
    assert Occupancy.objects.count() == 1


def test_a_room_with_a_price_is_confirmed_once_price_and_deposit_are_paid(claire):
    room = make_room()
    Tariff.objects.create(room=room, unit=PriceUnit.HOUR, amount_cents=1500, deposit_cents=15000)
    agent = agent_of(room)
    booking = make_booking(claire, room)
    waiting = decisions.confirm(booking=booking, by=agent, revision=0)

    assert waiting.state == BookingState.AWAITING_PAYMENT
    price, deposit = dues.amounts_of(booking)
    assert (price.amount_cents, deposit.amount_cents) == (3000, 15000)
    with pytest.raises(NotFound):
        record_payment(amount=price, by=make_user(is_staff=True), receipt="1")
    record_payment(amount=price, by=agent, receipt="1")
    booking.refresh_from_db()
    assert booking.state == BookingState.AWAITING_PAYMENT
    record_payment(amount=deposit, by=agent, receipt="2")
    booking.refresh_from_db()
    assert booking.state == BookingState.CONFIRMED


def test_a_booking_that_nobody_pays_lapses_and_owes_nothing(claire):
    room = make_room()
    Tariff.objects.create(room=room, unit=PriceUnit.FIXED, amount_cents=5000)
    booking = make_booking(claire, room)
    decisions.confirm(booking=booking, by=agent_of(room), revision=0)

    assert decisions.expire(now=timezone.now() + timedelta(days=11)) == 1

    booking.refresh_from_db()
    assert booking.state == BookingState.EXPIRED
    assert not Occupancy.objects.exists()
    amount = AmountDue.objects.get()
    assert amount.state == AmountState.CANCELLED
    with pytest.raises(AmountNotDue):
        record_payment(amount=amount, by=agent_of(room), receipt="late")


def test_undecided_requests_lapse_and_free_the_time(claire):
    booking = make_booking(claire, make_room())
    assert decisions.expire(now=booking.hold_expires_at - timedelta(minutes=1)) == 0
    assert decisions.expire(now=booking.hold_expires_at) == 1
    assert not Occupancy.objects.exists()


def test_another_time_is_proposed_and_taken(claire):
    """The old time stays held until the answer; SEQUENCE rises by one, the UID stays (invariant I3)."""
    room = make_room()
    agent = agent_of(room)
    booking = make_booking(claire, room)
    uid = booking.uid
    there = span_on(day_ahead(12), 14, 16)
    proposed = decisions.propose(booking=booking, by=agent, revision=0, span=there, reason="Fête")
    assert Occupancy.objects.get().blocked_from == booking.starts_at
    with pytest.raises(BookingMoveRefused):
        decisions.accept_proposal(booking=proposed, viewer=claire, revision=0)

    taken = decisions.accept_proposal(booking=proposed, viewer=claire, revision=1)

    taken.refresh_from_db()
    assert (taken.state, taken.starts_at) == (BookingState.CONFIRMED, there.start)
    assert Occupancy.objects.get().blocked_from == there.start
    assert (taken.uid, taken.sequence) == (uid, 1)


def test_a_proposal_that_somebody_else_took_leaves_the_first_wish(claire):
    room = make_room()
    booking = make_booking(claire, room)
    there = span_on(day_ahead(12), 14, 16)
    proposed = decisions.propose(booking=booking, by=agent_of(room), revision=0, span=there)
    make_booking(viewer_of(make_user()), room, there)
    with pytest.raises(SlotTaken):
        decisions.accept_proposal(booking=proposed, viewer=claire, revision=1)
    assert Occupancy.objects.filter(booking=booking, blocked_from=booking.starts_at).exists()
    back = decisions.refuse_proposal(booking=proposed, viewer=claire, revision=1)
    assert (back.state, back.hold_expires_at is not None) == (BookingState.PENDING, True)


def test_an_agent_moves_a_booking_and_the_kept_price_stays(claire):
    """Invariant I5."""
    room = make_room()
    tariff = Tariff.objects.create(room=room, unit=PriceUnit.HOUR, amount_cents=0)
    agent = agent_of(room)
    booking = make_booking(claire, room)
    quote = booking.quote
    Tariff.objects.filter(pk=tariff.pk).update(amount_cents=9900)
    with pytest.raises(ReasonMissing):
        decisions.reschedule(
            booking=booking, by=agent, revision=0, span=span_on(day_ahead(), 6, 8), reason=""
        )
    moved = decisions.reschedule(
        booking=booking, by=agent, revision=0, span=span_on(day_ahead(), 6, 8), reason="Accord"
    )
    moved.refresh_from_db()
    assert (moved.quote, moved.sequence, moved.override_reason) == (quote, 1, "Accord")


def test_cancelling_late_keeps_a_part_of_the_price(claire):
    room = make_room(free_cancel_days=7, late_cancel_percent=50)
    Tariff.objects.create(room=room, unit=PriceUnit.FIXED, amount_cents=5001)
    agent = agent_of(room)
    booking = make_booking(claire, room)
    decisions.confirm(booking=booking, by=agent, revision=0)
    record_payment(amount=AmountDue.objects.get(), by=agent, receipt="1")
    booking.refresh_from_db()
    early = booking.starts_at - timedelta(days=7)
    late = booking.starts_at - timedelta(days=6)
    assert decisions.cancellation_fee(booking, now=early) == 0
    assert decisions.cancellation_fee(booking, now=late) == 2500

    gone = decisions.cancel(booking=booking, viewer=claire, revision=booking.revision, now=late)

    assert (gone.state, gone.fee_kept_cents) == (BookingState.CANCELLED_BY_REQUESTER, 2500)
    assert gone.sequence == 1
    assert not Occupancy.objects.exists()


def test_what_was_not_paid_is_not_kept(claire):
    room = make_room(free_cancel_days=60, late_cancel_percent=50)
    Tariff.objects.create(room=room, unit=PriceUnit.FIXED, amount_cents=5000, deposit_cents=1000)
    agent = agent_of(room)
    booking = make_booking(claire, room)
    waiting = decisions.confirm(booking=booking, by=agent, revision=0)
    now = timezone.now()
    assert decisions.cancellation_fee(waiting, now=now) == 0
    record_payment(amount=AmountDue.objects.get(amount_cents=1000), by=agent, receipt="1")
    assert decisions.cancellation_fee(waiting, now=now) == 1000
    gone = decisions.cancel(booking=waiting, viewer=claire, revision=waiting.revision)
    assert gone.fee_kept_cents == 1000
    states = set(AmountDue.objects.values_list("amount_cents", "state"))
    assert states == {(5000, AmountState.CANCELLED), (1000, AmountState.PAID)}


def test_a_rival_that_was_decided_a_moment_ago_does_not_stop_the_confirmation(claire, monkeypatch):
    room = make_room(pending_policy=PendingPolicy.COMPETE)
    agent = agent_of(room)
    first, second = make_booking(claire, room), make_booking(viewer_of(make_user()), room)
    decisions.decline(booking=second, by=agent, revision=0, reason="Travaux")
    monkeypatch.setattr(decisions, "rivals_of", lambda row: [second])  # read before it was declined
    assert decisions.confirm(booking=first, by=agent, revision=0).state == BookingState.CONFIRMED
    second.refresh_from_db()
    assert second.state == BookingState.DECLINED


def test_a_room_for_whole_days_is_let_for_so_many_days(claire):
    room = make_room(whole_days=True, max_minutes=3 * 24 * 60, hours=((0, 24),))
    first = day_ahead()
    for days, refused in ((3, False), (4, True)):
        span = Span(whole_day(first).start, whole_day(first + timedelta(days=days - 1)).end)
        assert rules.is_too_long(room, span) is refused
    with pytest.raises(TooLong) as refusal, translation.override("en"):
        make_booking(claire, room, span)
    with translation.override("en"):
        assert "3 days" in str(refusal.value)
    summer = Span(whole_day(date(2026, 10, 24)).start, whole_day(date(2026, 10, 26)).end)
    assert summer.minutes == 73 * 60
    assert not rules.is_too_long(room, summer)


def test_automatic_rooms_confirm_at_once(claire):
    booking = make_booking(claire, make_room(approval=Approval.AUTOMATIC))
    assert booking.state == BookingState.CONFIRMED


def test_over_and_not_used(claire):
    room = make_room(approval=Approval.AUTOMATIC)
    booking = make_booking(claire, room)
    agent = agent_of(room)
    with pytest.raises(BookingMoveRefused):
        decisions.miss(booking=booking, by=agent, revision=booking.revision)  # not begun yet
    assert decisions.complete(now=booking.ends_at - timedelta(minutes=1)) == 0
    assert decisions.complete(now=booking.ends_at) == 1
    assert JournalEntry.objects.filter(subject_id=booking.public_id).last().event == "complete"

    booking.refresh_from_db()
    with time_machine.travel(booking.ends_at + timedelta(hours=1), tick=False):
        missed = decisions.miss(booking=booking, by=agent, revision=booking.revision)
    assert missed.state == BookingState.NO_SHOW
    assert Occupancy.objects.filter(booking=booking).exists()


def test_rooms_for_associations_only(claire):
    with pytest.raises(KindNotAccepted):
        make_booking(claire, make_room(kinds=[ProfileKind.ASSOCIATION]))
