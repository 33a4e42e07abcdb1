"""Agents' acts by API: rights of teams, what was read, what is in the way, and the same ends as the pages."""

import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from eservices.models import JournalEntry, Team
from eservices.permissions import VIEW_PEOPLE
from rooms.actions import blocks
from rooms.enums import BlockKind, BookingState, PendingPolicy, PriceUnit
from rooms.models import Block, Booking, HandoverRecord, RoomTerms, Tariff
from tests.factories.documents import photo
from tests.factories.eservices import log_in, make_user
from tests.factories.rooms import day_ahead, make_booking, make_room, span_on
from tests.factories.submissions import viewer_of
from tests.factories.teams import make_team_agent
from tests.rooms.api.calls import ROOT, get, post, slot

pytestmark = [pytest.mark.django_db, pytest.mark.feature("E6"), pytest.mark.feature("E7")]
ACTS = (
    *("confirm", "decline", "propose", "move", "cancel", "no-show", "residence", "title"),
    *("payment", "handover", "messages"),
)
BODY = {
    "revision": 0,
    "reason": "Works",
    "resident": True,
    "approved": True,
    "amount": "X",
    "euros": "1.00",
    "receipt": "R1",
    "kind": "out",
    "signed_by": "Claire",
    "body": "Hello",
    **slot(span_on(day_ahead(12), 10, 12)),
}


@pytest.fixture
def booking(claire, room):
    return make_booking(
        viewer_of(claire.user), room, span_on(day_ahead(), 10, 12), public_title="Concert"
    )


@pytest.fixture
def other_agent():
    """An agent of another team, with a session."""
    user = make_team_agent(last_name="Other")
    other_room().team.members.add(user)
    return log_in(Client(), user)


def other_room(**fields):
    team, _made = Team.objects.get_or_create(code="other", defaults={"names": {"fr": "Autres"}})
    return make_room(team=team, **fields)


def act(client, booking, name, **body):
    body = {"revision": booking.revision} | body
    return post(client, f"agent/bookings/{booking.reference}/{name}/", body)


def test_only_agents_of_the_team_reach_a_booking(booking, claire, agent, other_agent):
    """Rights: nobody, a stranger, the owner, an agent of another team, the agent."""
    path = f"agent/bookings/{booking.reference}/"
    stranger = log_in(Client(), make_user())
    for client, status, code in (
        (Client(), 403, "accounts.login_required"),
        (stranger, 403, "refused"),
        (claire, 403, "refused"),
        (other_agent, 404, "not_found"),
    ):
        for name in ACTS:
            answer = post(client, f"{path}{name}/", BODY)
            assert (answer.status_code, answer.json()["code"]) == (status, code), name
        assert (get(client, path).status_code, get(client, path).json()["code"]) == (status, code)
        assert get(client, f"{path}messages/").status_code == status
    booking.refresh_from_db()
    assert (booking.state, booking.revision) == (BookingState.PENDING, 0)
    assert get(agent, path).status_code == 200
    for client in (Client(), stranger, claire):
        assert get(client, "agent/bookings/").status_code == 403
        assert get(client, "agent/blocks/").status_code == 403
        assert get(client, "agent/people/", {"q": "cl"}).status_code == 403
    assert get(other_agent, "agent/bookings/", {"tab": "all"}).json()["count"] == 0


