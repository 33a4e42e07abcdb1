"""An association books a series; agents decline one date, move one, propose another; one is cancelled."""

import email
import email.policy
import re
from datetime import timedelta

import pytest
import requests
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar
from playwright.sync_api import expect

from rooms.enums import BookingState
from rooms.models import Booking
from rooms.queries.clock import local, today
from rooms.queries.dues import amounts_of_bookings
from rooms.queries.weeks import monday_of
from sandbox.mail import folder
from tests.e2e.test_security import look

CLUB, AGENT = "club@example.org", "agent@example.org"
REASON = "La salle sert ce soir-là au don de sang."


def free_monday():
    """The Monday of a week without any booking of the demo's, some months ahead."""
    return monday_of(today()) + timedelta(weeks=12)


@pytest.mark.feature("A24", "X12")
@pytest.mark.parametrize("language", ["fr", "de"])
def test_an_association_books_a_series_and_follows_it(portal, scripts, language):
    portal.enter(CLUB)
    tab = portal.tab()
    monday = free_monday()
    year, week, _day = monday.isocalendar()
    tab.goto(portal.address("room", language, code="kiosque-a") + f"?week={year}-W{week:02d}")
    tuesday = tab.locator(".eg-week tbody tr").nth(1)
    tuesday.locator("a.eg-slot--free").nth(4).click()
    tab.wait_for_load_state()
    tab.locator(".eg-week tbody tr").nth(1).locator("a.eg-slot--free").nth(4).click()
    expect(tab.locator(".eg-slot--mine")).to_have_count(1)
    if scripts:
        assert look(tab) == []
    tab.locator("#request .utrecht-button-link--primary-action").click()

    tab.locator("#id_purpose").fill("Répétition")
    tab.locator("#id_attendees").fill("35")
    tab.locator("[name=repeat][value=week]").check()
    tab.locator("#id_until").fill(f"{monday + timedelta(weeks=3, days=1):%Y-%m-%d}")
    tab.locator("button[value=check]").click()  # without the terms
    expect(tab.locator(".eg-errors a")).to_have_count(1)
    expect(tab.locator("#id_purpose")).to_have_value("Répétition")
    tab.locator("button[name=profile]").first.click()  # for the association, nothing is lost
    expect(tab.locator("#id_purpose")).to_have_value("Répétition")
    tab.locator("#id_terms").check()
    tab.locator("button[value=check]").click()
    expect(tab.locator(".eg-plan__row--free")).to_have_count(4)
    tab.locator("#skip-1").check()
    tab.locator("button[value=check]").click()
    expect(tab.locator(".eg-lines tr")).to_have_count(5)  # three dates, sum, deposit
    expect(tab.locator(".eg-pick__words" if scripts else "input[type=file]")).to_be_visible()
    if scripts:  # the browser's own words, in its own language, are out of sight
        expect(tab.locator("input[type=file]")).to_have_css("opacity", "0")
    tab.locator("button[value=send]").click()
    expect(tab.locator("h1")).to_be_visible()

    made = list(
        Booking.objects.filter(starts_at__gte=timezone.now() + timedelta(weeks=11)).order_by(
            "starts_at"
        )
    )
    assert len(made) == 3
    assert made[0].series.skipped[0]["why"] == "left_out"
    assert made[0].profile.kind == "association"
    first, second, third = made
    language = first.acting_user.language  # letters are in the language of the person

    portal.context.clear_cookies()
    portal.enter(AGENT)
    desk = portal.tab()
    decline(portal, desk, first)
    moved_to = first.starts_at + timedelta(days=1)
    move(portal, desk, second, moved_to)
    confirm_and_pay(portal, desk, second)
    propose(portal, desk, third)
    desk.close()
    for row, state in ((first, "declined"), (second, "confirmed"), (third, "proposed")):
        row.refresh_from_db()
        assert row.state == state
    second.refresh_from_db()

    event = invitations(portal, second, "REQUEST")[0]
    assert (event["dtstart"].dt, event["uid"]) == (moved_to, second.uid)
    assert shown(portal, second) == ("CONFIRMED", moved_to)

    portal.context.clear_cookies()
    portal.enter(CLUB)
    tab = portal.tab()
    tab.goto(portal.link(CLUB, first.reference))  # the reason stands on the page, not in the mail
    tab.locator("form:has([name=open]) button").click()  # it is the association's
    expect(tab.locator("main")).to_contain_text(REASON)
    tab.goto(portal.address("dashboard", language))
    tab.locator(f".eg-turn-card a[href*='{third.reference}']").click()
    tab.locator("button[value=accept]").click()
    expect(tab.locator("button[value=accept]")).to_have_count(0)
    third.refresh_from_db()
    assert third.state == BookingState.AWAITING_PAYMENT

    tab.locator("#series ~ ul a", has_text=re.compile(rf"\b{local(moved_to).day}\b")).first.click()
    tab.wait_for_url(re.compile(second.reference))
    tab.locator("#id_body").fill("Nous ne venons pas ce jour-là.")
    tab.locator("#message-form button[type=submit]").click()
    expect(tab.locator(".eg-thread li")).to_have_count(1)
    tab.locator("aside .eg-linklike--danger").click()
    tab.locator("button[value=one]").click()
    expect(tab.locator("aside .eg-linklike--danger")).to_have_count(0)
    second.refresh_from_db()
    assert second.state == BookingState.CANCELLED_BY_REQUESTER
    portal.work()
    event = invitations(portal, second, "CANCEL")[0]
    assert event["sequence"] == second.sequence
    assert shown(portal, second) == ("CANCELLED", moved_to)


