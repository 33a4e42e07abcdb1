"""The calendar of a room on a page of somebody else, and the screen at its door."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from eservices.models import User
from rooms.actions import blocks
from rooms.enums import BlockKind
from rooms.models import Room
from rooms.queries.clock import Span
from tests.e2e.test_accessibility import in_both_schemes

pytestmark = pytest.mark.feature("A24", "X12")

PAGE = """<!doctype html><html lang="nl-BE"><head><title>School</title>{script}</head><body><main>
<h1>Onze zaal</h1>
<eg-room-calendar room="{room}" {more}><a href="{link}">Wanneer is de zaal vrij?</a></eg-room-calendar>
</main></body></html>"""


class Foreign(BaseHTTPRequestHandler):
    """One page with the strictest policy under which the calendar still works."""

    def __init__(self, page: str, policy: str, *args: Any) -> None:
        self.page, self.policy = page, policy
        super().__init__(*args)

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Security-Policy", self.policy)
        self.end_headers()
        self.wfile.write(self.page.encode())

    def log_message(self, *args: Any) -> None:
        """Nobody reads it."""


@contextmanager
def foreign_site(portal: Any, more: str = "", room: str = "kiosque-a") -> Iterator[str]:
    """A site of a school on an origin of its own; yields its address."""
    script = f'<script type="module" src="{portal.base}/embed/room-calendar.js"></script>'
    link = portal.address("room", "nl", code="kiosque-a")
    page = PAGE.format(script=script, room=room, more=more, link=link)
    policy = f"default-src 'none'; script-src {portal.base}; connect-src {portal.base}"
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Foreign, page, policy))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_school_shows_the_room_and_its_visitors_come_with_the_time_chosen(portal):
    asked = []
    tab = portal.tab()
    tab.on("request", lambda request: asked.append(request))
    with foreign_site(portal) as address:
        tab.goto(address)
        calendar = tab.locator("eg-room-calendar")
        expect(calendar.locator("h2")).to_contain_text("Kioskzaal, deel A")
        expect(calendar.locator("tbody tr")).to_have_count(7)
        first = calendar.locator("h2 span").inner_text()
        calendar.locator("button", has_text="Volgende").click()
        expect(calendar.locator("h2 span")).not_to_have_text(first)
        expect(calendar.locator("button", has_text="Volgende")).to_be_focused()
        expect(calendar.locator("[role=status]")).to_contain_text("Kioskzaal")
        assert in_both_schemes(tab, "calendar") == {}

        calendar.locator("button.link").click()  # the month; a day leads to its week
        expect(calendar.locator("table.month")).to_be_visible()
        calendar.locator("a.slot", has_text="Vrij").last.click()
        expect(calendar.locator("table.week")).to_be_visible()
        expect(calendar.get_by_role("heading")).to_be_focused()  # what was clicked is gone
        expect(calendar.get_by_role("columnheader")).not_to_have_count(0)

        slot = calendar.locator("a.slot.free").first
        slot.click()
        tab.wait_for_url(re.compile(re.escape(portal.base)))
        expect(tab.locator(".eg-slot--mine")).to_have_count(1)
        expect(tab.locator("#request")).to_be_visible()

    ours = [row for row in asked if row.url.startswith(f"{portal.base}/embed/")]
    assert len(ours) >= 4
    for request in ours:
        assert "cookie" not in request.all_headers()
        assert "set-cookie" not in request.response().all_headers()


def test_it_fits_a_narrow_column_and_a_page_without_scripts(portal):
    tab = portal.tab()
    tab.set_viewport_size({"width": 340, "height": 800})
    with foreign_site(portal, 'theme="dark"') as address:
        tab.goto(address)
        expect(tab.locator("eg-room-calendar tbody tr").first).to_be_visible()
        assert tab.evaluate("document.documentElement.scrollWidth") <= 340
        expect(tab.locator("eg-room-calendar").get_by_role("rowheader")).to_have_count(7)
        assert in_both_schemes(tab, "narrow") == {}
        plain = tab.context.browser.new_context(java_script_enabled=False)
        page = plain.new_page()
        page.goto(address)
        expect(page.get_by_role("link", name="Wanneer is de zaal vrij?")).to_be_visible()
        plain.close()


def test_when_the_portal_does_not_answer_it_says_so_and_tries_again(portal):
    tab = portal.tab()
    data = re.compile(r"/embed/rooms/")
    tab.route(data, lambda route: route.abort())
    with foreign_site(portal) as address:
        tab.goto(address)
        calendar = tab.locator("eg-room-calendar")
        expect(calendar.get_by_role("alert")).to_be_visible()
        expect(calendar.get_by_role("link", name="Wanneer is de zaal vrij?")).to_be_visible()
        assert in_both_schemes(tab, "calendar") == {}
        calendar.locator("button").press("Enter")
        expect(calendar.locator("button")).to_be_focused()
        tab.unroute(data)
        calendar.locator("button").press("Enter")
        expect(calendar.locator("tbody tr")).to_have_count(7)
        expect(calendar.get_by_role("heading")).to_be_focused()


def test_a_page_that_names_no_room_says_so_and_keeps_its_link(portal):
    tab = portal.tab()
    with foreign_site(portal, room="nowhere") as address:
        tab.goto(address)
        calendar = tab.locator("eg-room-calendar")
        expect(calendar.get_by_role("alert")).to_be_visible()
        expect(calendar.get_by_role("button")).to_have_count(0)  # asking again would not help
        expect(calendar.get_by_role("link", name="Wanneer is de zaal vrij?")).to_be_visible()
        assert in_both_schemes(tab, "nowhere") == {}


def test_who_comes_back_to_an_old_tab_sees_what_is_free_now(portal):
    tab = portal.tab()
    tab.clock.install()
    asked = []
    tab.on("request", lambda request: asked.append(request.url))
    wake = "document.dispatchEvent(new Event('visibilitychange'))"
    with foreign_site(portal) as address:
        tab.goto(address)
        calendar = tab.locator("eg-room-calendar")
        calendar.locator("button", has_text="Volgende").click()
        expect(calendar.locator("[role=status]")).to_contain_text("Kioskzaal")
        calendar.locator("button", has_text="Volgende").blur()
        title, before = calendar.locator("h2 span").inner_text(), len(asked)
        tab.evaluate(wake)
        tab.clock.run_for(301_000)
        with tab.expect_response(re.compile("/embed/rooms/")):
            tab.evaluate(wake)
        expect(calendar.locator("h2 span")).to_have_text(title)  # the same week
        assert len(asked) == before + 1


def test_the_screen_at_the_door_changes_by_itself_and_keeps_what_it_knew(portal):
    room = Room.objects.get(code="kiosque-a")
    tab = portal.tab()
    tab.clock.install()
    tab.goto(portal.address("room-today", "de", code=room.code))
    state = tab.locator(".eg-kiosk__state")
    expect(state).to_be_visible()
    expect(state).not_to_contain_text("Belegt")
    expect(tab.locator("a")).to_have_count(0)  # nothing leads away from the screen
    take(room)
    tab.clock.run_for(61_000)
    expect(state).to_contain_text("Belegt")
    expect(tab.locator(".eg-kiosk__day li[aria-current]")).to_have_count(1)

    tab.route("**/*", lambda route: route.abort())
    tab.clock.run_for(61_000)
    expect(tab.locator(".eg-kiosk__offline")).to_be_visible()
    expect(state).to_contain_text("Belegt")
    tab.unroute("**/*")
    tab.clock.run_for(61_000)
    expect(tab.locator(".eg-kiosk__offline")).to_be_hidden()


def test_the_screen_asks_again_without_scripts(portal):
    room = Room.objects.get(code="kiosque-b")
    plain = portal.context.browser.new_context(java_script_enabled=False)
    page = plain.new_page()
    page.goto(portal.address("room-today", "de", code=room.code))
    expect(page.locator("meta[http-equiv=refresh]")).to_have_attribute("content", "60")
    expect(page.locator(".eg-kiosk__state")).not_to_contain_text("Belegt")
    take(room)
    page.reload()
    expect(page.locator(".eg-kiosk__state")).to_contain_text("Belegt")
    expect(page.locator(".eg-kiosk__day li[aria-current]")).to_have_count(1)
    plain.close()


@pytest.mark.parametrize("size", [(1280, 800), (1920, 1080), (800, 1280), (1024, 600)])
def test_nothing_of_the_screen_lies_outside_of_it(portal, size):
    width, height = size
    room = Room.objects.get(code="atelier")
    now = timezone.now().replace(second=0, microsecond=0)
    for number in range(7):
        start = now + timedelta(minutes=20 * number)
        take(room, Span(start, start + timedelta(minutes=10)))
    tab = portal.tab()
    tab.set_viewport_size({"width": width, "height": height})
    tab.goto(portal.address("room-today", "de", code=room.code))
    expect(tab.locator(".eg-kiosk__day li").first).to_be_visible()
    expect(tab.locator(".eg-kiosk__next")).to_be_visible()
    page = "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
    assert tab.evaluate(page) == [width, height]


def take(room: Room, span: Span | None = None) -> None:
    """Block the room now, for an hour."""
    now = timezone.now().replace(second=0, microsecond=0)
    span = span or Span(now, now + timedelta(hours=1))
    agent = User.objects.get(email="agent@example.org")
    blocks.block(room=room, span=span, kind=BlockKind.MAINTENANCE, title="Probe", by=agent)
