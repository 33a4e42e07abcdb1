"""The agents' board: what waits, what competes, each act on its page with what was typed."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from eservices.models import JournalEntry
from rooms.actions import counter, decisions, dues
from rooms.enums import Approval, BookingState, PendingPolicy, PriceUnit
from rooms.errors import SlotTaken
from rooms.models import Block, Booking, Occupancy, RoomTerms, Tariff
from tests.factories.eservices import log_in, make_user
from tests.factories.rooms import day_ahead, make_booking, make_room, make_units, span_on, wish
from tests.factories.submissions import viewer_of
from tests.factories.teams import make_team_agent

pytestmark = [pytest.mark.django_db, pytest.mark.feature("E7")]
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\nIDATx\x9cc\x00\x01\x00\x00\x05\x00\x01\r\n-\xb4\x00\x00\x00\x00IEND\xaeB`\x82"
)


@pytest.fixture
def room():
    return make_room()


@pytest.fixture
def agent(client, room):
    user = make_team_agent(language="en", last_name="Agent")
    room.team.members.add(user)
    log_in(client, user)
    return user


def claire():
    return viewer_of(make_user(first_name="Claire", last_name="Dumont"))


def act(client, booking, name, *args, **data):
    data.setdefault("revision", booking.revision)
    return client.post(reverse(f"agent-booking-{name}", args=[booking.reference, *args]), data)


def time_of(day, start, end):
    return {"day": day.isoformat(), "start": start, "end": end}


def test_requests_are_listed_with_what_competes(client, agent):
    room = make_room(pending_policy=PendingPolicy.COMPETE)
    first, second = make_booking(claire(), room), make_booking(claire(), room)
    other = make_booking(claire(), other_room())
    text = client.get(reverse("agent-rooms")).content.decode()
    assert first.reference in text
    assert text.count("1 other") == 2
    assert other.reference not in text
    assert client.get(reverse("agent-booking", args=[other.reference])).status_code == 404
    text = client.get(reverse("agent-rooms"), {"q": second.reference}).content.decode()
    assert f">{first.reference}<" not in text
    page = client.get(reverse("agent-booking-confirm", args=[first.reference])).content.decode()
    assert "These requests will be told that the time went to somebody else" in page
    assert act(client, first, "confirm").status_code == 302
    second.refresh_from_db()
    assert second.state == BookingState.CONFLICT


def other_room():
    room = make_room()
    room.team = type(room.team).objects.create(code="other", names={"fr": "Autres"})
    room.save()
    return room


def test_week_and_day_show_all_that_takes_a_room_in_words(client, agent):
    a, b = make_units("a", "b")
    part, hall = make_room(a, name="Petite salle"), make_room(a, b, name="Grande salle")
    booking = make_booking(claire(), hall, span_on(day_ahead(), 20, 22))
    day = day_ahead().isoformat()
    text = client.get(reverse("agent-rooms-calendar"), {"day": day}).content.decode()
    assert text.count(reverse("agent-booking", args=[booking.reference])) == 2  # in its part too
    assert "(Grande salle)" in text
    assert "Requested" in text
    for query in ({"day": day, "view": "day", "room": part.code}, {"day": "nonsense"}):
        assert client.get(reverse("agent-rooms-calendar"), query).status_code == 200


def test_the_board_costs_as_many_queries_for_one_room_as_for_three(
    client, agent, room, django_assert_max_num_queries
):
    def count():
        with django_assert_max_num_queries(60) as found:
            client.get(reverse("agent-rooms-calendar"), {"day": day_ahead().isoformat()})
            client.get(reverse("agent-rooms"))
        return len(found)

    make_booking(claire(), room)
    client.get(reverse("agent-rooms"))
    one = count()
    for _number in range(3):
        make_booking(claire(), make_room())
    assert count() == one


def test_a_reading_is_written_down_and_the_page_shows_all(client, agent, room):
    Tariff.objects.create(room=room, unit=PriceUnit.HOUR, amount_cents=1550)
    booking = make_booking(claire(), room, public_title="Bal <b>", setup="40 chaises")
    page = client.get(reverse("agent-booking", args=[booking.reference]))
    text = page.content.decode()
    for words in ("Répétition", "31.00", "40 chaises", "Bal &lt;b&gt;", "Show it to everybody"):
        assert words in text.replace(",00", ".00")
    client.get(reverse("agent-booking", args=[booking.reference]))
    read = JournalEntry.objects.filter(subject_id=booking.public_id, event="read", actor=agent)
    assert read.count() == 1
    assert act(client, booking, "title", approved="yes").status_code == 302
    booking.refresh_from_db()
    assert booking.public_title_approved


def test_a_refusal_keeps_what_was_typed_and_says_who_was_faster(client, agent, room):
    booking = make_booking(claire(), room)
    colleague = make_team_agent(first_name="Omer", last_name="Peeters")
    room.team.members.add(colleague)
    empty = act(client, booking, "decline", reason=" ")
    assert (empty.status_code, "Give the reason" in empty.content.decode()) == (422, True)
    decisions.confirm(booking=booking, by=colleague, revision=0)
    late = act(client, booking, "decline", reason="Travaux de peinture", revision=0)
    text = late.content.decode()
    assert late.status_code == 409
    assert "Meanwhile: Confirmed, Omer Peeters." in text
    assert "Travaux de peinture" in text
    booking.refresh_from_db()
    assert booking.state == BookingState.CONFIRMED


def test_moving_onto_something_lists_what_is_in_the_way(client, agent, room):
    taken = make_booking(claire(), room, span_on(day_ahead(11), 14, 16))
    booking = make_booking(claire(), room)
    values = {"room": room.code, "reason": "Accord"} | time_of(day_ahead(11), "15:00", "17:00")
    refused = act(client, booking, "move", **values)
    assert refused.status_code == 409
    assert reverse("agent-booking", args=[taken.reference]) in refused.content.decode()
    values |= time_of(day_ahead(11), "16:00", "02:00")  # past midnight, outside the hours
    assert act(client, booking, "move", **values).status_code == 302
    booking.refresh_from_db()
    assert (booking.ends_at - booking.starts_at, booking.override_reason) == (
        timedelta(hours=10),
        "Accord",
    )
    proposal = {"room": room.code} | time_of(day_ahead(12), "10:00", "12:00")
    assert act(client, booking, "propose", **proposal).status_code == 302


@time_machine.travel("2026-03-20T10:00Z", tick=False)
def test_an_hour_that_clocks_skip_is_refused_beside_it(client, agent, room):
    booking = make_booking(claire(), room)
    values = {
        "room": room.code,
        "reason": "x",
        "day": "2026-03-29",
        "start": "02:30",
        "end": "04:00",
    }
    assert "This hour does not exist" in act(client, booking, "move", **values).content.decode()


def test_a_room_is_blocked_and_given_back(client, agent, room):
    taken = make_booking(claire(), room)
    address = reverse("agent-block-new")
    values = {"room": room.code, "kind": "maintenance", "title": "Peinture"}
    refused = client.post(address, values | time_of(day_ahead(), "08:00", "11:00"))
    assert refused.status_code == 409
    assert reverse("agent-booking", args=[taken.reference]) in refused.content.decode()
    assert client.post(address, values | time_of(day_ahead(), "12:00", "18:00")).status_code == 302
    block = Block.objects.get()
    assert Occupancy.objects.get(block=block).blocking
    assert client.post(address, values | {"room": other_room().code}).status_code == 422
    page = reverse("agent-block", args=[block.public_id])
    assert "Peinture" in client.get(page).content.decode()
    client.post(page)
    assert not Occupancy.objects.filter(block__isnull=False).exists()


def test_a_booking_at_the_counter_names_both(client, agent, room):
    RoomTerms.objects.create(number=1, texts={"fr": "Règlement"})
    person = make_user(first_name="Odette", last_name="Lambert")
    found = client.get(reverse("agent-room-person"), {"q": "Odette Lambert"}).content.decode()
    address = reverse("agent-room-counter", args=[person.public_id])
    assert address in found
    values = {
        "key": str(uuid4()),
        "profile": str(person.citizen_profile.public_id),
        "room": room.code,
        "purpose": "Repas",
        "attendees": 12,
        "confirm": "on",
    } | time_of(day_ahead(), "05:00", "07:00")
    refused = client.post(address, values)
    assert (refused.status_code, "Repas" in refused.content.decode()) == (422, True)
    values["override_reason"] = "Accord du collège"
    assert "Accept the terms of the rooms" in client.post(address, values).content.decode()
    values["accepts"] = "on"
    for _twice in range(2):
        assert client.post(address, values).status_code == 302
    booking = Booking.objects.get()
    assert (booking.acting_user, booking.entered_by) == (person, agent)
    assert (booking.state, booking.override_reason) == (
        BookingState.CONFIRMED,
        "Accord du collège",
    )
    assert client.get(reverse("agent-room-counter", args=[agent.public_id])).status_code == 404


def test_a_booking_at_the_counter_that_cannot_be_confirmed_is_not_made(agent):
    part, hall = make_room(*(units := make_units("a"))), make_room(*units, pending_policy="compete")
    for row in (part, hall):
        row.team.members.add(agent)
    make_booking(claire(), part)  # holds the time
    person = make_user()
    with pytest.raises(SlotTaken):
        counter.book(
            room=hall,
            span=span_on(day_ahead(), 10, 12),
            wish=wish(),
            person=person,
            profile=person.citizen_profile,
            by=agent,
            key=uuid4(),
            confirm=True,
        )
    assert not Booking.objects.filter(room=hall).exists()


def test_payment_residence_and_handover(client, agent, room):
    Tariff.objects.create(room=room, unit=PriceUnit.FIXED, amount_cents=5000)
    Tariff.objects.create(room=room, unit=PriceUnit.FIXED, amount_cents=2000, residents_only=True)
    booking = make_booking(claire(), room)
    act(client, booking, "residence", resident="on")
    booking.refresh_from_db()
    assert booking.quote["total_cents"] == 2000
    act(client, booking, "confirm")
    booking.refresh_from_db()
    assert act(client, booking, "residence").status_code == 409  # invariant I5
    [amount] = dues.amounts_of(booking)
    wrong = act(client, booking, "pay", amount.reference, euros="50", receipt="77")
    assert wrong.status_code == 422
    act(client, booking, "pay", amount.reference, euros="20", receipt="77")
    booking.refresh_from_db()
    assert booking.state == BookingState.CONFIRMED
    values = {"kind": "out", "keys": 2, "notes": "Propre", "signature": "M1 2 L3 4"}
    photo = {"photos": SimpleUploadedFile("a.png", PNG, "image/png")}
    unsigned = act(client, booking, "handover", **values)
    assert "Write the name of the person who signs." in unsigned.content.decode()
    crooked = act(client, booking, "handover", **values | {"signature": "<svg>", "signed_by": "C"})
    assert crooked.status_code == 422
    assert (
        act(client, booking, "handover", signed_by="Claire", **values, **photo).status_code == 302
    )
    record = booking.handovers.get()
    assert (record.keys, record.by, record.signature) == (2, agent, "M1 2 L3 4")
    document = record.photos.get()
    answer = client.get(
        reverse("agent-booking-document", args=[booking.reference, document.public_id])
    )
    assert b"".join(answer.streaming_content)[:4] == b"\x89PNG"
    assert (
        "Signed by Claire"
        in client.get(reverse("agent-booking", args=[booking.reference])).content.decode()
    )


def test_messages_go_both_ways_and_empty_ones_are_refused(client, agent, room):
    booking = make_booking(claire(), room)
    assert act(client, booking, "message", body=" ", key="k").status_code == 422
    for _twice in range(2):
        assert act(client, booking, "message", body="Bonjour", key="k1").status_code == 302
    assert booking.messages.get().body == "Bonjour"


def test_nobody_came_and_revoking(client, agent):
    room = make_room(approval=Approval.AUTOMATIC)
    booking = make_booking(claire(), room)
    assert act(client, booking, "miss").status_code == 409  # not begun yet
    assert act(client, booking, "revoke", reason="Inondation").status_code == 302
    booking.refresh_from_db()
    assert booking.state == BookingState.CANCELLED_BY_MUNICIPALITY
    assert not Occupancy.objects.exists()
