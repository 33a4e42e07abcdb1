"""Passwords, codes and details as people live them."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from django_otp.plugins.otp_email.models import EmailDevice
from playwright.sync_api import expect

from eservices.models import User
from tests.addresses import at
from tests.e2e.conftest import PASSWORD

PERSON = "club@example.org"
NEW = "Noch-ein-langes-Passwort-7"


def fill_in(portal, language="de", address=PERSON, password=PASSWORD, tab=None):
    """Send address and password; returns the tab."""
    tab = tab or portal.tab()
    tab.goto(portal.address("login", language))
    tab.locator("main input[type=email]").fill(address)
    tab.locator("main input[type=password]").fill(password)
    submit(tab)
    return tab


def reset_link(portal):
    """The mailed link to choose a new password."""
    user = User.objects.get(email=PERSON)
    address = at("password-reset-open", "de", public_id=user.public_id, token="x")
    return portal.link(PERSON, address.removesuffix("x/"))


def submit(tab):
    """Press the filled button of the page."""
    with tab.expect_navigation():
        tab.locator("main button.utrecht-button--primary-action[type=submit]").first.click()


def code_of(tab, code):
    """Type a code and send it."""
    tab.locator("input[autocomplete=one-time-code]").fill(code)
    submit(tab)


@pytest.mark.feature("A2")
def test_wrong_and_old_codes_are_explained_and_a_new_one_comes(portal, scripts):
    tab = fill_in(portal)
    right = portal.code(PERSON)
    wrong = "000000" if right != "000000" else "111111"
    code_of(tab, wrong)
    errors = tab.locator(".eg-errors")
    assert "4" in errors.inner_text()  # how many tries are left
    assert tab.locator("input[autocomplete=one-time-code]").get_attribute("aria-invalid") == "true"

    wait = tab.locator("eg-countdown")
    assert 0 < int(wait.get_attribute("data-seconds")) <= 60
    assert wait.locator("button").get_attribute("aria-disabled") == "true"
    if scripts:  # the waiting counts down by itself
        before = wait.locator("[aria-hidden], [role=status]").first.inner_text()
        tab.wait_for_timeout(2200)
        assert wait.locator("[aria-hidden], [role=status]").first.inner_text() != before

    past = timezone.now() - timedelta(minutes=6)
    EmailDevice.objects.filter(user__email=PERSON).update(
        valid_until=past + timedelta(minutes=5),
        last_generated_timestamp=past,
        throttling_failure_timestamp=None,
        throttling_failure_count=0,
    )
    code_of(tab, right)
    expect(tab.locator(".eg-errors a")).to_have_count(1)
    assert tab.url.startswith(portal.address("login-code", "de"))

    with tab.expect_navigation():
        tab.locator("eg-countdown button").click()
    fresh = portal.code(PERSON)
    assert fresh != right
    code_of(tab, f"{fresh[:3]} {fresh[3:]}")
    assert tab.url == portal.address("dashboard", "de")


@pytest.mark.feature("A8")
def test_a_new_password_ends_the_other_session_and_is_told_by_mail(portal, browser, scripts):
    portal.enter(PERSON)
    tab = portal.tab()
    other = browser.new_context(storage_state=portal.context.storage_state())
    portal.context.clear_cookies()
    portal.enter(PERSON)

    tab.goto(portal.address("account-password", "de"))
    tab.locator("#id_current").fill(PASSWORD)
    tab.locator("#id_password").fill("keller")
    if scripts:
        expect(
            tab.locator("eg-password-criteria [data-met=false], [data-code=length]").first
        ).to_be_visible()
    submit(tab)
    expect(tab.locator(".eg-errors a[href='#id_password']").first).to_be_visible()
    tab.locator("#id_current").fill(PASSWORD)
    tab.locator("#id_password").fill(NEW)
    submit(tab)
    assert tab.url == portal.address("security", "de")
    assert portal.mails(PERSON)[0].subject

    tab.goto(portal.address("dashboard", "de"))
    assert tab.url == portal.address("dashboard", "de")
    page = other.new_page()
    page.goto(portal.address("dashboard", "de"))
    assert at("session-ended", "de") in page.url  # it says that the password was changed
    other.close()


@pytest.mark.feature("A9")
def test_a_forgotten_password_is_replaced_by_a_mailed_link(portal, scripts):
    answers = []
    for address in ("nobody@example.org", PERSON):
        tab = portal.tab()
        tab.goto(portal.address("password-reset", "de"))
        tab.locator("#id_email").fill(address)
        submit(tab)
        answers.append(re.sub(r"\s+", " ", tab.locator("main").inner_text()))
    assert answers[0] == answers[1]
    assert portal.mails("nobody@example.org") == []

    tab.goto(reset_link(portal))
    tab.locator("#id_password").fill(NEW)
    submit(tab)
    fill_in(portal, password=NEW, tab=tab)
    code_of(tab, portal.code(PERSON))
    assert tab.url == portal.address("dashboard", "de")
    again = portal.tab()
    again.goto(reset_link(portal))  # the link worked once
    expect(again.locator("#id_password")).to_have_count(0)


@pytest.mark.feature("A6")
def test_the_language_of_the_account_leads_pages_and_mails(portal, scripts):
    portal.enter(PERSON)
    tab = portal.tab()
    tab.goto(portal.address("details", "de"))
    tab.locator("#id_language").select_option("nl")
    submit(tab)
    assert tab.url == portal.address("details", "nl")
    expect(tab.locator("html")).to_have_attribute("lang", "nl")

    portal.context.clear_cookies()
    tab = fill_in(portal, language="fr", tab=tab)
    code_of(tab, portal.code(PERSON))
    assert tab.url == portal.address("dashboard", "nl")
    assert 'lang="nl"' in portal.mails(PERSON)[0].html


@pytest.mark.feature("A5")
def test_the_name_opens_the_menu_with_log_out(portal, scripts):
    portal.enter(PERSON)
    tab = portal.tab()
    tab.goto(portal.address("dashboard", "de"))
    menu = tab.locator("#account")
    assert menu.is_hidden()
    name = tab.locator("button[popovertarget=account]")
    assert "Anna Keller" in name.inner_text()
    portal.log_out(tab)
    tab.goto(portal.address("dashboard", "de"))
    assert at("login", "de") in tab.url


def test_too_many_wrong_passwords_lock_with_a_way_out(portal, scripts):
    tab = portal.tab()
    for _try in range(6):
        fill_in(portal, password="wrong", tab=tab)
    assert tab.locator(
        f"a[href$='{portal.address('password-reset', 'de').split('/de/')[1]}']"
    ).count()
    expect(tab.locator("h1")).to_have_count(1)
    fill_in(portal, tab=tab)  # the right one does not help now
    expect(tab.locator("input[autocomplete=one-time-code]")).to_have_count(0)


@pytest.mark.feature("A4")
def test_login_leads_back_to_the_page_that_was_asked_for(portal, scripts):
    tab = portal.tab()
    wanted = portal.address("security", "de")
    tab.goto(wanted)
    assert at("login", "de") in tab.url
    tab.locator("main input[type=email]").fill(PERSON.upper())
    tab.locator("main input[type=password]").fill(PASSWORD)
    submit(tab)
    code_of(tab, portal.code(PERSON))
    assert tab.url == wanted
