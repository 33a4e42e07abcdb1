"""Logging in with a digital identity, as people live it: the real protocol, encrypted tokens, real pages."""

import re

import pytest
from playwright.sync_api import Page, expect

from eservices.enums import AuthenticationEventKind
from eservices.models import (
    AuthenticationEvent,
    ExternalIdentity,
    OutgoingMail,
    PortalSession,
    User,
)
from eservices.queries.identifiers import person_with_number

CLAIRE, PIETER = "citizen@example.org", "parent@example.org"


def go_to(portal, kind: str, language: str = "fr", tab: Page | None = None) -> Page:
    """Press the button of a provider on the login page."""
    tab = tab or portal.tab()
    tab.goto(portal.address("login", language))
    tab.locator(f"form[action='/oidc/{kind}/start/'] button").click()
    tab.wait_for_url(re.compile(r"/identify/"))
    return tab


def complete(portal, tab: Page, address: str, language: str) -> None:
    """Fill in what a first login still asks: the address, proved by its code, and the terms."""
    assert tab.url == portal.address("identity-complete", language)
    tab.locator("main input[type=email]").fill(address)
    tab.locator(f"main input[name=language][value={language}]").check()
    tab.locator("main input[name=terms]").check()
    submit(tab)
    assert tab.url == portal.address("identity-complete-code", language)
    tab.locator("input[autocomplete=one-time-code]").fill(portal.code(address))
    submit(tab)


def submit(tab: Page) -> None:
    """Press the filled button of the page."""
    with tab.expect_navigation():
        tab.locator("main button.utrecht-button--primary-action[type=submit]").first.click()


def is_in(portal, tab: Page, name: str, language: str) -> None:
    """Be sure that this person's space is open."""
    assert tab.url == portal.address("dashboard", language)
    expect(tab.locator("button[popovertarget=account]")).to_contain_text(name)


@pytest.mark.feature("C1", "C2")
@pytest.mark.parametrize("language", ["fr", "de"])
def test_a_first_login_by_csam_opens_an_account_with_the_official_name(
    portal, identities, language, scripts
):
    tab = go_to(portal, "csam", language)
    expect(tab.locator("html")).to_have_attribute("lang", language)
    identities.csam(tab, "marie", key="eid")
    complete(portal, tab, "marie@example.org", language)

    is_in(portal, tab, "Marie Lejeune", language)
    user = person_with_number("92092399816")
    assert (user.email, user.language) == ("marie@example.org", language)
    assert set(user.locked_fields.items()) >= {("first_name", "csam"), ("last_name", "csam")}
    assert user.has_usable_password() is False

    portal.log_out(tab)
    out = tab.locator("form[action*='/connect/endSession']")
    with tab.expect_navigation():
        out.locator("button").click()
    tab.locator("button[name=logout][value=yes]").click()
    tab.wait_for_url(portal.base + f"/{language}/")
    tab = go_to(portal, "csam", language, tab)
    identities.csam(tab, "marie", key="app")
    is_in(portal, tab, "Marie Lejeune", language)


@pytest.mark.feature("C1", "C2")
def test_somebody_known_comes_in_by_both_ways_and_is_told(portal, identities):
    tab = go_to(portal, "csam")
    identities.csam(tab, "claire")
    is_in(portal, tab, "Claire Dumont", "fr")
    session = PortalSession.objects.get(user__email=CLAIRE, ended_at=None)
    assert [(proof["method"], proof["level"]) for proof in session.proofs] == [("eid", 4)]

    portal.context.clear_cookies()
    tab = go_to(portal, "itsme", "de")
    identities.itsme(tab, "claire", code=False)

    is_in(portal, tab, "Claire Dumont", "fr")
    links = ExternalIdentity.objects.filter(user__email=CLAIRE).order_by("provider")
    assert [link.provider for link in links] == ["csam", "itsme"]
    assert (
        OutgoingMail.objects.filter(template="identity_linked", to_user__email=CLAIRE).count() == 2
    )


@pytest.mark.feature("C2")
def test_a_login_leads_back_to_the_page_that_was_asked_for(portal, identities):
    tab = portal.tab()
    wanted = portal.address("sessions", "nl")
    tab.goto(wanted)
    tab.locator("form[action='/oidc/itsme/start/'] button").click()
    tab.wait_for_url(re.compile(r"/identify/"))
    expect(tab.locator("html")).to_have_attribute("lang", "nl")
    identities.itsme(tab, "pieter")

    assert tab.url == wanted


@pytest.mark.feature("C2")
@pytest.mark.parametrize("kind", ["csam", "itsme"])
def test_who_stops_at_the_provider_comes_back_to_the_choice(portal, identities, kind, scripts):
    tab = go_to(portal, kind)
    identities.cancel(tab)

    assert tab.url == portal.address("identity-refused", "fr")
    tab.locator("main a.utrecht-button-link--primary-action").click()
    expect(tab.locator(f"form[action='/oidc/{kind}/start/']")).to_be_visible()
    event = AuthenticationEvent.objects.get()
    assert (event.kind, event.code) == (
        AuthenticationEventKind.LOGIN_REFUSED,
        "identity.refused_by_person",
    )


@pytest.mark.feature("C2")
def test_somebody_without_national_number_has_an_account_of_their_own(portal, identities):
    tab = go_to(portal, "itsme", "en")
    identities.itsme(tab, "emma")
    complete(portal, tab, "emma@example.org", "en")

    is_in(portal, tab, "Emma Wilson", "en")
    user = User.objects.get(email="emma@example.org")
    assert not hasattr(user, "identifier")

    portal.context.clear_cookies()
    tab = go_to(portal, "itsme", "en")
    identities.itsme(tab, "emma")
    is_in(portal, tab, "Emma Wilson", "en")


@pytest.mark.feature("C2")
@pytest.mark.parametrize("language", ["fr", "de"])
def test_a_new_itsme_account_of_the_same_person_opens_the_same_space(portal, identities, language):
    tab = go_to(portal, "itsme", language)
    expect(tab.locator("html")).to_have_attribute("lang", language)
    identities.itsme(tab, "louis")
    complete(portal, tab, "louis@example.org", language)
    portal.context.clear_cookies()

    tab = go_to(portal, "itsme", language)
    identities.itsme(tab, "louis-new")

    is_in(portal, tab, "Louis Martin", language)
    links = ExternalIdentity.objects.filter(user__email="louis@example.org")
    assert [link.revoked_at is None for link in links.order_by("linked_at")] == [False, True]


@pytest.mark.feature("C2")
def test_an_answer_below_what_was_asked_logs_nobody_in(portal, identities):
    tab = go_to(portal, "itsme")
    identities.itsme(tab, "claire", answer="lower")

    assert tab.url == portal.address("identity-refused", "fr")
    expect(tab.locator("main")).to_contain_text("identity.level_too_low")
    tab.goto(portal.address("dashboard", "fr"))
    assert portal.address("login", "fr") in tab.url
    assert not PortalSession.objects.exists()


@pytest.mark.feature("C2")
def test_a_provider_that_fails_leaves_the_other_ways(portal, identities):
    tab = go_to(portal, "csam", "de")
    identities.csam(tab, "claire", answer="temporarily_unavailable")

    assert tab.url == portal.address("identity-refused", "de")
    tab.locator("main a.utrecht-button-link--primary-action").click()
    tab = portal.log_in(PIETER)
    is_in(portal, tab, "Pieter Claes", "nl")
