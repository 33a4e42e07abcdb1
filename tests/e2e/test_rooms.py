"""An association books a series; another time is proposed, accepted, and one date cancelled."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from eservices.models import User
from rooms.actions import decisions
from rooms.enums import BookingState
from rooms.models import Booking
from rooms.queries.clock import Span, today
from rooms.queries.weeks import monday_of
from tests.e2e.test_security import look

CLUB, AGENT = "club@example.org", "agent@example.org"
LANGUAGES = {True: "fr", False: "de"}


def free_monday():
    """The Monday of a week without any booking of the demo's, some months ahead."""
    return monday_of(today()) + timedelta(weeks=12)


@pytest.mark.feature("A24", "X12")
def test_an_association_books_a_series_and_follows_it(portal, scripts):
    language = LANGUAGES[scripts]
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
    tab.locator("#id_until").fill(f"{monday + timedelta(weeks=2, days=1):%Y-%m-%d}")
    tab.locator("button[value=check]").click()  # without the terms
    expect(tab.locator(".eg-errors a")).to_have_count(1)
    expect(tab.locator("#id_purpose")).to_have_value("Répétition")
    tab.locator("button[name=profile]").first.click()  # for the association, nothing is lost
    expect(tab.locator("#id_purpose")).to_have_value("Répétition")
    tab.locator("#id_terms").check()
    tab.locator("button[value=check]").click()
    expect(tab.locator(".eg-plan__row--free")).to_have_count(3)
    tab.locator("#skip-1").check()
    tab.locator("button[value=check]").click()
    expect(tab.locator(".eg-lines tr")).to_have_count(4)  # two dates, sum, deposit
    tab.locator("button[value=send]").click()
    expect(tab.locator("h1")).to_be_visible()

    made = list(
        Booking.objects.filter(starts_at__gte=timezone.now() + timedelta(weeks=11)).order_by(
            "starts_at"
        )
    )
    assert len(made) == 2
    assert made[0].series.skipped[0]["why"] == "left_out"
    assert made[0].profile.kind == "association"
    first, second = made
    agent = User.objects.get(email=AGENT)
    there = Span(first.starts_at + timedelta(days=1), first.ends_at + timedelta(days=1))
    decisions.propose(booking=first, by=agent, revision=0, span=there, reason="Concert")

    tab.goto(portal.address("dashboard", language))
    tab.locator(f".eg-turn-card a[href*='{first.reference}']").click()
    tab.locator("button[value=accept]").click()
    first.refresh_from_db()
    assert (first.state, first.starts_at) == (BookingState.AWAITING_PAYMENT, there.start)

    tab.locator("#series ~ ul a").first.click()
    tab.wait_for_url(re.compile(second.reference))
    tab.locator("#id_body").fill("Nous ne venons pas ce jour-là.")
    tab.locator("#message-form button[type=submit]").click()
    expect(tab.locator(".eg-thread li")).to_have_count(1)
    tab.locator("aside .eg-linklike--danger").click()
    tab.locator("button[value=one]").click()
    tab.wait_for_load_state()
    second.refresh_from_db()
    assert second.state == BookingState.WITHDRAWN
