"""Pages on the ways in and around an account that no list of pages holds: axe in light and dark, and small screens.

They come up only on the way: at a provider, behind a mailed link, before something ends.
"""

import pytest
from playwright.sync_api import expect

from eservices.actions import email_changes, passwords
from eservices.enums import MembershipRole
from eservices.models import DetailsReport, Membership, User
from tests.addresses import at
from tests.e2e.conftest import PASSWORD
from tests.e2e.test_accessibility import in_both_schemes
from tests.e2e.test_identity import go_to
from tests.e2e.test_security import look, press
from tests.e2e.test_spaces import BAND, right, type_number
from tests.factories.eservices import make_user
from tests.factories.login_methods import make_app
from tests.factories.organisations import make_membership

ANNA, CLAIRE, PIETER = "club@example.org", "citizen@example.org", "parent@example.org"


class Looked(dict):
    """What axe and the ruler found, by page."""

    def at(self, tab, name: str) -> None:
        """Look at the page that stands in the tab."""
        expect(tab.locator("h1"), f"{name}: {tab.url}").to_have_count(1)
        if found := look(tab):
            self[name] = found

    def open(self, portal, tab, route: str, language: str = "de", **values: str) -> None:
        """Open a page and look at it."""
        answer = tab.goto(portal.address(route, language, **values))
        assert answer.status < 400, (route, answer.status)
        assert tab.url.split("?")[0] == portal.address(route, language, **values), tab.url
        self.at(tab, route)


@pytest.mark.feature("C1", "C2", "X14")
def test_the_way_through_a_provider(portal, identities):
    looked = Looked()
    tab = go_to(portal, "itsme", "de")
    identities.cancel(tab)
    looked.at(tab, "stopped")
    tab.goto(portal.address("login", "de"))
    looked.at(tab, "login with providers")
    go_to(portal, "csam", "de", tab)
    looked.at(tab, "keys of CSAM")
    tab.locator("a[href*='key=eid']").click()
    looked.at(tab, "people of CSAM")
    tab.locator("input[name=citizen][value=marie]").check()
    tab.locator("button[name=confirm]").click()
    tab.wait_for_url(portal.address("identity-complete", "de"))
    looked.at(tab, "complete")
    press(tab)
    looked.at(tab, "complete, with errors")
    tab.locator("main input[type=email]").fill("marie@example.org")
    tab.locator("main input[name=language][value=de]").check()
    tab.locator("main input[name=terms]").check()
    press(tab)
    looked.at(tab, "complete, code")
    tab.locator("input[autocomplete=one-time-code]").fill(portal.code("marie@example.org"))
    press(tab)
    looked.open(portal, tab, "security")
    looked.open(portal, tab, "details")
    portal.log_out(tab)
    looked.at(tab, "log out at the provider")
    portal.context.clear_cookies()

    make_user("new@example.org")
    portal.enter("new@example.org")
    tab.goto(portal.address("step-up", "de") + "?procedure=household")
    looked.at(tab, "step up")
    tab.locator("form[action='/oidc/itsme/start/'] button").click()
    identities.itsme(tab, "emma")
    assert tab.url == portal.address("identity-confirm", "de")
    looked.at(tab, "confirm the link")

    assert looked == {}


