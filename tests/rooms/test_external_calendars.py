"""Calendars of others block rooms: read over real HTTP from a small server, and never from our own network."""

import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import time_machine
from django.urls import reverse

from rooms.actions import external_calendars
from rooms.enums import CalendarFailure
from rooms.external import fetching
from rooms.external.fetching import CalendarUnread, fetch
from rooms.external.reading import events_in
from rooms.models import Block, ExternalCalendar, Occupancy
from rooms.queries.clock import Span, local
from tests.factories.eservices import log_in, make_user
from tests.factories.rooms import make_booking, make_room
from tests.factories.submissions import viewer_of
from tests.factories.teams import make_team_agent

pytestmark = [pytest.mark.feature("X12")]
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
WINDOW = Span(NOW, NOW + timedelta(days=548))


def ics(*events: str) -> bytes:
    parts = "".join(f"BEGIN:VEVENT\n{event}\nEND:VEVENT\n" for event in events)
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{parts}END:VCALENDAR\n"
    return text.replace("\n", "\r\n").encode()


def event(uid: str, start: str, end: str, more: str = "") -> str:
    return f"UID:{uid}\nSUMMARY:{uid}\nDTSTART{start}\nDTEND{end}{more}"


class Neighbour:
    """The school's server: what it answers, and what it was asked."""

    def __init__(self):
        self.content, self.etag, self.asked, self.status, self.location = b"", "", [], 200, ""
        neighbour = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                neighbour.asked.append(self.headers.get("If-None-Match"))
                same = neighbour.etag and self.headers.get("If-None-Match") == neighbour.etag
                self.send_response(304 if same else neighbour.status)
                for name, value in (("ETag", neighbour.etag), ("Location", neighbour.location)):
                    if value:
                        self.send_header(name, value)
                self.end_headers()
                if not same:
                    self.wfile.write(neighbour.content)

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://localhost:{self.server.server_port}/salle.ics"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def neighbour(settings):
    settings.ROOMS_CALENDARS_PRIVATE = True
    found = Neighbour()
    yield found
    found.server.shutdown()
    found.server.server_close()


@pytest.fixture
def calendar(neighbour, db):
    return ExternalCalendar.objects.create(room=make_room(), name="École", url=neighbour.url)


def test_a_weekly_lesson_keeps_its_hour_over_the_change_of_clocks():
    """Test 8 of the list, for calendars of others: Tuesdays at 19:00 stay at 19:00."""
    lesson = event(
        "l",
        ";TZID=Europe/Brussels:20260317T190000",
        ";TZID=Europe/Brussels:20260317T203000",
        "\nRRULE:FREQ=WEEKLY;UNTIL=20260407T170000Z\nEXDATE;TZID=Europe/Brussels:20260324T190000",
    )
    moved = event("l", ":20260401T080000Z", ":20260401T090000Z", "\nRECURRENCE-ID:20260331T170000Z")
    found = events_in(ics(lesson, moved), WINDOW)
    assert [f"{local(row.span.start):%m-%d %H:%M}" for row in found] == [
        "03-17 19:00",
        "04-01 10:00",
        "04-07 19:00",
    ]
    assert len({row.key for row in found}) == 3


def test_days_floating_hours_overlaps_and_what_takes_no_time():
    found = events_in(
        ics(
            event("day", ";VALUE=DATE:20260329", ";VALUE=DATE:20260330"),
            event("floating", ":20260401T100000", ":20260401T120000"),
            event("inside", ":20260401T090000Z", ":20260401T110000Z"),
            event("free", ":20260402T100000", ":20260402T120000", "\nTRANSP:TRANSPARENT"),
            event("off", ":20260403T100000", ":20260403T120000", "\nSTATUS:CANCELLED"),
            "UID:bare\nDTSTART;VALUE=DATE:20260405",
        ),
        WINDOW,
    )
    assert [(row.title, row.span.minutes) for row in found] == [
        ("day", 23 * 60),
        ("floating / inside", 3 * 60),
        ("", 24 * 60),
    ]


@pytest.mark.parametrize(
    "content",
    [
        b"<html>Please log in</html>",
        b"",
        ics(event("x", ":20260401T100000", ":20260401T120000", "\nRRULE:FREQ=SECONDLY")),
        ics(
            event("x", ":20260401T100000", ":20260401T120000", "\nRRULE:FREQ=DAILY;BYSECOND=1,2,3")
        ),
    ],
)
def test_what_is_no_calendar_is_refused(content):
    with pytest.raises(CalendarUnread):
        events_in(content, WINDOW)


@pytest.mark.parametrize(
    ("address", "failure"),
    [
        ("127.0.0.1", CalendarFailure.PRIVATE),
        ("10.1.2.3", CalendarFailure.PRIVATE),
        ("169.254.169.254", CalendarFailure.PRIVATE),
        ("::1", CalendarFailure.PRIVATE),
        ("::ffff:192.168.1.1", CalendarFailure.PRIVATE),
        ("fd00::1", CalendarFailure.PRIVATE),
    ],
)
def test_our_own_network_is_never_asked(monkeypatch, address, failure):
    public = (2, 1, 6, "", ("93.184.216.34", 80))
    rows = [public, (2, 1, 6, "", (address, 80))]
    monkeypatch.setattr(fetching.socket, "getaddrinfo", lambda *a, **k: rows)
    with pytest.raises(CalendarUnread) as refusal:
        fetch("http://calendar.example/x.ics")
    assert refusal.value.failure == failure


