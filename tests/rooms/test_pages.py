"""The citizens' pages of the rooms, without scripts."""

import re
import uuid
from html import unescape
from urllib.parse import unquote

import pytest
from django.urls import reverse
from django.utils import translation

from eservices.actions.amounts import record_payment
from eservices.enums import Level, ProfileKind, Side
from eservices.models import AmountDue, Profile
from rooms.actions import decisions, handovers
from rooms.actions.messages import write
from rooms.enums import Approval, BookingState, HandoverKind, PriceUnit
from rooms.models import Booking, BookingDocument, RoomExtra, RoomTerms, Tariff
from rooms.queries.clock import local
from rooms.views.addresses import query_of, read_times, write_time
from tests.eservices.test_uploads import sent
from tests.factories.documents import letter, photo
from tests.factories.eservices import log_in, make_user
from tests.factories.rooms import day_ahead, make_booking, make_room, make_text, span_on
from tests.factories.submissions import viewer_of

pytestmark = [pytest.mark.django_db, pytest.mark.feature("A24")]


@pytest.fixture
def user():
    return make_user(language="en")


@pytest.fixture
def page(client, user):
    client.cookies["django_language"] = "en"
    return log_in(client, user)


def text_of(answer):
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode())))


def asked(room, **values):
    span = span_on(day_ahead(), 10, 12)
    return {
        "time": [write_time(span)],
        "key": uuid.uuid4().hex,
        "purpose": "Choir",
        "attendees": "10",
        "go": "check",
    } | values


def url(route, *args):
    with translation.override("en"):
        return reverse(route, args=args)


def test_the_address_keeps_the_choice(rf):
    spans = [span_on(day_ahead(), 10, 12), span_on(day_ahead(3), 8, 24)]
    query = rf.get("/" + query_of(spans, week="2026-W26")).GET
    assert read_times(query) == spans
    wrong = rf.get(
        "/?time=x/y&time=2026-03-29T02:30/2026-03-29T04:00&time=2026-01-02T10:00/2026-01-02T09:00"
    )
    assert read_times(wrong.GET) == []


def test_everybody_sees_rooms_but_nobodys_names(client):
    room = make_room()
    make_text(room)
    make_booking(viewer_of(make_user(first_name="Zénobe")), room, purpose="Secret")
    hidden = make_room(published=False)
    assert room.name in text_of(client.get(url("rooms") + f"?day={day_ahead()}"))
    seen = client.get(url("room", room.code) + f"?day={day_ahead()}", follow=True)
    assert "Option" in text_of(seen)
    for word in ("Zénobe", "Secret", "RES-"):
        assert word not in seen.content.decode()
    assert client.get(url("room", hidden.code)).status_code == 404
    month = client.get(url("room", room.code) + f"?month={day_ahead():%Y-%m}")
    assert month.status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "?week=2026-W99",
        "?week=x",
        "?month=0000-13",
        "?day=x",
        "?time=%00",
        "?day=2026-13-40&start=25:00&end=1",
    ],
)
def test_addresses_that_nobody_made_do_no_harm(client, query):
    room = make_room()
    assert client.get(url("room", room.code) + query, follow=True).status_code == 200
    assert client.get(url("rooms") + query).status_code == 200


def test_the_price_is_shown_before_and_kept_after(page, user):
    room = make_room(max_persons=20)
    Tariff.objects.create(room=room, unit=PriceUnit.HOUR, amount_cents=1500, deposit_cents=5000)
    RoomExtra.objects.create(room=room, code="screen", names={"en": "Screen"}, amount_cents=700)
    RoomTerms.objects.create(number=2, texts={"en": "<p>Be quiet.</p>"})
    place = url("room-request", room.code)
    span = span_on(day_ahead(), 10, 12)
    with_choice = page.get(url("room", room.code) + query_of([span]))
    assert "€30.00" in text_of(with_choice)
    assert page.get(place).status_code == 302  # nothing chosen
    form = page.get(place + query_of([span]))
    assert "€30.00" in text_of(form)

    typed = asked(room, **{"extra-screen": "on", "terms_number": "2"})
    refused = page.post(place, typed | {"attendees": "21", "terms": "on"})
    assert refused.status_code == 422
    assert "20 people" in text_of(refused)
    assert 'value="Choir"' in refused.content.decode()
    no_terms = page.post(place, typed)
    assert "Accept the terms" in text_of(no_terms)
    typed["terms"] = "on"
    check = page.post(place, typed)
    assert check.status_code == 200
    assert "€37.00" in text_of(check)
    assert "€50.00" in text_of(check)
    assert not Booking.objects.exists()
    sent_off = page.post(place, typed | {"go": "send"})
    booking = Booking.objects.get()
    assert sent_off.url == url("booking", booking.reference)
    assert (booking.quote["total_cents"], booking.terms.number) == (3700, 2)
    assert page.post(place, typed | {"go": "send"}).url == sent_off.url  # sent twice
    assert Booking.objects.count() == 1
    RoomTerms.objects.create(number=3, texts={"en": "<p>Be quieter.</p>"})
    assert page.post(place, typed | {"key": "other", "go": "send"}).status_code == 422


