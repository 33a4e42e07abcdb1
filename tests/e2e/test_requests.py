"""A file is questioned item by item, answered and decided; the citizen's half works without scripts too."""

import io

import pikepdf
import pytest
from django.urls import reverse
from playwright.sync_api import expect

from eservices.actions import reviews
from eservices.enums import RequestState, SubmissionState
from eservices.models import Submission, User
from tests.e2e.test_security import look

AGENT = "agent@example.org"


def a_file() -> Submission:
    """A file of the demo in the agent's charge."""
    agent = User.objects.get(email=AGENT)
    file = Submission.objects.filter(state=SubmissionState.SUBMITTED).order_by("pk")[0]
    file.team.members.add(agent)
    reviews.claim(submission=file, by=agent)
    return file


def a_pdf() -> dict[str, object]:
    content = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(content)
    return {"name": "plan.pdf", "mimeType": "application/pdf", "buffer": content.getvalue()}


@pytest.mark.feature("X2")
def test_three_things_are_asked_answered_and_decided(portal, scripts):
    file = a_file()
    portal.enter(AGENT)
    tab = portal.tab()
    tab.goto(portal.base + reverse("agent-ask", args=[file.reference]))
    for number, (kind, text) in enumerate(
        (("document", "Le plan de la rue."), ("answer", "Quel jour ?"), ("answer", "Qui vient ?"))
    ):
        tab.locator(f"[name=item-{number}-kind]").select_option(kind)
        tab.locator(f"[name=item-{number}-text]").fill(text)
    with tab.expect_navigation():
        tab.locator("main form[novalidate] .eg-bo-bar button[type=submit]").click()
    expect(tab.locator("#requests ~ * tbody tr, .eg-bo-panel tbody tr")).to_have_count(3)

    portal.context.clear_cookies()
    portal.enter(file.acting_user.email)
    tab = portal.tab()
    tab.goto(portal.address("submission", reference=file.reference))
    expect(tab.locator(".eg-request__action a")).to_have_count(3)
    if scripts:
        assert look(tab) == []
    for _number in range(3):
        tab.locator(".eg-request__action a").first.click()
        tab.wait_for_load_state()
        if tab.locator("main input[type=file]").count():
            tab.locator("main input[type=file]").set_input_files(a_pdf())
        else:
            tab.locator("main textarea").fill("Le 3 mai, avec les voisins.")
        with tab.expect_navigation():
            tab.locator("main form[enctype] button[type=submit]").click()
    expect(tab.locator(".eg-request__action a")).to_have_count(0)
    file.refresh_from_db()
    assert file.state == SubmissionState.IN_REVIEW
    assert not file.requests.exclude(state=RequestState.ANSWERED).exists()

    portal.context.clear_cookies()
    portal.enter(AGENT)
    tab = portal.tab()
    tab.goto(portal.base + reverse("agent-accept", args=[file.reference]))
    tab.locator("textarea[name=reason]").fill("Accordé.")
    with tab.expect_navigation():
        tab.locator("main .eg-bo-bar button[type=submit]").click()
    file.refresh_from_db()
    assert file.state == SubmissionState.ACCEPTED