def test_a_booking_is_read_with_what_stands_against_it_and_the_reading_is_written_down(
    claire, agent
):
    room = make_room(pending_policy=PendingPolicy.COMPETE)
    first = make_booking(viewer_of(claire.user), room)
    second = make_booking(viewer_of(make_user(last_name="Noir")), room, purpose="Concert")
    found = get(agent, f"agent/bookings/{first.reference}/").json()
    assert found["requester"]["email"] == "claire@example.org"
    assert found["requester"]["in_name_of"] == "Claire Dumont"
    (rival,) = found["conflicts"]
    assert (rival["reference"], rival["title"]) == (second.reference, "Concert")
    assert (rival["blocking"], rival["state"]) == (False, "pending")
    assert "confirm" in found["acts"]
    assert JournalEntry.objects.filter(event="read", actor=agent.user).count() == 1
    listed = get(agent, "agent/bookings/").json()
    assert {row["reference"] for row in listed["results"]} == {first.reference, second.reference}
    assert all(len(row["conflicts"]) == 1 for row in listed["results"])
    assert get(agent, "agent/bookings/", {"q": "Noir"}).json()["count"] == 1
    assert get(agent, "agent/bookings/", {"tab": "confirmed"}).json()["count"] == 0
    assert get(agent, "agent/bookings/", {"tab": "nothing"}).status_code == 422

    done = act(agent, first, "confirm")
    assert done.json()["state"] == "confirmed"
    second.refresh_from_db()
    assert second.state == BookingState.CONFLICT


def test_of_other_teams_only_times_are_told(booking, room, agent):
    unit = room.units.get()
    shared = make_room(unit, team=Team.objects.create(code="x", names={"fr": "X"}))
    boss = make_team_agent()
    shared.team.members.add(boss)
    span = span_on(day_ahead(), 14, 16)
    secret = make_booking(viewer_of(make_user(last_name="Geheim")), shared, span, purpose="Secret")
    answer = act(agent, booking, "move", reason="As agreed", **slot(span))
    assert (answer.status_code, answer.json()["code"]) == (409, "rooms.slot_taken")
    (row,) = answer.json()["in_the_way"]
    assert row["starts_at"] == slot(span)["starts_at"]
    assert (row["reference"], row["title"]) == ("", "")
    for word in ("Geheim", "Secret", secret.reference):
        assert word not in answer.content.decode()


def test_what_somebody_else_changed_meanwhile_stays(booking, agent):
    act(agent, booking, "title", approved=True)
    late = act(agent, booking, "decline", reason="Works")
    assert (late.status_code, late.json()["code"]) == (409, "rooms.move_refused")
    assert (late.json()["revision"], late.json()["state"]) == (1, "pending")
    assert act(agent, booking, "decline", revision=1).json()["code"] == "rooms.reason_missing"
    done = act(agent, booking, "decline", revision=1, reason="Works").json()
    assert (done["state"], done["reason"]) == ("declined", "Works")


def test_times_are_proposed_and_moved(booking, agent, room):
    other = make_room(team=room.team)
    span = span_on(day_ahead(12), 14, 16)
    closed = act(agent, booking, "propose", **slot(span_on(day_ahead(12), 6, 8)))
    assert closed.json()["code"] == "rooms.closed"
    done = act(agent, booking, "propose", room=other.code, reason="Works", **slot(span)).json()
    assert (done["state"], done["proposal"]["room"]) == ("proposed", other.code)
    foreign = other_room()
    assert act(agent, booking, "propose", room=foreign.code, **slot(span)).status_code == 404

    second = make_booking(viewer_of(make_user()), room, span_on(day_ahead(13), 10, 12))
    early = slot(span_on(day_ahead(13), 6, 8))  # the agent may leave the rules, with a reason
    assert act(agent, second, "move", **early).json()["code"] == "rooms.reason_missing"
    moved = act(agent, second, "move", reason="As agreed", **early).json()
    assert moved["starts_at"] == early["starts_at"]
    assert moved["override_reason"] == "As agreed"


def test_a_price_is_paid_at_the_counter_and_the_booking_confirmed(claire, room, agent):
    Tariff.objects.create(room=room, unit=PriceUnit.HOUR, amount_cents=1250)
    row = make_booking(viewer_of(claire.user), room, span_on(day_ahead(20), 10, 12))
    resident = act(agent, row, "residence", resident=True).json()
    waiting = act(agent, row, "confirm", revision=resident["revision"]).json()
    assert waiting["state"] == "awaiting_payment"
    (amount,) = waiting["amounts"]
    assert (amount["euros"], amount["state"]) == ("25.00", "due")

    def pay(euros, reference=amount["reference"]):
        body = {"amount": reference, "euros": euros, "receipt": "R-1"}
        return post(agent, f"agent/bookings/{row.reference}/payment/", body)

    assert pay("24.00").json()["code"] == "amounts.differs"
    assert pay("25.00", "AMT-0").status_code == 404
    assert pay("25.00").json()["state"] == "confirmed"
    assert pay("25.00").json()["amounts"][0]["receipt"] == "R-1"  # the same receipt is one payment
    revision = Booking.objects.get(pk=row.pk).revision
    done = act(agent, row, "cancel", revision=revision, reason="Flood").json()
    assert (done["state"], done["fee_kept"]) == ("cancelled_municipality", "0.00")