def test_addresses_redirects_and_sizes_have_limits(neighbour, settings, monkeypatch):
    for url in ("ftp://example.org/x", "http://", "file:///etc/passwd", "http://a:99999/"):
        with pytest.raises(CalendarUnread):
            fetch(url)
    neighbour.status, neighbour.location = 302, neighbour.url
    with pytest.raises(CalendarUnread, match="redirects"):
        fetch(neighbour.url)
    neighbour.location = "file:///etc/passwd"
    with pytest.raises(CalendarUnread, match="address"):
        fetch(neighbour.url)
    neighbour.status, neighbour.content = 200, b"x" * 2000
    monkeypatch.setattr(fetching, "MOST_BYTES", 1000)
    with pytest.raises(CalendarUnread, match="too_large"):
        fetch(neighbour.url)
    monkeypatch.setattr(fetching, "MOST_BYTES", 10_000)
    monkeypatch.setattr(fetching, "LONGEST", -1)  # as if it had sent byte by byte for half a minute
    with pytest.raises(CalendarUnread, match="unreachable"):
        fetch(neighbour.url)
    neighbour.status = 404
    with pytest.raises(CalendarUnread, match="refused"):
        fetch(neighbour.url)


@time_machine.travel(NOW, tick=False)
def test_events_block_move_and_go_with_the_other_calendar(neighbour, calendar):
    neighbour.content = ics(event("a", ":20260401T080000Z", ":20260401T100000Z"))
    neighbour.etag = '"1"'
    assert external_calendars.read(calendar=calendar)
    block = Block.objects.get()
    assert (block.title, block.kind, block.clash) == ("a", "external", False)
    assert Occupancy.objects.get().blocked_from == datetime(2026, 4, 1, 8, tzinfo=UTC)

    assert external_calendars.read(calendar=calendar)  # 304
    assert neighbour.asked == [None, '"1"']
    assert len(calendar.changes) == 1

    neighbour.content, neighbour.etag = (
        ics(event("a", ":20260401T120000Z", ":20260401T130000Z")),
        '"2"',
    )
    external_calendars.read(calendar=calendar)
    moved = Block.objects.get()
    assert (moved.pk, moved.sequence, calendar.changes[0]["what"]) == (block.pk, 1, "moved")
    assert Occupancy.objects.get().blocked_from == datetime(2026, 4, 1, 12, tzinfo=UTC)
    neighbour.content, neighbour.etag = ics(), '"3"'
    external_calendars.read(calendar=calendar)
    assert not Block.objects.exists()
    assert not Occupancy.objects.exists()


@time_machine.travel(NOW, tick=False)
def test_an_event_over_a_booking_blocks_nothing_and_is_shown_until_it_fits(
    client, neighbour, calendar
):
    span = Span(datetime(2026, 4, 1, 8, tzinfo=UTC), datetime(2026, 4, 1, 10, tzinfo=UTC))
    booking = make_booking(viewer_of(make_user()), calendar.room, span)
    neighbour.content = ics(event("fancy fair", ":20260401T090000Z", ":20260401T110000Z"))
    external_calendars.read(calendar=calendar)
    block = Block.objects.get()
    assert block.clash
    assert Occupancy.objects.get().booking == booking
    agent = make_team_agent(language="en")
    calendar.room.team.members.add(agent)
    log_in(client, agent)
    assert "fancy fair" in client.get(reverse("agent-rooms")).content.decode()
    page = client.get(reverse("agent-block", args=[block.public_id])).content.decode()
    assert "This event lies over a booking" in page

    booking.occupancies.all().delete()  # as when it is declined
    external_calendars.read(calendar=calendar)
    block.refresh_from_db()
    assert not block.clash
    assert Occupancy.objects.get().block == block
    text = client.get(reverse("agent-room-calendars")).content.decode()
    assert "Lies over a booking" in text
    assert "Now blocked" in text


def test_a_failure_frees_nothing_and_is_told_after_several_tries(client, neighbour, calendar):
    with time_machine.travel(NOW, tick=False):
        neighbour.content = ics(event("a", ":20260401T080000Z", ":20260401T100000Z"))
        external_calendars.read(calendar=calendar)
        agent = make_team_agent(language="en")
        calendar.room.team.members.add(agent)
    neighbour.content = b"<html>"
    for minutes in (15, 30, 90):
        with time_machine.travel(NOW + timedelta(days=1, minutes=minutes), tick=False):
            calendar.refresh_from_db()
            assert not external_calendars.read(calendar=calendar)
            log_in(client, agent)
            text = client.get(reverse("agent-rooms")).content.decode()
            assert ("cannot be read since" in text) == (minutes == 90)
    assert "What stands there is no calendar that can be read." in text
    assert Occupancy.objects.count() == 1
