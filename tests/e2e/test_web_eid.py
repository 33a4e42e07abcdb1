"""A card in a reader, in a real browser: a script plays the Web eID extension with a card of a test authority."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from eservices.actions import identifiers
from eservices.enums import FieldSource, Level, Method
from eservices.models import PortalSession, User
from tests.e2e.test_accessibility import in_both_schemes
from tests.eservices.identity.card_authority import NUMBER, Card, CardAuthority, Responder
from tests.factories.eservices import make_user

pytestmark = pytest.mark.e2e
EMAIL = "jean@example.org"

#: What the content script of the extension does: acknowledges at once, asks the program, answers in the page's window.
EXTENSION = """
window.addEventListener("message", async ({ data, source }) => {
  if (source !== window || !["web-eid:status", "web-eid:authenticate"].includes(data?.action)) return;
  const say = (suffix, values = {}) =>
    window.postMessage({ action: `${data.action}-${suffix}`, ...values }, location.origin);
  say("ack");
  if (data.action === "web-eid:status") {
    say("success", { library: data.libraryVersion, extension: "2.3.0", nativeApp: "2.6.0" });
    return;
  }
  const answer = await window.testCard(data.challengeNonce, location.origin);
  say(answer.error ? "failure" : "success", answer);
});
"""


@pytest.fixture
def responder() -> Iterator[Responder]:
    responder = Responder()
    responder.authority = CardAuthority(ocsp_url=responder.url)
    yield responder
    responder.stop()


@pytest.fixture
def authority(responder: Responder, settings: Any, tmp_path: Path) -> CardAuthority:
    assert responder.authority
    settings.IDENTITY_PROVIDERS = {
        "web_eid": {
            "kind": "web_eid",
            "name": "eID",
            "levels": {"card": ["high", "eid"]},
            "options": responder.authority.write(tmp_path),
        }
    }
    return responder.authority


def plug_in(portal: Any, card: Card | None, **refusal: str) -> None:
    """Install the extension in the window, with this card in the reader."""

    def sign(challenge: str, origin: str) -> dict[str, Any]:
        return (
            {"error": refusal} if card is None else card.token(origin=origin, challenge=challenge)
        )

    portal.context.expose_function("testCard", sign)
    portal.context.add_init_script(EXTENSION)


def proofs(user: User) -> set[tuple[str, int]]:
    session = PortalSession.objects.filter(user=user, ended_at=None).latest("began_at")
    return {(row["method"], row["level"]) for row in session.proofs}


@pytest.mark.feature("C2", "B3")
def test_a_card_logs_in_and_identifies_more_surely(portal, authority, responder):
    person = make_user(EMAIL)
    identifiers.record_number(user=person, number=NUMBER, source=FieldSource.CSAM)
    plug_in(portal, authority.card())
    tab = portal.tab()

    # From the page of all ways in.
    tab.goto(portal.address("login", "fr"))
    tab.locator(f"a[href='{portal.address('web-eid').removeprefix(portal.base)}']").click()
    assert in_both_schemes(tab, "login") == {}
    tab.locator("eg-web-eid button").click()
    tab.wait_for_url(portal.address("dashboard", "fr"))

    assert proofs(person) == {(Method.EID, Level.HIGH)}
    assert responder.asked == 1
    portal.log_out(tab)

    # With a weaker login first, then the card.
    portal.enter(EMAIL)
    goal = portal.address("details").removeprefix(portal.base)
    tab.goto(f"{portal.address('web-eid')}?purpose=step_up&level=4&next={goal}")
    tab.locator("eg-web-eid button").click()
    tab.wait_for_url(portal.address("details"))

    assert proofs(person) == {(Method.MAIL_CODE, Level.LOW), (Method.EID, Level.HIGH)}


def test_each_failure_says_what_to_do(portal, authority, responder):
    tab = portal.tab()
    tab.goto(portal.address("web-eid", "en"))
    button, error = tab.locator("eg-web-eid button"), tab.locator("eg-web-eid [data-error]")

    # Nobody answers: no extension.
    button.click()
    error.get_by_text("no Web eID extension").wait_for()
    assert button.get_attribute("aria-disabled") is None

    # The person closes the window of the PIN.
    plug_in(portal, None, code="ERR_WEBEID_USER_CANCELLED", message="cancelled")
    tab.reload()
    button.click()
    error.get_by_text("You stopped.").wait_for()

    # A card that is blocked: the server says so.
    other = portal.context.browser.new_context()
    responder.mode = "revoked"
    card = authority.card()
    other.expose_function(
        "testCard", lambda challenge, origin: card.token(origin=origin, challenge=challenge)
    )
    other.add_init_script(EXTENSION)
    blocked = other.new_page()
    blocked.goto(portal.address("web-eid", "en"))
    blocked.locator("eg-web-eid button").click()
    blocked.get_by_text("This card is blocked.").wait_for()
    blocked.get_by_text("web_eid.revoked").first.wait_for()
    other.close()
    assert not PortalSession.objects.exists()


def test_messages_of_other_windows_are_not_listened_to(portal, authority):
    """A frame or another window cannot play the card."""
    tab = portal.tab()
    tab.goto(portal.address("web-eid", "en"))
    forged = json.dumps(
        {"action": "web-eid:status-failure", "error": {"code": "ERR_WEBEID_USER_CANCELLED"}}
    )
    tab.evaluate(
        """(forged) => {
          window.addEventListener("message", ({ data, source }) => {
            if (source !== window || data?.action !== "web-eid:status") return;
            dispatchEvent(new MessageEvent("message",
              { data: JSON.parse(forged), source: null, origin: location.origin }));
            dispatchEvent(new MessageEvent("message",
              { data: JSON.parse(forged), source: window, origin: "https://evil.example" }));
          });
        }""",
        forged,
    )
    tab.locator("eg-web-eid button").click()

    tab.get_by_text("no Web eID extension").wait_for()
    expect(tab.get_by_text("You stopped.")).to_have_count(0)
