"""What everybody reads about rooms by API: as on the pages, kept by readers, and never about people."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from eservices.enums import Level, MembershipState
from rooms.actions import blocks
from rooms.api.urls import urlpatterns as routes
from rooms.backoffice.room_forms import RoomForm
from rooms.enums import BlockKind, BookingState, FeatureKind, Layout, PendingPolicy, PriceUnit
from rooms.models import Booking, RoomCapacity, RoomExtra, RoomFeature, RoomTerms, Tariff
from rooms.queries.availability import shown_rooms
from rooms.queries.clock import local
from rooms.queries.places import RESERVED
from rooms.queries.quotes import quote
from rooms.queries.weeks import monday_of, week_of
from rooms.urls import urlpatterns as pages
from tests.addresses import at
from tests.factories.eservices import log_in, make_user
from tests.factories.organisations import make_membership, make_organisation
from tests.factories.rooms import (
    day_ahead,
    make_booking,
    make_room,
    make_site,
    make_text,
    make_units,
    span_on,
)
from tests.factories.submissions import viewer_of
from tests.factories.teams import make_team_agent
from tests.rooms.api.calls import ROOT, get, post, slot

pytestmark = [pytest.mark.django_db, pytest.mark.feature("E6"), pytest.mark.feature("E2")]

#: Planted in every personal field of a booking; nothing public may hold it.
MARK = "Zyxgeheim"


def planted(room, **fields):
    """A booking and a block whose personal fields all hold the mark."""
    user = make_user(f"{MARK}@example.org".lower(), first_name=MARK, last_name=MARK)
    booking = make_booking(
        viewer_of(user),
        room,
        span_on(day_ahead(), 10, 12),
        purpose=f"{MARK} purpose",
        setup=f"{MARK} setup",
        public_title=f"{MARK} title",
    )
    Booking.objects.filter(pk=booking.pk).update(reason=f"{MARK} reason", **fields)
    agent = make_team_agent(last_name=MARK)
    room.team.members.add(agent)
    blocks.block(
        room=room,
        span=span_on(day_ahead(), 14, 16),
        kind=BlockKind.MAINTENANCE,
        title=f"{MARK} block",
        by=agent,
    )
    return booking


@pytest.mark.parametrize("state", [BookingState.PENDING, BookingState.CONFIRMED])
def test_no_public_answer_holds_anything_personal(room, state):
    booking = planted(room, state=state)
    anybody, stranger = Client(), log_in(Client(), make_user())
    span = span_on(day_ahead(), 10, 12)
    bodies = {
        "quote/": {"room": room.code, "slots": [slot(span)]},
        "dry-run/": {
            "room": room.code,
            "series": {
                "first": day_ahead().isoformat(),
                "start": "10:00",
                "end": "12:00",
                "count": 3,
            },
        },
    }
    answers = [
        get(client, path)
        for client in (anybody, stranger)
        for path in ("", f"{room.code}/", f"{room.code}/availability/", "availability/")
    ]
    answers += [post(stranger, path, body) for path, body in bodies.items()]
    taken = {"room": room.code, "slots": [slot(span)], "purpose": "x", "attendees": 5}
    answers.append(post(stranger, "bookings/", taken))
    for answer in answers:
        text = answer.content.decode().lower()
        assert MARK.lower() not in text, answer.request["PATH_INFO"]
        assert booking.reference.lower() not in text
        assert str(booking.public_id) not in text
    assert [answer.status_code for answer in answers] == [200] * 10 + [409]


def test_the_details_say_what_the_page_says(room):
    make_text(room, description="<p>Une <b>salle</b></p>", access="Rampe")
    make_text(room, "de", title="Saal", summary="Ein Saal.")
    loop = RoomFeature.objects.create(
        code="loop", kind=FeatureKind.ACCESS, names={"fr": "Boucle", "de": "Schleife"}
    )
    room.features.set([loop])
    room.level, room.kinds = Level.SUBSTANTIAL, ["citizen", "association"]
    room.save()
    RoomCapacity.objects.create(room=room, layout=Layout.THEATRE, persons=40)
    RoomExtra.objects.create(room=room, code="beamer", names={"fr": "Projecteur"}, amount_cents=900)
    Tariff.objects.create(room=room, unit=PriceUnit.HOUR, amount_cents=1500, deposit_cents=5000)
    RoomTerms.objects.create(number=2, texts={"fr": "<p>Règles</p>", "de": "<p>Regeln</p>"})

    found = get(Client(), f"{room.code}/").json()
    assert found["title"] == f"{room.name} (fr)"
    assert "<b>salle</b>" in found["description"]
    assert found["layouts"] == [{"layout": "theatre", "name": "Chaises en rangées", "persons": 40}]
    assert found["extras"] == [
        {"code": "beamer", "name": "Projecteur", "amount": "9.00", "max_count": 1}
    ]
    assert found["tariffs"][0]["amount"] == "15.00"
    assert found["opening_rules"][0]["weekday"] == 1
    assert found["opening_rules"][0]["opens"] == "08:00"
    assert found["rules"]["level"] == "substantial"
    assert found["terms"]["number"] == 2
    assert found["calendars"]["ics"].endswith(f"/ical/rooms/{room.code}.ics")
    german = get(Client(), f"{room.code}/", {"locale": "de"}).json()
    assert german["title"] == "Saal"
    assert german["features"] == [{"code": "loop", "kind": "access", "name": "Schleife"}]
    assert german["url"].startswith("/de/")
    assert german["terms"]["text"] == "<p>Regeln</p>"
    assert get(Client(), f"{room.code}/", {"locale": "xx"}).status_code == 404


def test_the_list_finds_as_the_page_does(room):
    site = make_site(code="moulin", name="Le Moulin")
    large = make_room(*make_units("a", site=site), max_persons=200)
    make_text(large, title="Grande salle", summary="Avec scène")

    def codes(**query):
        answer = get(Client(), "", query)
        assert answer.status_code == 200, answer.content
        return [row["code"] for row in answer.json()["results"]]

    assert codes(people=100) == [large.code]
    assert codes(site="moulin") == codes(q="moulin") == codes(q="grande scène") == [large.code]
    assert codes(q="rien") == []
    day = day_ahead()
    make_booking(viewer_of(make_user()), large, span_on(day, 10, 12))
    asked = {"day": day.isoformat(), "start": "10:00", "end": "12:00"}
    rows = get(Client(), "", asked).json()["results"]
    assert [(row["code"], row["free"]) for row in rows] == [(room.code, True), (large.code, False)]
    page = Client().get(at("rooms", "fr"), asked).content.decode()
    assert page.index(room.name) < page.index("Grande salle")
    refused = get(Client(), "", {"start": "10:00"})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/day")
    assert get(Client(), "", {"tag": "nothing"}).status_code == 422
    assert get(Client(), "", {"day": "9999-12-31"}).status_code == 422


def test_who_is_logged_in_reads_the_prices_of_the_profile_in_use(room, claire):
    Tariff.objects.create(room=room, amount_cents=2000, profile_kind="citizen")
    Tariff.objects.create(room=room, amount_cents=500, profile_kind="association")
    row = make_membership(
        claire.user,
        make_organisation("Harmonie", kind="association"),
        state=MembershipState.CONFIRMED,
    )
    assert get(Client(), "").json()["results"][0]["price"]["kind"] == "citizen"
    log_in(claire, claire.user, profile=row.profile)
    answer = get(claire, "")
    assert answer.json()["results"][0]["price"]["kind"] == "association"
    assert "5,00" in answer.json()["results"][0]["price"]["text"]
    assert answer["Cache-Control"] == "private, no-cache"
    span = span_on(day_ahead(), 10, 12)
    body = {"room": room.code, "slots": [slot(span)]}
    assert post(claire, "quote/", body).json()["sum"]["total"] == "10.00"
    assert post(Client(), "quote/", body).json()["sum"]["total"] == "40.00"


@pytest.mark.parametrize("policy", [PendingPolicy.BLOCK, PendingPolicy.COMPETE])
def test_page_and_api_agree_on_every_hour_of_a_week(policy):
    room = make_room(
        hours=((8, 14), (16, 24)), buffer_after=30, pending_policy=policy, min_lead_hours=72
    )
    monday = monday_of(day_ahead(0) + timedelta(days=7))
    for number, start in enumerate((9, 11, 18)):
        span = span_on(monday + timedelta(days=3 + number % 2), start, start + 1)
        booking = make_booking(viewer_of(make_user()), room, span)
        if number:
            Booking.objects.filter(pk=booking.pk).update(state=BookingState.CONFIRMED)
    rows = get(
        Client(),
        f"{room.code}/availability/",
        {"from": monday.isoformat(), "to": (monday + timedelta(days=6)).isoformat()},
    ).json()["results"][0]["states"]
    loaded, now = shown_rooms().get(pk=room.pk), timezone.now()

    assert rows[0]["starts_at"][:16] == f"{monday}T00:00"
    for before, after in zip(rows, rows[1:], strict=False):
        assert before["ends_at"] == after["starts_at"]  # no gap
    for day in week_of(loaded, monday, now=now).days:
        for cell in day.cells:
            start, end = (local(at).isoformat() for at in (cell.span.start, cell.span.end))
            inside = {r["state"] for r in rows if r["starts_at"] < end and r["ends_at"] > start}
            word = cell.word.value
            if word in ("free", "closed"):
                assert inside == {word}, (start, cell.word)
            elif word == "past":  # the page tells whole hours
                assert "closed" in inside, (start, cell.word, inside)
            else:
                assert word in inside or inside == {"closed"}, (start, cell.word, inside)


def test_what_is_kept_free_around_a_booking_is_busy_and_a_request_is_an_option():
    room = make_room(buffer_before=15, buffer_after=30)
    day = day_ahead()
    booking = make_booking(viewer_of(make_user()), room, span_on(day, 10, 12))
    Booking.objects.filter(pk=booking.pk).update(state=BookingState.CONFIRMED)
    make_booking(viewer_of(make_user()), room, span_on(day, 18, 19))
    days = {"from": day.isoformat(), "to": day.isoformat()}
    rows = get(Client(), f"{room.code}/availability/", days).json()["results"][0]["states"]
    assert [(r["starts_at"][11:16], r["ends_at"][11:16], r["state"]) for r in rows] == [
        ("00:00", "08:00", "closed"),
        ("08:00", "09:15", "free"),
        ("09:15", "12:45", "busy"),  # what another booking would keep free counts too
        ("12:45", "17:15", "free"),
        ("17:15", "19:45", "option"),
        ("19:45", "22:00", "free"),
        ("22:00", "00:00", "closed"),
    ]


def test_page_and_api_agree_on_the_price(room):
    Tariff.objects.create(room=room, amount_cents=1250, vat_percent=21, deposit_cents=2000)
    RoomExtra.objects.create(room=room, code="beamer", names={"en": "Beamer"}, amount_cents=900)
    spans = [span_on(day_ahead(), 10, 12), span_on(day_ahead(11), 10, 13)]
    body = {"room": room.code, "slots": [slot(s) for s in spans], "extras": {"beamer": 1}}
    told = post(Client(), "quote/", body).json()
    prices = [quote(room, span, kind="citizen", extras={"beamer": 1}) for span in spans]
    assert [row["price"]["total"] for row in told["slots"]] == ["34.00", "46.50"]
    assert sum(price.total_cents for price in prices) == 8050
    assert told["sum"]["total"] == "80.50"
    assert told["sum"]["total_text"] == "€80.50"
    assert told["sum"]["vat"] == f"{sum(p.vat_cents for p in prices) / 100:.2f}"
    assert [line["label"] for line in told["slots"][0]["price"]["lines"]][1] == "Beamer"
    page = Client().get(
        at("room", "en", code=room.code),
        {"time": f"{day_ahead()}T10:00/{day_ahead()}T12:00"},
    )
    assert "€25.00" in page.content.decode()  # extras are asked on the next page
    first, second = (row["refusal"] for row in told["slots"])
    assert (first, second) == (None, None)
    make_booking(viewer_of(make_user()), room, spans[0])
    told = post(Client(), "quote/", body).json()
    assert told["slots"][0]["refusal"]["code"] == "rooms.slot_taken"


def test_readers_keep_answers_until_something_changes(room):
    path = f"{ROOT}{room.code}/availability/?from={day_ahead()}&to={day_ahead()}"
    first = Client().get(path)
    assert Client().get(path, headers={"If-None-Match": first["ETag"]}).status_code == 304
    assert first["Cache-Control"] == "public, max-age=60"
    assert not first.cookies
    make_booking(viewer_of(make_user()), room, span_on(day_ahead(), 10, 12))
    changed = Client().get(path, headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]


def test_fifty_rooms_cost_no_more_queries_than_one(room):
    def queries(path, **query):
        with CaptureQueriesContext(connection) as seen:
            assert get(Client(), path, query).status_code == 200
        return len(seen)

    month = {"from": day_ahead().isoformat(), "to": day_ahead(40).isoformat()}
    get(Client(), "")  # what is remembered of the site
    few = queries("availability/", **month), queries("")
    for number in range(49):
        other = make_room(make_units("a")[0])
        make_text(other)
        if number < 5:
            make_booking(viewer_of(make_user()), other, span_on(day_ahead(), 10, 12))
    many = queries("availability/", **month), queries("")

    assert many[0] == few[0] <= 8
    assert many[1] <= few[1] + 1
    assert queries("availability/", rooms=[room.code]) <= 8
    assert get(Client(), "availability/").json()["results"][49]


@pytest.mark.parametrize(
    "period",
    [
        {"from": "2026-13-01"},
        {"from": "2026-12-02", "to": "2026-12-01"},
        {"from": "2026-01-01", "to": "2026-03-04"},
        {"from": "9999-12-31"},
    ],
)
def test_a_period_has_two_days_and_at_most_sixty_two(room, period):
    answer = get(Client(), f"{room.code}/availability/", period)
    assert (answer.status_code, answer.json()["code"]) == (422, "rooms.period_refused")


def test_sixty_two_days_are_answered(room):
    last = date(2027, 1, 1) + timedelta(days=61)
    answer = get(Client(), "availability/", {"from": "2027-01-01", "to": last.isoformat()})
    assert answer.status_code == 200


def test_rooms_that_are_not_shown_do_not_exist():
    hidden = make_room(published=False)
    for path in (f"{hidden.code}/", f"{hidden.code}/availability/"):
        assert get(Client(), path).status_code == 404
    assert get(Client(), "availability/", {"rooms": hidden.code}).json()["results"] == []
    body = {"room": hidden.code, "slots": [slot(span_on(day_ahead(), 10, 12))]}
    assert post(Client(), "quote/", body).status_code == 404


def test_no_room_can_have_a_code_that_addresses_use_already():
    """What stands where a code does, on the pages in four languages and in the API."""
    taken = set()
    for language in ("fr", "nl", "de", "en"):
        with translation.override(language):
            for entry in [*pages, *routes]:
                first = str(entry.pattern).partition("/")[0]
                if first and not first.startswith("<"):
                    taken.add(first)
    assert taken == RESERVED
    form = RoomForm.clean_code
    for word in sorted(RESERVED):
        with pytest.raises(ValidationError):
            form(SimpleNamespace(cleaned_data={"code": word}))
    assert form(SimpleNamespace(cleaned_data={"code": "moulin"})) == "moulin"
