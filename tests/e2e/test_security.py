"""Second steps as people live them: app, backup code, passkey; in two languages, with and without scripts."""

import re
from datetime import timedelta

import pyotp
import pytest
from django.utils import timezone
from playwright.sync_api import expect

from eservices.enums import Method
from eservices.models import AuthenticatorApp, LoginPreference, Passkey, PortalSession, User
from tests.e2e.conftest import PASSWORD
from tests.e2e.test_accessibility import in_both_schemes

PERSON = "club@example.org"


def press(tab, name="main button.utrecht-button--primary-action[type=submit]"):
    """Press the filled button of the page and wait for the next."""
    with tab.expect_navigation():
        tab.locator(name).first.click()


def password(portal, tab, language):
    """Give address and password."""
    tab.goto(portal.address("login", language))
    tab.locator("main input[type=email]").fill(PERSON)
    tab.locator("main input[type=password]").fill(PASSWORD)
    press(tab, "main form:has(input[type=password]) button[type=submit]")


def leave(portal, tab):
    """Forget who was logged in."""
    portal.context.clear_cookies()
    tab.goto("about:blank")


def look(tab):
    """What axe finds on a page, in light and in dark."""
    found = list(in_both_schemes(tab, "here").items())
    tab.emulate_media(color_scheme="light")
    wide = "document.documentElement.scrollWidth > window.innerWidth"
    tab.set_viewport_size({"width": 390, "height": 844})
    found += [("too wide", tab.url)] if tab.evaluate(wide) else []
    tab.set_viewport_size({"width": 1280, "height": 900})
    return found


def authenticator_of(tab):
    """Give the tab a device in software with a fingerprint that is always right; returns its session and id."""
    tools = tab.context.new_cdp_session(tab)
    tools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = tools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return tools, made["authenticatorId"]


@pytest.mark.feature("C3")
@pytest.mark.parametrize("language", ["fr", "de"])
def test_an_app_and_backup_codes_are_added_and_open_the_space(portal, language, scripts):
    portal.enter(PERSON)
    tab = portal.tab()
    tab.goto(portal.address("app-add", language))
    secret = "".join(tab.locator(".eg-secret span").all_inner_texts())
    assert tab.locator(".eg-qr img").evaluate("image => image.naturalWidth > 100") is True
    tab.locator("#id_otp_token").fill("12 34")
    press(tab)
    expect(tab.locator(".eg-errors a[href='#id_otp_token']")).to_have_count(1)
    tab.locator("#id_otp_token").fill(pyotp.TOTP(secret).now())
    press(tab)
    assert tab.url == portal.address("security", language)
    tab.goto(portal.address("first-method", language))
    tab.locator("input[value=authenticator]").check()
    press(tab)
    tab.goto(portal.address("backup-codes", language))
    press(tab)
    codes = tab.locator(".eg-codes li").all_inner_texts()
    assert len(codes) == 10
    leave(portal, tab)

    password(portal, tab, language)
    AuthenticatorApp.objects.update(last_step=0)  # the code of a moment ago may be asked again
    expect(tab.locator("input[autocomplete=one-time-code]")).to_have_count(1)
    code = pyotp.TOTP(secret).now()
    tab.locator("input[autocomplete=one-time-code]").fill(f"{code[:3]} {code[3:]}")
    press(tab)
    assert portal.address("dashboard", "de") == tab.url  # the language of the account
    assert PortalSession.objects.latest("pk").proofs[0]["method"] == "authenticator"
    leave(portal, tab)

    password(portal, tab, language)
    with tab.expect_navigation():
        tab.locator(f"a[href*='way={Method.BACKUP_CODE.value}']").click()
    tab.locator("#id_token-backup_code").fill(codes[4].lower())
    press(tab)
    assert re.search(r"\b9\b", tab.locator("[role=status]").first.inner_text())


@pytest.mark.feature("C3")
@pytest.mark.parametrize("language", ["fr", "de"])
def test_a_passkey_is_made_and_opens_the_space_alone_and_after_the_password(portal, language):
    portal.enter(PERSON)
    tab = portal.tab()
    tools, device = authenticator_of(tab)
    tab.goto(portal.address("passkey-add", language))
    tab.locator("#id_name").fill("Mein Laptop")
    press(tab, "eg-passkey button[type=submit]")
    assert tab.url == portal.address("security", language)
    expect(tab.locator("main")).to_contain_text("Mein Laptop", use_inner_text=True)
    assert tools.send("WebAuthn.getCredentials", {"authenticatorId": device})["credentials"]

    tab.goto(portal.address("passkey-add", language))  # the device refuses a second one
    tab.locator("eg-passkey button[type=submit]").click()
    expect(tab.locator("eg-passkey [data-error]")).not_to_be_empty()
    assert Passkey.objects.count() == 1

    leave(portal, tab)
    tab.goto(portal.address("login", language) + "?next=" + portal.address("security", "de"))
    press(tab, "eg-passkey button[type=submit]")
    assert tab.url.startswith(portal.address("security", "de"))
    assert PortalSession.objects.latest("pk").proofs[0]["method"] == "passkey"

    leave(portal, tab)
    person = User.objects.get(email=PERSON)
    LoginPreference.objects.create(user=person, method=Method.PASSKEY)
    password(portal, tab, language)
    press(tab, "eg-passkey button[type=submit]")
    assert tab.url == portal.address("dashboard", "de")
    assert Passkey.objects.get().sign_count >= 2

    tools.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    leave(portal, tab)
    password(portal, tab, language)
    tab.locator("eg-passkey button[type=submit]").click()
    expect(tab.locator("eg-passkey [data-error]")).not_to_be_empty()
    assert PortalSession.objects.filter(user=person, ended_at=None).count() == 3


@pytest.mark.feature("C3", "X14")
def test_pages_of_login_methods_please_axe_and_a_change_asks_for_a_fresh_proof(portal):
    portal.enter(PERSON)
    tab = portal.tab()
    found = {}
    for name in ("app-add", "passkey-add", "backup-codes", "first-method", "security"):
        tab.goto(portal.address(name, "de"))
        found[name] = look(tab)
    tab.goto(portal.address("backup-codes", "de"))
    press(tab)
    found["codes"] = look(tab)
    old = (timezone.now() - timedelta(minutes=11)).isoformat()
    for row in PortalSession.objects.all():
        row.proofs = [{**proof, "at": old} for proof in row.proofs]
        row.save()

    tab.goto(portal.address("app-add", "de"))
    found["prove"] = look(tab)
    press(tab)
    code = portal.code(PERSON)
    found["prove-code"] = look(tab)
    tab.locator("#id_password").fill(PASSWORD)
    tab.locator("#id_otp_token").fill(code)
    press(tab)

    assert tab.url == portal.address("app-add", "de")
    assert {name: problems for name, problems in found.items() if problems} == {}
