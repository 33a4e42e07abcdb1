"""Asking for a room by API: the rules and refusals of the page, and no booking twice."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from eservices.actions import idempotency
from eservices.enums import Level, MembershipState
from eservices.models import KeptAnswer
from rooms.enums import Approval, BookingState, Layout, PriceUnit
from rooms.models import Booking, BookingSeries, RoomCapacity, RoomTerms, Tariff
from rooms.queries.clock import local
from tests.factories.eservices import log_in, make_user
from tests.factories.organisations import make_membership, make_organisation
from tests.factories.rooms import day_ahead, make_booking, make_room, span_on
from tests.factories.submissions import viewer_of
from tests.rooms.api.calls import get, post, slot, wanted

pytestmark = [pytest.mark.django_db, pytest.mark.feature("E6"), pytest.mark.feature("A24")]


def test_a_request_is_made_read_and_listed(claire, room):
    Tariff.objects.create(room=room, unit=PriceUnit.HOUR, amount_cents=1250, deposit_cents=5000)
    span = span_on(day_ahead(), 10, 12)

    made = post(claire, "bookings/", wanted(room, span))

    assert made.status_code == 201, made.content
    (found,) = made.json()["results"]
    assert found["state"] == "pending"
    assert (found["starts_at"], found["ends_at"]) == tuple(slot(span).values())
    assert found["price"]["total"] == "25.00"
    assert found["price"]["deposit"] == "50.00"
    assert found["price"]["lines"][0]["count"] == "2"
    booking = Booking.objects.get()
    assert booking.profile == claire.user.citizen_profile
    assert get(claire, f"bookings/{booking.reference}/").json() == found
    assert [row["reference"] for row in get(claire, "bookings/").json()["results"]] == [
        booking.reference
    ]
    assert made["Cache-Control"] == "private, no-store"


def test_the_same_key_twice_is_one_booking_with_the_same_answer(claire, room):
    body = wanted(room, span_on(day_ahead(), 10, 12))
    first = post(claire, "bookings/", body, key="k1")
    again = post(claire, "bookings/", body, key="k1")

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert "Idempotency-Replayed" not in first.headers
    assert again["Idempotency-Replayed"] == "true"
    assert Booking.objects.count() == 1


def test_a_key_is_for_one_content_one_person_and_one_day(claire, room):
    body = wanted(room, span_on(day_ahead(), 10, 12))
    post(claire, "bookings/", body, key="k1")

    other = post(claire, "bookings/", body | {"attendees": 11}, key="k1")
    assert (other.status_code, other.json()["code"]) == (409, "idempotency.conflict")
    stranger = log_in(Client(), make_user())
    assert post(stranger, "bookings/", body, key="k1").json()["code"] == "rooms.slot_taken"
    with time_machine.travel(timezone.now() + timedelta(hours=25), tick=False):
        idempotency.forget_old()
        assert not KeptAnswer.objects.exists()
        log_in(claire, claire.user)
        late = post(claire, "bookings/", body, key="k1")
    assert late.json()["results"][0]["reference"] == Booking.objects.get().reference


def test_after_a_refusal_the_key_is_free(claire, room):
    body = wanted(room, span_on(day_ahead(), 10, 12))
    refused = post(claire, "bookings/", body | {"attendees": 1000}, key="k1")
    assert refused.json()["code"] == "rooms.attendees_refused"
    assert post(claire, "bookings/", body, key="k1").status_code == 201


@pytest.mark.parametrize("key", ["", " ", "x" * 256])
def test_a_request_needs_a_key(claire, room, key):
    body = wanted(room, span_on(day_ahead(), 10, 12))
    answer = claire.post(
        "/api/v1/rooms/bookings/",
        body,
        content_type="application/json",
        headers={"Idempotency-Key": key} if key else {},
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency.key_missing")
    assert not Booking.objects.exists()


def test_what_is_in_the_way_is_told_without_people(claire, room):
    day = day_ahead()
    other = viewer_of(make_user(first_name="Ysolde", last_name="Geheim"))
    make_booking(other, room, span_on(day, 11, 13), purpose="Secret meeting")

    answer = post(claire, "bookings/", wanted(room, span_on(day, 10, 12)))

    assert (answer.status_code, answer.json()["code"]) == (409, "rooms.slot_taken")
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["in_the_way"] == [slot(span_on(day, 11, 13)) | {"state": "option"}]
    assert not {"Ysolde", "Geheim", "Secret"} & set(answer.content.decode().split())
    assert "Geheim" not in answer.content.decode()


def test_several_times_are_asked_for_together_or_not_at_all(claire, room):
    day = day_ahead()
    both = wanted(room, span_on(day, 10, 12), span_on(day, 14, 16))
    make_booking(viewer_of(make_user()), room, span_on(day, 15, 17))
    assert post(claire, "bookings/", both).status_code == 409
    assert Booking.objects.count() == 1

    made = post(claire, "bookings/", wanted(room, span_on(day, 8, 9), span_on(day, 18, 19)))
    assert made.json()["count"] == 2
    assert len({row["series"] for row in made.json()["results"]}) == 1


def series(first, **fields):
    return {
        "first": first.isoformat(),
        "start": "19:00",
        "end": "21:00",
        "count": 4,
    } | fields


def test_a_series_lists_its_conflicts_first_and_is_sent_with_what_to_do_about_them(claire, room):
    first = day_ahead(7)
    second, third = first + timedelta(days=7), first + timedelta(days=14)
    make_booking(viewer_of(make_user(last_name="Geheim")), room, span_on(second, 20, 22))
    recipe = series(first)

    dry = post(claire, "dry-run/", {"room": room.code, "series": recipe})
    assert dry.status_code == 200, dry.content
    assert [row["state"] for row in dry.json()["results"]] == ["free", "taken", "free", "free"]
    assert (dry.json()["free"], dry.json()["conflicts"]) == (3, 1)
    assert b"Geheim" not in dry.content

    refused = post(claire, "bookings/", wanted(room, series=recipe))
    assert (refused.status_code, refused.json()["code"]) == (409, "rooms.series_not_free")
    assert [row["day"] for row in refused.json()["dates"]] == [second.isoformat()]

    choices = [
        {"day": second.isoformat(), "start": "17:00", "end": "19:00"},
        {"day": third.isoformat(), "skip": True},
    ]
    made = post(claire, "bookings/", wanted(room, series=recipe | {"choices": choices}))
    assert made.status_code == 201, made.content
    hours = [(local(b.starts_at).date(), local(b.starts_at).hour) for b in own(claire)]
    assert hours == [(first, 19), (second, 17), (first + timedelta(days=21), 19)]
    skipped = BookingSeries.objects.get().skipped
    assert [row["day"] for row in skipped] == [third.isoformat()]


def own(client):
    return Booking.objects.filter(acting_user=client.user).order_by("starts_at")


def test_in_the_name_of_an_organisation_without_switching_the_session(claire, room):
    organisation = make_organisation("Harmonie")
    row = make_membership(claire.user, organisation, state=MembershipState.CONFIRMED)
    profile = str(row.profile.public_id)
    made = post(claire, "bookings/", wanted(room, span_on(day_ahead(), 10, 12), profile=profile))
    assert made.status_code == 201, made.content
    booking = Booking.objects.get()
    assert booking.profile == row.profile
    assert booking.acted_as["membership"] == str(row.public_id)
    foreign = make_membership(make_user(), make_organisation("Autre")).profile
    body = wanted(room, span_on(day_ahead(), 14, 16), profile=str(foreign.public_id))
    assert post(claire, "bookings/", body).status_code == 404
    assert post(claire, "bookings/", body | {"profile": str(uuid4())}).status_code == 404


def test_a_room_that_asks_for_a_surer_identification_says_where(claire):
    room = make_room(level=Level.SUBSTANTIAL)
    answer = post(claire, "bookings/", wanted(room, span_on(day_ahead(), 10, 12)))
    assert (answer.status_code, answer.json()["code"]) == (403, "step_up_required")
    assert answer.json()["level"] == "substantial"
    assert f"item={room.code}" in answer.json()["url"]


def refused_times():
    return {
        "rooms.closed": (span_on(day_ahead(), 6, 9), {}),
        "rooms.too_short": (span_on(day_ahead(), 10, 11), {"min_minutes": 120}),
        "rooms.too_long": (span_on(day_ahead(), 10, 13), {"max_minutes": 120}),
        "rooms.too_soon": (span_on(day_ahead(2), 10, 12), {"min_lead_hours": 240}),
        "rooms.too_far": (span_on(day_ahead(9), 10, 12), {"max_lead_days": 5}),
        "rooms.whole_days_only": (span_on(day_ahead(), 10, 12), {"whole_days": True}),
        "rooms.outside_season": (span_on(day_ahead(), 10, 12), {"active_from": day_ahead(30)}),
    }


@pytest.mark.parametrize("code", list(refused_times()))
def test_each_rule_about_times_answers_with_its_code(claire, code):
    span, fields = refused_times()[code]
    room = make_room(**fields)
    answer = post(claire, "bookings/", wanted(room, span))
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    quoted = post(Client(), "quote/", {"room": room.code, "slots": [slot(span)]})
    told = quoted.json()
    refused = told["slots"][0]["refusal"] if quoted.status_code == 200 else told
    assert refused["code"] == code


def test_each_rule_about_the_wish_answers_with_its_code(claire, room):
    RoomCapacity.objects.create(room=room, layout=Layout.MEETING, persons=5)
    span = span_on(day_ahead(), 10, 12)

    def code(**fields):
        return post(claire, "bookings/", wanted(room, span, **fields)).json()["code"]

    assert code(attendees=1000) == "rooms.attendees_refused"
    assert code(layout="meeting") == "rooms.layout_too_small"
    assert code(layout="banquet") == "rooms.layout_unknown"
    assert code(extras={"beamer": 1}) == "rooms.extra_unknown"
    assert code(purpose=" ") == "invalid"
    RoomTerms.objects.create(number=3, texts={"fr": "<p>Règles</p>"})
    assert code() == "rooms.terms_not_accepted"
    assert code(terms=2) == "rooms.terms_not_accepted"
    half = {
        "starts_at": f"{day_ahead()}T10:10:00+01:00",
        "ends_at": f"{day_ahead()}T12:00:00+01:00",
    }
    assert post(claire, "bookings/", wanted(room, terms=3, slots=[half])).json()["code"] == (
        "rooms.not_in_steps"
    )
    room.kinds = ["association"]
    room.save()
    assert code(terms=3) == "rooms.kind_not_accepted"
    room.kinds, room.max_active = [], 0
    room.save()
    assert code(terms=3) == "rooms.too_many"
    room.max_active, room.series_allowed = None, False
    room.save()
    assert code(terms=3, series=series(day_ahead()), slots=None) == "invalid"
    body = wanted(room, terms=3, series=series(day_ahead()))
    assert post(claire, "bookings/", body).json()["code"] == "rooms.series_not_allowed"
    assert (
        post(claire, "bookings/", wanted(room, series=series(day_ahead(), count=1))).json()["code"]
        == "rooms.series_refused"
    )
    backwards = {"starts_at": slot(span)["ends_at"], "ends_at": slot(span)["starts_at"]}
    assert post(claire, "bookings/", wanted(room, terms=3, slots=[backwards])).json()["code"] == (
        "rooms.end_not_later"
    )
    assert post(claire, "bookings/", wanted(make_room(published=False), span)).status_code == 404


@pytest.mark.parametrize("at", ["2026-12-24T10:00:00", "2026-12-24", "9999-12-31T23:00:00-05:00"])
def test_a_moment_needs_its_offset_and_a_year_that_somebody_uses(claire, room, at):
    body = wanted(room, slots=[{"starts_at": at, "ends_at": at}])
    answer = post(claire, "bookings/", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert answer.json()["errors"][0]["pointer"] == "/slots/0/starts_at"


def test_a_room_that_confirms_by_itself_answers_a_confirmed_booking(claire):
    room = make_room(approval=Approval.AUTOMATIC)
    made = post(claire, "bookings/", wanted(room, span_on(day_ahead(), 10, 12)))
    assert made.json()["results"][0]["state"] == BookingState.CONFIRMED


def test_nothing_is_kept_of_a_person_who_is_erased(claire, room):
    post(claire, "bookings/", wanted(room, span_on(day_ahead(), 10, 12)))
    assert KeptAnswer.objects.filter(user=claire.user).count() == 1
    idempotency.forget(user=claire.user)
    assert not KeptAnswer.objects.exists()
