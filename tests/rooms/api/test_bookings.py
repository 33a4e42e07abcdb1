"""One's bookings by API: whose they are, what can be done with them, and that the fee is told first."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from eservices.actions import acting
from eservices.identity.acting import GRANT_KEY
from rooms.actions import decisions
from rooms.enums import BookingState, PriceUnit
from rooms.models import Booking, BookingMessage, Tariff
from tests.factories.documents import letter
from tests.factories.eservices import log_in, make_user
from tests.factories.rooms import day_ahead, make_booking, make_room, span_on
from tests.factories.submissions import viewer_of
from tests.rooms.api.calls import ROOT, get, post, wanted

pytestmark = [pytest.mark.django_db, pytest.mark.feature("E6"), pytest.mark.feature("A24")]
READS = ("", "cancellation/", "messages/", "calendar.ics")
ACTS = ("cancel/", "accept-proposal/", "decline-proposal/")


@pytest.fixture
def booking(claire, room):
    return make_booking(viewer_of(claire.user), room, span_on(day_ahead(20), 10, 12))


def act(client, booking, name, **body):
    body = {"revision": booking.revision} | body
    return post(client, f"bookings/{booking.reference}/{name}/", body)


def test_bookings_are_of_who_made_them(booking, claire, agent):
    stranger = log_in(Client(), make_user())
    path = f"bookings/{booking.reference}/"
    for name in READS:
        assert get(claire, path + name).status_code == 200
        assert get(stranger, path + name).status_code == 404
        assert get(agent, path + name).status_code == 404  # agents have addresses of their own
        anonymous = get(Client(), path + name)
        assert (anonymous.status_code, anonymous.json()["code"]) == (403, "accounts.login_required")
    for name in ACTS:
        assert post(stranger, path + name, {"revision": 0}).status_code == 404
        assert post(Client(), path + name, {"revision": 0}).status_code == 403
    assert get(stranger, "bookings/").json() == {"count": 0, "results": []}
    assert get(Client(), "bookings/").status_code == 403
    booking.refresh_from_db()
    assert booking.state == BookingState.PENDING


def test_a_look_at_a_space_opens_nothing_by_api(booking, claire, room):
    """Towards the API an agent stays the agent (eservices.identity.acting)."""
    supervisor = make_user(is_staff=True, is_superuser=True)
    client = log_in(Client(), supervisor)
    look = acting.begin(agent=supervisor, person=claire.user, reason="asked by telephone")
    session = client.session
    session[GRANT_KEY] = str(look.public_id)
    session.save()
    assert get(client, f"bookings/{booking.reference}/").status_code == 404
    assert act(client, booking, "cancel").status_code == 404
    made = post(client, "bookings/", wanted(room, span_on(day_ahead(), 14, 16)))
    assert Booking.objects.get(reference=made.json()["results"][0]["reference"]).acting_user == (
        supervisor
    )


def test_the_list_is_filtered_and_paged(claire, room):
    for number in range(3):
        make_booking(viewer_of(claire.user), room, span_on(day_ahead(10 + number), 10, 12))
    done = Booking.objects.order_by("starts_at").first()
    Booking.objects.filter(pk=done.pk).update(state=BookingState.CONFIRMED)

    def found(**query):
        return get(claire, "bookings/", query).json()["count"]

    assert found() == 3
    assert found(state="confirmed") == 1
    assert found(state=["confirmed", "pending"]) == 3
    assert found(**{"from": day_ahead(11).isoformat()}) == 2
    assert found(**{"from": day_ahead(11).isoformat(), "to": day_ahead(11).isoformat()}) == 1
    assert get(claire, "bookings/", {"offset": 2}).json()["count"] == 3
    assert len(get(claire, "bookings/", {"offset": 2}).json()["results"]) == 1
    assert get(claire, "bookings/", {"state": "nothing"}).status_code == 422


def test_the_fee_is_told_before_and_kept_after(claire):
    room = make_room(free_cancel_days=30, late_cancel_percent=50)
    Tariff.objects.create(room=room, unit=PriceUnit.HOUR, amount_cents=1000)
    row = make_booking(viewer_of(claire.user), room, span_on(day_ahead(20), 10, 12))
    Booking.objects.filter(pk=row.pk).update(state=BookingState.CONFIRMED)
    told = get(claire, f"bookings/{row.reference}/cancellation/").json()
    assert (told["possible"], told["withdrawn"], told["fee"]) == (True, False, "10.00")

    late = act(claire, row, "cancel", revision=told["revision"] + 1)
    assert (late.status_code, late.json()["code"]) == (409, "rooms.move_refused")
    assert late.json()["revision"] == told["revision"]
    done = act(claire, row, "cancel", revision=told["revision"]).json()
    assert (done["state"], done["fee_kept"]) == ("cancelled_requester", "10.00")
    assert done["can_cancel"] is False


def test_what_has_begun_cannot_be_given_up(claire, room):
    row = make_booking(viewer_of(claire.user), room, span_on(day_ahead(), 10, 12))
    hour = timedelta(hours=1)
    Booking.objects.filter(pk=row.pk).update(
        state=BookingState.CONFIRMED, starts_at=timezone.now() - hour
    )
    answer = act(claire, row, "cancel")
    assert (answer.status_code, answer.json()["code"]) == (409, "rooms.ended")


def test_the_rest_of_a_series_is_given_up_together(claire, room):
    body = wanted(room, span_on(day_ahead(9), 10, 12), span_on(day_ahead(11), 10, 12))
    first, second = post(claire, "bookings/", body).json()["results"]
    told = get(claire, f"bookings/{first['reference']}/cancellation/").json()
    seen = [{k: row[k] for k in ("reference", "revision")} for row in told["series"]]
    assert [row["reference"] for row in seen] == [first["reference"], second["reference"]]
    path = f"bookings/{first['reference']}/cancel/"
    assert post(claire, path, {"series": seen[:1]}).status_code == 409
    assert post(claire, path, {"series": seen}).json()["state"] == "withdrawn"
    assert set(Booking.objects.values_list("state", flat=True)) == {BookingState.WITHDRAWN}


def proposed(booking, agent, room=None):
    return decisions.propose(
        booking=booking,
        by=agent.user,
        revision=booking.revision,
        span=span_on(day_ahead(21), 14, 16),
        room=room,
        reason="Works",
    )


def test_a_proposal_is_read_and_accepted(booking, claire, agent, room):
    Tariff.objects.create(room=room, unit=PriceUnit.HOUR, amount_cents=0)
    row = proposed(booking, agent)
    found = get(claire, f"bookings/{row.reference}/").json()
    assert found["proposal"]["reason"] == "Works"
    assert found["proposal"]["starts_at"].startswith(f"{day_ahead(21)}T14:00")
    assert found["turn"] == "you"
    stale = act(claire, row, "accept-proposal", revision=0)
    assert stale.json()["code"] == "rooms.move_refused"
    done = act(claire, row, "accept-proposal").json()
    assert done["state"] == "confirmed"
    assert done["starts_at"].startswith(f"{day_ahead(21)}T14:00")


def test_a_proposal_is_declined_and_one_that_is_gone_says_what_is_in_the_way(
    booking, claire, agent, room
):
    row = proposed(booking, agent)
    make_booking(viewer_of(make_user()), room, span_on(day_ahead(21), 15, 17))
    gone = act(claire, row, "accept-proposal")
    assert (gone.status_code, gone.json()["code"]) == (409, "rooms.slot_taken")
    assert [one["state"] for one in gone.json()["in_the_way"]] == ["option"]
    done = act(claire, row, "decline-proposal").json()
    assert (done["state"], done["proposal"]) == ("pending", None)


def test_messages_and_documents_are_written_once(booking, claire):
    path = f"bookings/{booking.reference}/messages/"
    first = post(claire, path, {"body": "Is there a piano?"}, key="m1")
    again = post(claire, path, {"body": "Is there a piano?"}, key="m1")
    assert (first.status_code, again.json()["id"]) == (201, first.json()["id"])
    assert [row["body"] for row in get(claire, path).json()] == ["Is there a piano?"]
    assert post(claire, path, {"body": " "}).json()["code"] == "rooms.message_empty"
    assert post(claire, path, {"body": "x" * 5001}).json()["code"] == "discussions.too_long"
    assert BookingMessage.objects.count() == 1


def post_files(client, booking, files):
    return client.post(
        f"{ROOT}bookings/{booking.reference}/messages/",
        {"files": files, "body": "Here"},
        headers={"Idempotency-Key": "d2"},
    )


def upload(client, booking, name, files, **data):
    return client.post(
        f"{ROOT}bookings/{booking.reference}/{name}/",
        {"files": files, **data},
        headers={"Idempotency-Key": "d1"},
    )


def test_documents_go_into_the_discussion_and_are_handed_out_to_both_sides(booking, claire):
    made = upload(claire, booking, "documents", [letter("plan.pdf"), letter("two.pdf")])
    assert made.status_code == 201, made.content
    assert [row["name"] for row in made.json()] == ["plan.pdf", "two.pdf"]
    path = f"bookings/{booking.reference}/documents/{made.json()[0]['id']}/"
    answer = get(claire, path)
    assert b"".join(answer.streaming_content).startswith(b"%PDF")
    assert get(log_in(Client(), make_user()), path).status_code == 404
    assert upload(claire, booking, "documents", []).json()["code"] == "uploads.empty"
    refused = post_files(claire, booking, [SimpleUploadedFile("a.exe", b"MZ")])
    assert (refused.status_code, refused.json()["code"]) == (422, "uploads.type_refused")


def test_the_calendar_file_is_the_one_of_the_pages(booking, claire):
    answer = get(claire, f"bookings/{booking.reference}/calendar.ics")
    assert answer["Content-Type"].startswith("text/calendar")
    assert booking.uid in answer.content.decode().replace("\r\n ", "")