@pytest.mark.feature("A8", "C3", "X14")
def test_what_lies_behind_mailed_links_and_before_an_end(portal):
    looked, tab = Looked(), portal.tab()
    tab.goto(portal.address("register", "de"))
    tab.locator("main input[type=email]").fill("lea@example.org")
    press(tab)
    looked.at(tab, "register-sent")
    tab.goto(portal.link("lea@example.org", at("invitation", "de")))
    looked.at(tab, "invitation")
    for name in ("first_name", "last_name"):
        tab.locator(f"#id_{name}").fill("Léa")
    tab.locator("#id_password").fill("Perron-und-Glocke-7")
    tab.locator("#id_terms").check()
    press(tab)
    looked.at(tab, "invitation-code")
    portal.context.clear_cookies()
    tab.goto(portal.address("invitation-open", "de", token="unknown"))
    looked.at(tab, "invitation, over")
    looked.open(portal, tab, "invitation-again-sent")

    person = User.objects.get(email=ANNA)
    passwords.request_reset(email=ANNA)
    tab.goto(portal.link(ANNA, str(person.public_id)))
    looked.at(tab, "password-reset-set")
    looked.open(portal, tab, "password-reset-sent")

    portal.enter(ANNA)
    app, _secret = make_app(person)
    for route in ("app-rename", "app-remove"):
        looked.open(portal, tab, route, public_id=str(app.public_id))
    looked.open(portal, tab, "first-method")
    looked.open(portal, tab, "privacy-erase")
    email_changes.ask_for_change(user=person, new_email="anna@example.org", password=PASSWORD)
    tab.goto(portal.link("anna@example.org", at("email-change-confirm", "de")))
    looked.at(tab, "email-change-confirm")
    press(tab)
    tab.goto(portal.link(ANNA, at("email-undo", "de")))
    looked.at(tab, "email-undo")

    assert looked == {}


@pytest.mark.feature("B1", "B5", "X14")
def test_the_last_pages_of_spaces(portal):
    looked = Looked()
    row = right(ANNA, BAND)
    Membership.objects.filter(pk=row.pk).update(role=MembershipRole.ADMIN)
    colleague = make_membership(User.objects.get(email=CLAIRE), row.profile.organisation)
    space = str(row.public_id)
    portal.enter(ANNA)
    tab = portal.tab()
    looked.open(portal, tab, "space-colleagues", space=space)
    looked.open(portal, tab, "space-colleague-end", space=space, member=str(colleague.public_id))
    for route in ("space-edit", "space-leave", "space-mandate"):
        looked.open(portal, tab, route, space=space)
    looked.open(portal, tab, "space-new")
    tab.locator("input[name=kind][value=association]").check()
    press(tab)
    tab.locator("#id_number").fill(BAND)
    tab.locator("#id_terms").check()
    press(tab)
    assert tab.url == portal.address("space-new-access", "de")
    looked.at(tab, "space-new-access")

    type_number(portal, tab, "de")
    press(tab)
    tab.locator("input[name=vat][value=no]").check()
    press(tab)
    tab.locator("input[type=file]").set_input_files(
        {"name": "Vollmacht.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}
    )
    expect(tab.locator("output")).to_have_text("Vollmacht.pdf")
    looked.at(tab, "space-new-function")
    tab.locator("input[type=file]").set_input_files([])
    tab.locator("#id_function").select_option("chair")
    press(tab)
    press(tab)
    assert portal.address("space-new", "de") in tab.url
    looked.at(tab, "space-new-done")

    assert looked == {}


@pytest.mark.feature("B5", "B7", "X10", "X14")
def test_what_agents_read_about_people_and_spaces(portal):
    wrong = {}
    person = User.objects.get(email=PIETER)
    report = DetailsReport.objects.create(
        user=person, field="last_name", source="eid", message="Claes-Janssens, see the certificate."
    )
    waiting = Membership.objects.filter(state="declared", ended_at=None).first()
    portal.enter("admin@example.org")
    tab = portal.tab()
    pages = {
        "people": at("agent-people"),
        "person": at("agent-person", public_id=person.public_id),
        "look": at("agent-look", public_id=person.public_id),
        "membership": at("agent-membership", public_id=waiting.public_id),
        "reports": at("agent-reports"),
        "report": at("agent-report", public_id=report.public_id),
    }
    for name, path in pages.items():
        tab.emulate_media(color_scheme="light")
        assert tab.goto(portal.base + path).status == 200, name
        wrong |= in_both_schemes(tab, name, "main")
    assert wrong == {}