def test_nobody_came(booking, agent):
    early = act(agent, booking, "no-show")
    assert early.json()["code"] == "rooms.move_refused"
    begun = {"state": BookingState.CONFIRMED, "starts_at": timezone.now() - timedelta(hours=1)}
    Booking.objects.filter(pk=booking.pk).update(**begun)
    assert act(agent, booking, "no-show").json()["state"] == "no_show"


def test_a_handover_is_recorded_once_with_photos(booking, agent):
    Booking.objects.filter(pk=booking.pk).update(state=BookingState.CONFIRMED)
    path = f"{ROOT}agent/bookings/{booking.reference}/handover/"

    def send(name="a.jpg", **more):
        data = {"kind": "out", "keys": 2, "signed_by": "Claire", "photos": [photo(name)]} | more
        return agent.post(path, data, headers={"Idempotency-Key": "h1"})

    made = send()
    assert made.status_code == 201, made.content
    assert [row["name"] for row in made.json()["photos"]] == ["a.jpg"]
    assert send().json() == made.json()
    assert send("b.jpg").json()["code"] == "idempotency.conflict"
    assert HandoverRecord.objects.count() == 1
    assert post(agent, path.removeprefix(ROOT), {"kind": "back"}).json()["code"] == (
        "rooms.signer_missing"
    )
    damaged = {"kind": "back", "signed_by": "C", "signature": "<script>"}
    assert post(agent, path.removeprefix(ROOT), damaged).json()["code"] == "rooms.signature_damaged"
    document = made.json()["photos"][0]["id"]
    answer = get(agent, f"agent/bookings/{booking.reference}/documents/{document}/")
    assert b"".join(answer.streaming_content).startswith(b"\xff\xd8")


def test_messages_of_agents_are_the_municipalitys(booking, agent, claire):
    made = act(agent, booking, "messages", body="The piano is tuned.")
    assert made.json()["side"] == "agent"
    read = get(claire, f"bookings/{booking.reference}/messages/").json()
    assert [row["body"] for row in read] == ["The piano is tuned."]


def test_rooms_are_blocked_listed_and_given_back(room, agent, other_agent):
    span = span_on(day_ahead(), 8, 12)
    body = {"room": room.code, "kind": "maintenance", "title": "Floor", **slot(span)}
    made = post(agent, "agent/blocks/", body)
    assert made.status_code == 201, made.content
    path = f"agent/blocks/{made.json()['id']}/"
    again = post(agent, "agent/blocks/", body)
    assert (again.status_code, again.json()["in_the_way"][0]["title"]) == (409, "Floor")
    assert post(agent, "agent/blocks/", body | {"room": other_room().code}).status_code == 404
    backwards = {"starts_at": body["ends_at"], "ends_at": body["starts_at"]}
    assert post(agent, "agent/blocks/", body | backwards).json()["code"] == "rooms.end_not_later"
    days = {"from": day_ahead().isoformat(), "to": day_ahead().isoformat()}
    assert get(agent, "agent/blocks/", days).json()["results"] == [made.json()]
    assert get(agent, "agent/blocks/", days | {"room": "other"}).json()["count"] == 0
    assert get(other_agent, "agent/blocks/", days).json()["count"] == 0
    assert get(other_agent, path).status_code == 404
    assert other_agent.delete(ROOT + path).status_code == 404
    assert get(agent, path).json()["title"] == "Floor"
    assert agent.delete(ROOT + path).status_code == 204
    assert not Block.objects.exists()