def test_a_time_that_is_taken_meanwhile_loses_nothing_that_was_typed(page):
    room = make_room()
    make_booking(viewer_of(make_user()), room, span_on(day_ahead(), 10, 12))
    answer = page.post(url("room-request", room.code), asked(room, go="send"))
    assert answer.status_code == 409
    assert 'value="Choir"' in answer.content.decode()
    assert "taken" in text_of(answer)


def test_who_booked_reads_the_handover(page, user):
    booking = make_booking(viewer_of(user), make_room(approval=Approval.AUTOMATIC))
    agent = make_user(is_staff=True)
    booking.room.team.members.add(agent)
    handovers.record(
        booking=booking,
        by=agent,
        kind=HandoverKind.OUT,
        keys=2,
        notes="Propre",
        damage="Vitre fendue",
        signed_by="Claire Renard",
        signature="M1 2 L3 4",
        photos=[photo("salle.jpg")],
    )
    answer = page.get(url("booking", booking.reference))
    words = text_of(answer)
    for part in ("2 keys", "Propre", "Vitre fendue", "Signed by Claire Renard", "salle.jpg"):
        assert part in words
    assert 'd="M1 2 L3 4"' in answer.content.decode()


def test_a_document_that_is_refused_sends_nothing(page):
    room = make_room()
    place = url("room-request", room.code)
    wrong = page.post(place, asked(room, go="send", files=[sent("a.exe", b"MZ")]))
    assert wrong.status_code == 422
    assert not Booking.objects.exists()
    page.post(place, asked(room, go="send", files=[letter()]))
    document = BookingDocument.objects.get()
    address = url("booking-document", document.booking.reference, document.public_id)
    part = page.get(address, HTTP_RANGE="bytes=0-3")
    assert (part.status_code, part.content) == (206, b"%PDF")


def test_what_was_typed_survives_the_change_of_profile(page, user):
    room = make_room(kinds=[ProfileKind.ASSOCIATION, ProfileKind.CITIZEN])
    own = Profile.objects.get(user=user)
    answer = page.post(
        url("room-request", room.code), asked(room, profile=str(own.public_id)), follow=True
    )
    assert "logged out before" not in text_of(answer)
    assert 'value="Choir"' in answer.content.decode()


def test_a_stranger_logs_in_and_comes_back_to_the_chosen_time(client):
    room, span = make_room(), span_on(day_ahead(), 10, 12)
    answer = client.get(url("room-request", room.code) + query_of([span]))
    assert answer.status_code == 302
    way_back = unquote(unquote(answer.url))
    assert write_time(span) in way_back


def test_who_is_not_sure_enough_identifies_and_finds_the_form_again(page):
    room = make_room(level=Level.SUBSTANTIAL)
    place = url("room-request", room.code)
    answer = page.get(place + query_of([span_on(day_ahead(), 10, 12)]))
    assert answer.status_code == 302
    assert f"item={room.code}" in answer.url
    step_up = page.get(answer.url)
    assert (
        step_up.status_code == 200
    )  # it does not lead back: the room asks for more than the service


