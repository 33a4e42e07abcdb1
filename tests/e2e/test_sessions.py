"""The end of a session as people meet it: asked before, in every tab; told after; ended from elsewhere."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from eservices.models import PortalSession, Submission
from eservices.queries.submissions import content_of
from tests.e2e.filling import Filler
from tests.e2e.test_accessibility import in_both_schemes, violations

PERSON = "club@example.org"


def let_time_pass(**span):
    """Make every session so much older, as if nobody had done anything."""
    ago = timezone.now() - timedelta(**span)
    PortalSession.objects.filter(ended_at=None).update(last_active_at=ago)


def start_form(portal, language):
    """Start the form about trees; returns its tab and the draft."""
    tab = portal.tab()
    tab.goto(portal.address("submission-start", language, code="tree"))
    with tab.expect_navigation():
        tab.locator("main form[method=post] button[type=submit]").first.click()
    return tab, Submission.objects.filter(profile__user__email=PERSON).latest("pk")


def save_what_came_back(tab, draft, name, value):
    """The kept value stands in its field; one click saves it."""
    expect(tab.locator(f"[name='{name}']")).to_have_value(value)
    with tab.expect_navigation():
        tab.locator("button[name=go][value=stay]").click()
    draft.refresh_from_db()
    assert content_of(draft).answers[name] == value


def look(tab):
    """What axe finds in light and in dark."""
    return in_both_schemes(tab, "here")


def on_ended_page(portal, tab, language):
    """Wait until a tab shows the page that says why; returns nothing."""
    path = urlsplit(portal.address("session-ended", language)).path
    tab.wait_for_url(lambda url: urlsplit(url).path == path, timeout=40_000)


@pytest.mark.feature("C4")
@pytest.mark.parametrize("language", ["fr", "de"])
def test_the_dialog_keeps_two_tabs_in_step(portal, settings, language):
    settings.SESSION_IDLE_SECONDS, settings.SESSION_WARN_SECONDS = 20, 15
    portal.enter(PERSON)
    first, second = portal.tab(), portal.tab()
    title = ""
    for tab, page in ((first, "dashboard"), (second, "sessions")):
        tab.goto(portal.address(page, language))
        title = tab.title()
    link = second.locator("main a").first
    link.focus()

    for tab in (first, second):
        expect(tab.get_by_role("alertdialog")).to_be_visible(timeout=20_000)
    expect(first.locator("[data-stay]")).to_be_focused()
    assert second.title() != title
    assert look(first) == {}
    first.locator("[data-stay]").click()

    expect(first.get_by_role("alertdialog")).to_be_hidden()
    expect(second.get_by_role("alertdialog")).to_be_hidden()
    assert second.title() == title
    expect(link).to_be_focused()

    expect(second.get_by_role("alertdialog")).to_be_visible(timeout=20_000)
    second.keyboard.press("Escape")
    expect(second.get_by_role("alertdialog")).to_be_hidden()
    assert PortalSession.objects.get(user__email=PERSON, ended_at=None)

    for tab in (first, second):
        on_ended_page(portal, tab, language)
    assert PortalSession.objects.get(user__email=PERSON).end_reason == "idle"
    assert look(second) == {}


@pytest.mark.feature("C4")
def test_the_longest_time_offers_no_way_to_stay(portal, settings):
    settings.SESSION_ABSOLUTE_SECONDS, settings.SESSION_WARN_SECONDS = 30, 25
    portal.enter(PERSON)
    tab = portal.tab()
    tab.goto(portal.address("dashboard"))

    expect(tab.get_by_role("alertdialog")).to_be_visible(timeout=20_000)
    expect(tab.locator("[data-stay]")).to_be_hidden()
    expect(tab.locator("[data-close]")).to_be_focused()
    tab.locator("[data-close]").click()
    expect(tab.get_by_role("alertdialog")).to_be_hidden()

    on_ended_page(portal, tab, "fr")
    assert PortalSession.objects.get(user__email=PERSON).end_reason == "absolute"


@pytest.mark.feature("C4")
def test_a_session_is_ended_from_another_browser(portal, browser, scripts):
    portal.enter(PERSON)
    elsewhere = portal.tab()
    elsewhere.goto(portal.address("sessions"))
    portal.context.clear_cookies()
    portal.enter(PERSON)
    tab = portal.tab()
    tab.goto(portal.address("sessions"))
    if scripts:
        assert look(tab) == {}

    tab.locator("main ul form[action*='/end/']:not([data-log-out]) button").click()

    tab.wait_for_load_state()
    expect(tab.locator("main ul form[action*='/end/']")).to_have_count(1)
    assert PortalSession.objects.get(end_reason="revoked").user.email == PERSON
    tab.goto(portal.address("security-log"))
    assert tab.locator("main .eg-rows li").count() >= 2
    if scripts:
        assert look(tab) == {}


@pytest.mark.feature("C4")
@pytest.mark.parametrize("language", ["fr", "de"])
def test_what_was_typed_comes_back_after_the_login(portal, language, scripts):
    portal.enter(PERSON)
    tab, draft = start_form(portal, language)
    name, chapter = Filler(tab, scripts=scripts).name("girth_cm"), tab.url

    let_time_pass(minutes=21)
    tab.locator(f"[name='{name}']").fill("145")
    if not scripts:
        tab.locator("button[name=go][value=next]").click()
    on_ended_page(portal, tab, language)
    draft.refresh_from_db()
    assert name not in content_of(draft).answers
    if scripts:
        assert look(tab) == {}

    portal.log_in(PERSON, language=language)
    tab.goto(chapter)
    if scripts:
        assert look(tab) == {}
    save_what_came_back(tab, draft, name, "145")


@pytest.mark.feature("C4")
def test_what_was_typed_survives_logging_out_in_another_tab(portal, scripts):
    portal.enter(PERSON)
    tab, draft = start_form(portal, "fr")
    name, chapter = Filler(tab, scripts=scripts).name("girth_cm"), tab.url
    other = portal.tab()
    other.goto(portal.address("dashboard"))

    tab.locator(f"[name='{name}']").fill("145")
    portal.log_out(other)
    if not scripts:
        tab.locator("button[name=go][value=next]").click()
    on_ended_page(portal, tab, "fr")
    assert PortalSession.objects.get(user__email=PERSON).end_reason == "logout"

    portal.log_in(PERSON)
    tab.goto(chapter)
    save_what_came_back(tab, draft, name, "145")


@pytest.mark.feature("C4")
def test_the_back_office_asks_before_the_end_too(portal, settings):
    settings.SESSION_IDLE_SECONDS, settings.SESSION_WARN_SECONDS = 20, 15
    portal.enter("agent@example.org")
    tab = portal.tab()
    tab.goto(f"{portal.base}/admin/")

    expect(tab.get_by_role("alertdialog")).to_be_visible(timeout=20_000)
    expect(tab.locator("[data-stay]")).to_be_focused()
    assert violations(tab, "eg-session") == []
    tab.locator("[data-stay]").click()
    expect(tab.get_by_role("alertdialog")).to_be_hidden()
    assert PortalSession.objects.get(user__email="agent@example.org").ended_at is None

    tab.wait_for_url(lambda url: "session" in urlsplit(url).path, timeout=40_000)
    assert PortalSession.objects.get(user__email="agent@example.org").end_reason == "idle"