def counter(room, person, **fields):
    span = span_on(day_ahead(), 10, 12)
    body = {"person": str(person.public_id), "room": room.code, "purpose": "Meal", "attendees": 9}
    return body | slot(span) | fields


def test_a_booking_is_entered_for_somebody_once(room, agent, claire):
    agent.user.user_permissions.add(right(VIEW_PEOPLE))
    RoomTerms.objects.create(number=1, texts={"fr": "<p>R</p>"})
    (found,) = get(agent, "agent/people/", {"q": "dumont"}).json()
    assert found["id"] == str(claire.user.public_id)
    assert found["profiles"][0]["kind"] == "citizen"

    body = counter(room, claire.user, terms=1)
    made = post(agent, "agent/bookings/", body, key="c1")
    assert made.status_code == 201, made.content
    assert made.json()["state"] == "confirmed"
    assert made.json()["requester"]["entered_by"] == agent.user.display_name
    assert post(agent, "agent/bookings/", body, key="c1").json() == made.json()
    assert Booking.objects.get().acting_user == claire.user
    assert post(agent, "agent/bookings/", body).json()["code"] == "rooms.slot_taken"
    late = counter(room, claire.user, **slot(span_on(day_ahead(), 5, 7)))
    assert post(agent, "agent/bookings/", late | {"terms": 1}).json()["code"] == "rooms.closed"
    done = post(agent, "agent/bookings/", late | {"terms": 1, "override_reason": "Market"})
    assert done.json()["override_reason"] == "Market"
    own = counter(room, agent.user, terms=1)
    assert post(agent, "agent/bookings/", own).json()["code"] == "counter.refused"
    foreign = str(make_user().citizen_profile.public_id)
    assert post(agent, "agent/bookings/", body | {"profile": foreign}).status_code == 404


def test_booking_for_somebody_needs_the_right_to_find_people(room, agent, claire):
    Group = agent.user.groups.model
    Group.objects.get(name="Agents").permissions.remove(right(VIEW_PEOPLE))
    assert post(agent, "agent/bookings/", counter(room, claire.user)).status_code == 403
    assert get(agent, "agent/people/", {"q": "du"}).status_code == 403


def right(name):
    from django.contrib.auth.models import Permission

    app, _dot, codename = name.partition(".")
    return Permission.objects.get(content_type__app_label=app, codename=codename)


def test_the_list_costs_the_same_whatever_its_length(room, agent):
    def queries():
        with CaptureQueriesContext(connection) as seen:
            assert get(agent, "agent/bookings/", {"tab": "all"}).status_code == 200
        return len(seen)

    make_booking(viewer_of(make_user()), room, span_on(day_ahead(9), 10, 12))
    queries()
    few = queries()
    for number in range(8):
        row = make_room(team=room.team)
        make_booking(viewer_of(make_user()), row, span_on(day_ahead(10 + number), 10, 12))
    assert queries() == few


def test_citizens_never_read_what_agents_write_among_themselves(booking, agent, claire, room):
    blocks.block(
        room=room,
        span=span_on(day_ahead(), 14, 16),
        kind=BlockKind.MUNICIPAL,
        title="Interner Titel",
        by=agent.user,
    )
    act(agent, booking, "move", reason="Geheimgrund", **slot(span_on(day_ahead(), 17, 18)))
    read = get(claire, f"bookings/{booking.reference}/").json()
    assert "override_reason" not in read
    assert "journal" not in read
    assert "Interner" not in json.dumps(read)


def test_a_document_that_is_no_photo_is_refused(booking, agent):
    Booking.objects.filter(pk=booking.pk).update(state=BookingState.CONFIRMED)
    data = {"kind": "out", "signed_by": "C", "photos": [SimpleUploadedFile("a.txt", b"x")]}
    path = f"{ROOT}agent/bookings/{booking.reference}/handover/"
    answer = agent.post(path, data, headers={"Idempotency-Key": "h2"})
    assert (answer.status_code, answer.json()["code"]) == (422, "uploads.type_refused")
