"""The calendar of a room for pages of others, and the screen at its door: public, cookieless, without names."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from eservices import formats
from eservices.models import PortalSession
from rooms.actions import blocks, decisions
from rooms.enums import Approval, BlockKind, PendingPolicy
from rooms.models import Booking
from rooms.queries.clock import Span, local
from rooms.queries.opening import opening_hours
from rooms.queries.today import Now, today_of
from rooms.views.embed import VIEWS
from rooms.views.today import MOST_USES, day_words, shown_uses, until_words
from tests.addresses import at
from tests.factories.eservices import log_in, make_user
from tests.factories.rooms import (
    day_ahead,
    make_booking,
    make_room,
    make_text,
    make_units,
    span_on,
)
from tests.factories.submissions import viewer_of
from tests.rooms.calendars import fetch

pytestmark = [pytest.mark.django_db, pytest.mark.feature("X12", "A24")]


def data(room, **query):
    answer = Client().get(f"/embed/rooms/{room.code}.json", query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def week_with(day):
    year, week, _day = day.isocalendar()
    return f"{year}-W{week:02d}"


def cells_on(found, day):
    return [
        (cell["hours"], cell["word"])
        for row in found["rows"]
        if row["day"] == day.isoformat()
        for cell in row["cells"]
    ]


@pytest.fixture
def claire():
    return viewer_of(make_user(first_name="Claire", last_name="Personne"))


def test_the_week_says_in_words_what_the_page_says(claire):
    room = make_room()
    make_text(room, title="Salle des fêtes")
    make_booking(claire, room, span_on(day_ahead(), 10, 12))
    found = data(room, lang="fr", week=week_with(day_ahead()))
    page = Client().get(at("room", "fr", code=room.code), {"week": week_with(day_ahead())})

    assert found["room"]["name"] == "Salle des fêtes"
    words = [word for _hours, word in cells_on(found, day_ahead())]
    assert "Occupé" in words or "Option" in words
    for row in found["rows"]:
        for cell in row["cells"]:
            assert cell["word"] in page.content.decode()
            if cell["url"]:
                path = cell["url"].partition("//")[2].partition("/")[2]
                assert Client().get("/" + path.partition("#")[0]).status_code == 200


@pytest.mark.parametrize("language", ["fr", "nl", "de", "en", "de-BE"])
@pytest.mark.parametrize("view", VIEWS)
def test_it_speaks_the_language_of_the_page(language, view):
    answer = Client().get(f"/embed/rooms/{make_room().code}.json", {"lang": language, view: ""})
    found = answer.json()
    assert found["lang"] == answer["Content-Language"] == language[:2]
    assert found["view"] == view
    with translation.override(language[:2]):
        assert found["words"]["today"] == translation.gettext("Today")
    assert f"/{language[:2]}/" in found["room"]["url"]


def test_an_unknown_language_becomes_the_municipalitys_own(settings):
    assert data(make_room(), lang="ru")["lang"] == settings.LANGUAGE_CODE


@pytest.mark.parametrize("view", VIEWS)
def test_nobody_reads_who_booked(claire, view):
    secret = "Planted-4711"
    room = make_room(pending_policy=PendingPolicy.COMPETE, approval=Approval.MANUAL)
    booking = make_booking(claire, room, span_on(day_ahead(), 10, 12), purpose=secret, setup=secret)
    Booking.objects.filter(pk=booking.pk).update(public_title=secret)
    claire.user.last_name = secret
    claire.user.save()
    texts = [
        json.dumps(data(room, **{view: ""})),
        json.dumps(data(room, week=week_with(day_ahead()))),
        fetch(at("room-today", "fr", code=room.code)).content.decode(),
    ]
    for text in texts:
        assert secret not in text
        assert booking.reference not in text


@pytest.mark.parametrize("path", ["/embed/room-calendar.js", "/embed/rooms/{code}.json"])
def test_any_site_may_read_it_without_cookies_and_keep_it(path):
    room = make_room()
    client = log_in(Client(), make_user())
    answer = client.get(path.format(code=room.code))
    assert answer.status_code == 200
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer["Cache-Control"].startswith("public, max-age=")
    assert not answer.cookies
    assert "Cookie" not in answer.get("Vary", "")
    again = Client().get(path.format(code=room.code), headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304
    assert again["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("view", VIEWS)
def test_who_has_it_is_told_so_before_anything_is_read(view, django_assert_max_num_queries):
    room = make_room()
    path = f"/embed/rooms/{room.code}.json?lang=de&{view}="
    with time_machine.travel("2026-06-22T08:01:00Z", tick=False):
        etag = fetch(path)["ETag"]
        with django_assert_max_num_queries(3):
            again = fetch(path, **{"If-None-Match": etag})
        assert again.status_code == 304
        assert not again.content
        assert again["ETag"] == etag
        assert fetch(path.replace("de", "nl"))["ETag"] != etag


@pytest.mark.parametrize("view", VIEWS)
def test_what_changes_a_calendar_changes_its_version(claire, view):
    room = make_room(approval=Approval.MANUAL)
    other = make_room(*room.units.all())
    agent = make_user(is_staff=True)
    room.team.members.add(agent)
    path = f"/embed/rooms/{room.code}.json?lang=fr&{view}="
    seen = []

    def changed():
        answer = fetch(path)
        fresh = answer["ETag"] not in seen
        seen.append(answer["ETag"])
        return fresh

    with time_machine.travel("2026-06-22T08:01:00Z", tick=False):
        assert changed()
        booking = make_booking(claire, room, span_on(day_ahead(1), 10, 12))
        assert changed()
        assert not changed()
        decisions.confirm(booking=booking, by=agent, revision=booking.revision)
        assert changed()
        booking.refresh_from_db()
        decisions.revoke(booking=booking, by=agent, revision=booking.revision, reason="Travaux")
        assert changed()
        span = span_on(day_ahead(2), 8, 12)
        block = blocks.block(room=other, span=span, kind=BlockKind.MAINTENANCE, title="", by=agent)
        assert changed()
        blocks.unblock(block=block, by=agent)
        assert changed()
        assert not changed()
    with time_machine.travel(
        "2026-06-22T08:06:00Z", tick=False
    ):  # hours of opening, and time itself
        assert changed()


def test_today_stands_out(claire):
    room = make_room()
    with time_machine.travel("2026-06-24T08:01:00Z", tick=False):
        days = data(room, week="2026-W26")["rows"]
        assert [row["day"] for row in days if row["current"]] == ["2026-06-24"]
        month = [day for row in data(room, month="2026-06")["rows"] for day in row if day]
        assert [day["number"] for day in month if day["current"]] == [24]


def test_nothing_else_of_the_portal_may_be_read_by_other_sites():
    for path in ("/fr/", "/api/v1/session/", at("room", "fr", code=make_room().code)):
        assert "Access-Control-Allow-Origin" not in fetch(path)


@pytest.mark.parametrize(
    "query",
    [
        {"week": "2026-W54"},
        {"week": "x"},
        {"month": "2026-13"},
        {"week": "2099-W01"},
        {"month": "0"},
    ],
)
def test_what_is_no_week_is_refused_in_words(query):
    answer = Client().get(f"/embed/rooms/{make_room().code}.json", {"lang": "en", **query})
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "rooms.week_refused"
    assert "2026-W49" in answer.json()["title"]
    assert answer["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("published", [None, False])
def test_a_room_that_nobody_may_see_is_not_found(published):
    code = make_room(published=False).code if published is False else "nowhere"
    answer = Client().get(f"/embed/rooms/{code}.json", {"lang": "en"})
    assert answer.status_code == 404
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer.json()["code"] == "rooms.not_offered"
    assert "yours" not in answer.json()["title"]
    assert Client().get(at("room-today", "fr", code=code)).status_code == 404


def test_the_queries_do_not_grow_with_what_is_booked(claire):
    room = make_room()

    def queries():
        with CaptureQueriesContext(
            connection,
        ) as found:
            data(room, week=week_with(day_ahead()))
        return len(found)

    before = queries()
    for hour in range(9, 14):
        make_booking(claire, room, span_on(day_ahead(), hour, hour + 1))
    assert queries() == before <= 13


def test_the_script_holds_the_words_and_colours_of_this_municipality(settings):
    text = Client().get("/embed/room-calendar.js").content.decode()
    assert "__GUICHET__" not in text
    assert "--eg-accent" in text
    assert ":root" not in text
    for word in ("Noch einmal versuchen", "Réessayer", "Opnieuw proberen", "Try again"):
        assert word in text


def test_the_first_week_is_one_that_somebody_can_still_ask_for():
    room = make_room(min_lead_hours=24 * 9)
    first = data(room)["at"]
    assert first == week_with(day_ahead(9))
    page = Client().get(at("room", "en", code=room.code))
    assert page.context["week"]["name"] == first


# The screen at the door


def moment_on(day, hour):
    return span_on(day, hour, hour + 1).start


def test_the_screen_says_what_is_now_and_until_when(claire):
    a, b = make_units("a", "b")
    whole, part = make_room(a, b, approval=Approval.AUTOMATIC), make_room(a)
    day = day_ahead()
    make_booking(claire, whole, span_on(day, 10, 12))
    make_booking(claire, whole, span_on(day, 12, 13))

    def at_hour(hour):
        found = today_of(part, now=moment_on(day, hour))
        until = found.until and local(found.until).hour
        return found.state, until

    opens, closes = _hours(part, day)
    assert at_hour(opens) == (Now.FREE, 10)
    assert at_hour(10) == (Now.BUSY, 13)
    assert at_hour(13) == (Now.FREE, closes)
    assert today_of(part, now=moment_on(day, opens) - timedelta(hours=1)).state == Now.CLOSED
    assert len(today_of(part, now=moment_on(day, 9)).uses) == 2


def _hours(room, day):
    (span,) = opening_hours([room], day, day).open_spans(room)
    return local(span.start).hour, local(span.end).hour


def test_the_screen_says_when_the_room_is_free_next(claire):
    room = make_room(approval=Approval.AUTOMATIC)
    day = day_ahead()
    make_booking(claire, room, span_on(day, 10, 12))
    make_booking(claire, room, span_on(day, 14, 22))

    def next_free(hour):
        return today_of(room, now=moment_on(day, hour)).next_free

    assert next_free(9) is None  # it is free
    assert next_free(10) == span_on(day, 12, 14)
    assert next_free(15) == span_on(day + timedelta(days=1), 8, 22)
    assert next_free(23) == span_on(day + timedelta(days=1), 8, 22)
    path = at("room-today", "de", code=room.code)
    with time_machine.travel(moment_on(day, 10), tick=False):
        assert "12\u00a0– 14\u00a0Uhr" in fetch(path).content.decode()


def test_the_screen_of_a_room_that_is_taken_for_days():
    room, agent = make_room(hours=((0, 24),)), make_user(is_staff=True)
    room.team.members.add(agent)
    day = day_ahead()
    span = Span(span_on(day, 10, 12).start, span_on(day + timedelta(days=2), 9, 18).end)
    blocks.block(room=room, span=span, kind=BlockKind.MAINTENANCE, title="", by=agent)

    def words(day, hour):
        now = moment_on(day, hour)
        found = today_of(room, now=now)
        with translation.override("en"):
            return until_words(found, now), [day_words(use.span, day) for use in found.uses]

    last = day + timedelta(days=2)
    with translation.override("en"):
        that_day = formats.day_and_month(last)
    assert words(day, 11) == (f"until {that_day}", ["10:00\u00a0– 24:00"])
    assert words(day + timedelta(days=1), 11) == (f"until {that_day}", ["All day"])
    assert words(last, 11) == ("until 18:00", ["00:00\u00a0– 18:00"])
    assert words(last, 20) == ("", ["00:00\u00a0– 18:00"])  # open and free for weeks


def test_a_use_of_a_closed_room_does_not_open_it():
    room, agent = make_room(hours=((14, 22),)), make_user(is_staff=True)
    room.team.members.add(agent)
    day = day_ahead()
    span = span_on(day, 10, 11)
    blocks.block(room=room, span=span, kind=BlockKind.MAINTENANCE, title="", by=agent)
    found = today_of(room, now=moment_on(day, 9))
    assert (found.state, found.until) == (Now.CLOSED, moment_on(day, 14))
    assert today_of(room, now=moment_on(day, 10)).state == Now.BUSY
    assert today_of(room, now=moment_on(day, 22)).until is None


def test_a_night_belongs_to_its_evening():
    room, agent = make_room(hours=((8, 4),)), make_user(is_staff=True)
    room.team.members.add(agent)
    day = day_ahead()
    night = Span(span_on(day, 20, 21).start, span_on(day + timedelta(days=1), 2, 3).end)
    blocks.block(room=room, span=night, kind=BlockKind.MAINTENANCE, title="", by=agent)
    found = today_of(room, now=moment_on(day, 21))
    with translation.override("en"):
        assert until_words(found, moment_on(day, 21)) == "until 03:00"
        assert day_words(found.uses[0].span, day) == "20:00\u00a0– 03:00"


def test_more_than_fits_on_the_screen_is_counted():
    room, agent = make_room(), make_user(is_staff=True)
    room.team.members.add(agent)
    day = day_ahead()
    for hour in range(8, 20):
        span = Span(span_on(day, hour, hour + 1).start, span_on(day, hour, hour + 1).end)
        short = Span(span.start, span.end - timedelta(minutes=15))
        blocks.block(room=room, span=short, kind=BlockKind.MAINTENANCE, title="", by=agent)
    now = moment_on(day, 10)
    found = shown_uses(today_of(room, now=now).uses, now)
    assert len(found["uses"]) == MOST_USES
    assert found["uses"][0]["current"]
    assert found["more"] == 10 - MOST_USES
    late = shown_uses(today_of(room, now=moment_on(day, 18)).uses, moment_on(day, 18))
    assert (len(late["uses"]), late["more"]) == (2, 0)


def test_the_queries_of_the_screen_do_not_grow_with_what_is_booked(claire):
    room = make_room(approval=Approval.AUTOMATIC)

    def queries():
        with CaptureQueriesContext(connection) as found:
            today_of(room, now=moment_on(day_ahead(), 9))
        return len(found)

    before = queries()
    for hour in range(9, 14):
        make_booking(claire, room, span_on(day_ahead(), hour, hour + 1))
    assert queries() == before <= 5


def test_the_screen_shows_a_title_only_when_it_was_approved(claire):
    room = make_room(approval=Approval.AUTOMATIC)
    booking = make_booking(claire, room, span_on(day_ahead(), 10, 12), public_title="Concert")
    path = at("room-today", "fr", code=room.code)
    with time_machine.travel(moment_on(day_ahead(), 10), tick=False):
        assert "Concert" not in fetch(path).content.decode()
        Booking.objects.filter(pk=booking.pk).update(public_title_approved=True)
        text = fetch(path).content.decode()
    assert "Concert" in text
    assert "Occupé" in text
    assert "jusqu’à 12" in text


def test_requests_and_what_was_cancelled_are_not_on_the_screen(claire):
    room = make_room(approval=Approval.MANUAL)
    booking = make_booking(claire, room, span_on(day_ahead(), 10, 12))
    now = moment_on(day_ahead(), 10)
    assert today_of(room, now=now).state == Now.FREE
    agent = make_user(is_staff=True)
    room.team.members.add(agent)
    decisions.confirm(booking=booking, by=agent, revision=booking.revision)
    booking.refresh_from_db()
    assert today_of(room, now=now).uses[0].span == Span(booking.starts_at, booking.ends_at)
    decisions.revoke(booking=booking, by=agent, revision=booking.revision, reason="Travaux")
    assert today_of(room, now=now).uses == []


def test_a_blocked_time_is_busy_without_its_title():
    room = make_room()
    agent = make_user(is_staff=True)
    room.team.members.add(agent)
    span = span_on(day_ahead(), 10, 12)
    blocks.block(room=room, span=span, kind=BlockKind.MAINTENANCE, title="Chauffage", by=agent)
    with time_machine.travel(span.start, tick=False):
        text = fetch(at("room-today", "fr", code=room.code)).content.decode()
    assert "Chauffage" not in text
    assert "Occupé" in text


def test_the_screen_keeps_no_session_alive():
    room, user = make_room(), make_user()
    client = log_in(Client(), user)
    before = PortalSession.objects.get(user=user).last_active_at
    with time_machine.travel(before + timedelta(minutes=10), tick=False):
        answer = client.get(at("room-today", "fr", code=room.code))
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "public, max-age=15"
    assert not answer.cookies
    assert PortalSession.objects.get(user=user).last_active_at == before
    assert user.email not in answer.content.decode()