def act(portal, desk, booking, name):
    """Open an act from the page of the booking, as agents do."""
    desk.goto(portal.base + reverse("agent-booking", args=(booking.reference,)))
    desk.locator(f".eg-bo-bar a[href$='/{name}/']").click()
    return desk.locator("form[method=post] .eg-bo-bar button[type=submit]")


def decline(portal, desk, booking):
    """First without a reason, which is asked for."""
    act(portal, desk, booking, "decline").click()
    expect(desk.locator("[aria-invalid=true], .error-message").first).to_be_visible()
    desk.locator("#id_reason").fill(REASON)
    sent(desk, booking)


def move(portal, desk, booking, start):
    """To another day at the same hour."""
    act(portal, desk, booking, "move")
    desk.locator("#id_day").fill(f"{local(start):%Y-%m-%d}")
    desk.locator("#id_reason").fill("Comme convenu.")
    sent(desk, booking)


def confirm_and_pay(portal, desk, booking):
    """Confirm, then note what was paid at the counter."""
    act(portal, desk, booking, "confirm")
    sent(desk, booking)
    for amount in amounts_of_bookings([booking])[booking.pk]:
        desk.locator(f"a[href$='/pay/{amount.reference}/']").click()
        desk.locator("#id_euros").fill(f"{amount.amount_cents / 100:.2f}")
        desk.locator("#id_receipt").fill("K-2027-001")
        sent(desk, booking)


def propose(portal, desk, booking):
    """The day after."""
    act(portal, desk, booking, "propose")
    desk.locator("#id_day").fill(f"{local(booking.starts_at) + timedelta(days=1):%Y-%m-%d}")
    desk.locator("#id_reason").fill("Concert")
    sent(desk, booking)


def sent(desk, booking):
    """Send the form of the act; the page of the booking follows."""
    desk.locator("form[method=post] .eg-bo-bar button[type=submit]").click()
    desk.wait_for_url(f"**/admin/rooms/bookings/{booking.reference}/")


def invitations(portal, booking, method):
    """The events of one booking mailed with a method of RFC 5546, newest first, as a calendar reads them."""
    found = []
    for mail in portal.mails(CLUB):
        raw = (folder() / f"{mail.key}.eml").read_bytes()
        for part in email.message_from_bytes(raw, policy=email.policy.default).walk():
            if part.get_content_type() == "text/calendar":
                calendar = Calendar.from_ical(part.get_content())
                if calendar["method"] == method:
                    found += [e for e in calendar.walk("VEVENT") if e["uid"] == booking.uid]
    return found


def shown(portal, booking):
    """State and start of the booking in the calendar that everybody reads, fetched without cookies."""
    answer = requests.get(f"{portal.base}/ical/rooms/kiosque-a.ics", timeout=15)
    calendar = Calendar.from_ical(answer.content)
    (event,) = (e for e in calendar.walk("VEVENT") if e["uid"] == booking.uid)
    return str(event["status"]), event["dtstart"].dt


@pytest.mark.feature("X12")
def test_an_agent_hands_a_room_over_and_the_person_signs_on_the_screen(portal):
    booking = Booking.objects.filter(state=BookingState.CONFIRMED).first()
    portal.enter(AGENT)
    desk = portal.tab()
    act(portal, desk, booking, "handover")
    desk.locator("#id_keys").fill("2")
    desk.locator("#id_signed_by").fill("Anna Keller")
    pad = desk.locator(".eg-bo-pad")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    for x in (0.2, 0.4):  # two strokes
        desk.mouse.move(box["x"] + x * box["width"], box["y"] + 0.3 * box["height"])
        desk.mouse.down()
        desk.mouse.move(
            box["x"] + (x + 0.1) * box["width"], box["y"] + 0.7 * box["height"], steps=5
        )
        desk.mouse.up()
    sent(desk, booking)

    record = booking.handovers.get()
    assert (record.keys, record.signed_by) == (2, "Anna Keller")
    assert record.signature.count("M") == 2
    expect(desk.locator("main")).to_contain_text("Anna Keller")
    drawn = desk.locator(".eg-bo-signature path").bounding_box()
    assert drawn["width"] > 10
    assert drawn["height"] > 10
    portal.context.clear_cookies()
    portal.enter(booking.acting_user.email)
    tab = portal.tab()
    tab.goto(portal.address("booking", "de", reference=booking.reference))
    tab.locator("form:has([name=open]) button").click()  # it is the association's
    expect(tab.locator("section[aria-labelledby=handovers]")).to_contain_text("Anna Keller")