def test_several_times_and_a_series_with_a_date_that_is_taken(page, user):
    room = make_room(max_lead_days=365)
    taken = span_on(day_ahead(17), 10, 12)
    make_booking(viewer_of(make_user()), room, taken)
    place = url("room-request", room.code)
    typed = asked(room, repeat="week", step="1", until=str(day_ahead(24)))
    plan = page.post(place, typed)
    assert "Taken" in text_of(plan)
    hidden = dict(re.findall(r'name="([^"]+)"[^>]*value="([^"]*)"', plan.content.decode()))
    rows = {k: v for k, v in hidden.items() if k.startswith(("date-", "start-", "end-"))}
    recipe = unescape(hidden["recipe"])
    again = page.post(place, typed | rows | {"recipe": recipe})
    assert again.status_code == 422
    assert "1 date cannot be had" in text_of(again)
    answered = typed | rows | {"recipe": recipe, "skip-1": "1"}
    assert "Check and send" in text_of(page.post(place, answered))
    page.post(place, answered | {"go": "send"})
    made = Booking.objects.filter(acting_user=user).order_by("starts_at")
    assert [local(b.starts_at).date() for b in made] == [day_ahead(10), day_ahead(24)]
    assert made[0].series.skipped == [{"day": str(day_ahead(17)), "why": "taken"}]

    spans = [span_on(day_ahead(3), 10, 12), span_on(day_ahead(4), 10, 12)]
    both = asked(room, time=[write_time(span) for span in spans], go="send")
    answer = page.post(place, both, follow=True)
    assert "The series" in text_of(answer)


def test_a_proposal_is_accepted_or_the_first_wish_kept(page, user):
    room = make_room()
    agent = make_user(is_staff=True)
    room.team.members.add(agent)
    booking = make_booking(viewer_of(user), room)
    there = span_on(day_ahead(12), 14, 16)
    decisions.propose(booking=booking, by=agent, revision=0, span=there, reason="Party here")
    address = url("booking", booking.reference)
    assert "Party here" in text_of(page.get(address))
    stale = page.post(
        url("booking-answer", booking.reference), {"answer": "accept", "revision": "0"}, follow=True
    )
    assert "no longer possible" in text_of(stale)
    page.post(url("booking-answer", booking.reference), {"answer": "accept", "revision": "1"})
    booking.refresh_from_db()
    assert (booking.state, booking.starts_at) == (BookingState.CONFIRMED, there.start)


def test_what_is_to_pay_and_what_cancelling_costs(page, user):
    room = make_room(free_cancel_days=30, late_cancel_percent=50, approval=Approval.AUTOMATIC)
    Tariff.objects.create(room=room, unit=PriceUnit.FIXED, amount_cents=4000)
    booking = make_booking(viewer_of(user), room)
    due = AmountDue.objects.get()
    seen = text_of(page.get(url("booking", booking.reference)))
    assert due.reference in seen
    agent = make_user(is_staff=True)
    room.team.members.add(agent)
    record_payment(amount=due, by=agent, receipt="7")
    booking.refresh_from_db()
    cancel = url("booking-cancel", booking.reference)
    assert "€20.00" in text_of(page.get(cancel))
    page.post(cancel, {"what": "one", "revision": str(booking.revision)})
    booking.refresh_from_db()
    assert (booking.state, booking.fee_kept_cents) == (BookingState.CANCELLED_BY_REQUESTER, 2000)
    assert page.get(cancel).status_code == 302


def test_both_sides_write_and_strangers_see_nothing(page, user):
    booking = make_booking(viewer_of(user), make_room())
    write(
        booking=booking,
        by=make_user(is_staff=True, first_name="Marc"),
        side=Side.AGENT,
        body="Keys at ten.",
        key="1",
    )
    place = url("booking-message", booking.reference)
    assert page.post(place, {"body": " ", "key": "a"}).status_code == 422
    page.post(place, {"body": "Thank you", "key": "b", "files": [letter()]})
    seen = text_of(page.get(url("booking", booking.reference)))
    assert "Keys at ten." in seen
    assert "Thank you" in seen
    foreign = make_booking(viewer_of(make_user()), make_room())
    document = BookingDocument.objects.get()
    for address in (
        url("booking", foreign.reference),
        url("booking-cancel", foreign.reference),
        url("booking-document", foreign.reference, document.public_id),
    ):
        assert page.get(address).status_code == 404
    assert page.post(url("booking-message", foreign.reference), {"body": "x"}).status_code == 404


def test_the_list_has_the_same_queries_for_one_and_three(page, user, django_assert_max_num_queries):
    for number in range(3):
        make_booking(viewer_of(user), make_room(), span_on(day_ahead(10 + number), 10, 12))
    with django_assert_max_num_queries(24):
        assert page.get(url("bookings")).status_code == 200
    tiles = text_of(page.get(url("dashboard")))
    assert "New booking" in tiles
    assert "3 bookings ahead" in tiles
