"""An official document's way in a browser: eBox activated, announced, opened with the identity card, receipt kept."""

import pytest
from playwright.sync_api import expect

from eservices.models import User
from sandbox.mail import inbox
from tests.e2e.test_accessibility import violations
from tests.e2e.test_step_up import PERSON, continue_with
from tests.factories.ebox import PDF, make_message


def press(tab):
    """Send the page's form."""
    with tab.expect_navigation():
        tab.locator("main form button.utrecht-button--primary-action").first.click()


@pytest.mark.feature("C5", "B4")
def test_a_decision_is_announced_opened_with_the_card_and_kept_with_its_receipt(
    portal, identities, scripts
):
    portal.enter(PERSON)
    tab = portal.tab()
    tab.goto(portal.address("ebox"))
    assert not scripts or violations(tab) == []
    tab.locator(
        f"main a[href='{portal.address('ebox-activate').removeprefix(portal.base)}']"
    ).click()
    tab.locator("main input[name=email]").fill("courrier@example.org")
    press(tab)
    tab.locator("main input[name=otp_token]").fill(portal.code("courrier@example.org"))
    press(tab)
    expect(tab.locator("main")).to_contain_text("courrier@example.org")

    message = make_message(User.objects.get(email=PERSON))
    portal.work()
    (announced, *_older) = inbox("courrier@example.org")
    assert "abattage" not in f"{announced.subject}{announced.text}"
    tab.goto(portal.address("notices"))
    expect(tab.locator(".eg-notice--unread").first).to_be_visible()
    assert not scripts or violations(tab) == []
    page = portal.address("ebox-message", message=str(message.public_id))
    tab.goto(page)
    assert "service=ebox" in tab.url
    continue_with(tab, "csam")
    identities.csam(tab, "anna", key="eid")
    assert tab.url == page
    expect(tab.locator(".eg-doc-row")).to_have_count(0)
    press(tab)

    expect(tab.locator(".eg-doc-row")).to_have_count(1)
    assert not scripts or violations(tab) == []
    message.refresh_from_db()
    assert message.opened_at is not None
    with tab.expect_download() as download:
        tab.locator(".eg-doc-row a").click()
    assert download.value.path().read_bytes() == PDF
    with tab.expect_download() as receipt:
        tab.locator("main a[href$='receipt.pdf']").click()
    assert receipt.value.path().read_bytes().startswith(b"%PDF")
