"""An agent looks at a person's space: a reason first, a banner all the time, nothing to change, told to the person."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from eservices.models import ActingGrant, User
from tests.e2e.test_security import look

PERSON = "citizen@example.org"
REASON = "She calls about her event and cannot find it."


@pytest.mark.feature("X10")
@pytest.mark.parametrize("scripts", [True, False])
def test_an_agent_looks_at_a_space_and_the_person_reads_why(portal, scripts):
    person = User.objects.get(email=PERSON)
    portal.enter("admin@example.org")
    tab = portal.tab()
    tab.goto(portal.base + reverse("agent-look", args=[person.public_id]))
    tab.locator("textarea[name=reason]").fill(REASON)
    with tab.expect_navigation():
        tab.locator("main form button[type=submit]").first.click()

    banner = tab.locator(".eg-acting")
    expect(banner).to_contain_text(REASON)
    expect(tab.locator("h1")).to_have_count(1)
    if scripts:
        assert look(tab) == []
    tab.locator("main a[href*='/SUB-'], main a[href*='dossier']").first.click()
    tab.wait_for_load_state()
    expect(tab.locator(".eg-acting")).to_be_visible()
    tab.goto(portal.address("details"))
    expect(tab.locator("main input[name=first_name]")).to_have_count(0)
    tab.goto(portal.address("dashboard"))
    with tab.expect_navigation():
        tab.locator(".eg-acting button").click()
    assert ActingGrant.objects.get(person=person, ended_at__isnull=False).pages >= 3

    portal.context.clear_cookies()
    portal.enter(PERSON)
    tab = portal.tab()
    tab.goto(portal.address("privacy"))
    expect(tab.locator("main")).to_contain_text(REASON)
