"""From a login by mail to the identity card in the middle of a form: nothing that was typed is lost."""

import re

import pytest
from playwright.sync_api import expect

from eservices.enums import Level
from eservices.models import AuthenticationEvent, PortalSession, Procedure, Submission
from eservices.queries.submissions import content_of
from tests.e2e.filling import Filler

PERSON = "club@example.org"


def proofs():
    """What the person's open session has proved."""
    session = PortalSession.objects.get(user__email=PERSON, ended_at=None)
    return [(proof["method"], proof["level"]) for proof in session.proofs]


def draft():
    """The person's newest draft."""
    return Submission.objects.filter(profile__user__email=PERSON).latest("pk")


def continue_with(tab, kind):
    """Press the button of a provider on the step-up page."""
    tab.locator(f"form[action='/oidc/{kind}/start/'] button").click()


def begin(portal, language):
    """Log in by mail and start the form about trees, which meanwhile asks for the surest identification."""
    portal.enter(PERSON)
    tab = portal.tab()
    tab.goto(portal.address("submission-start", language, code="tree"))
    with tab.expect_navigation():
        tab.locator("main form[method=post] button[type=submit]").first.click()
    Procedure.objects.filter(code="tree").update(required_level=Level.HIGH)
    return tab


@pytest.mark.feature("B3")
@pytest.mark.parametrize("language", ["fr", "de"])
def test_a_stronger_identification_in_the_middle_of_a_form_loses_nothing(
    portal, identities, language, scripts
):
    tab = begin(portal, language)
    filler = Filler(tab, scripts=scripts)
    girth, first = filler.name("girth_cm"), tab.url
    filler.answer("girth_cm", "145")
    with tab.expect_navigation():
        tab.locator("button[name=go][value=next]").first.click()

    assert re.search(r"/(identify|[^/]+)/\?procedure=tree&next=", tab.url), tab.url
    assert proofs() == [("mail_code", 2)]
    assert content_of(draft()).answers[girth] == "145"
    expect(tab.locator("html")).to_have_attribute("lang", language)
    expect(tab.locator("form[action='/oidc/itsme/start/']")).to_have_count(1)

    continue_with(tab, "csam")
    identities.csam(tab, "anna", key="eid")

    assert tab.url.startswith(first), "the chapter shows what is still to be put right"
    assert tab.locator(f"[name='{girth}']").input_value() == "145"
    assert proofs() == [("mail_code", 2), ("eid", 4)]


@pytest.mark.feature("B3")
def test_the_card_of_somebody_else_changes_nothing(portal, identities, scripts):
    tab = begin(portal, "fr")
    filler = Filler(tab, scripts=scripts)
    girth, chapter = filler.name("girth_cm"), tab.url
    filler.answer("girth_cm", "145")
    with tab.expect_navigation():
        tab.locator("button[name=go][value=next]").first.click()
    before = content_of(draft()).answers

    continue_with(tab, "csam")
    identities.csam(tab, "claire", key="eid")

    expect(tab.locator("main h1")).to_be_visible()
    assert not tab.url.startswith(chapter)
    assert proofs() == [("mail_code", 2)]
    assert content_of(draft()).answers == before
    assert before[girth] == "145"
    events = AuthenticationEvent.objects.filter(kind="step_up_refused")
    assert [(event.user.email, event.code) for event in events] == [
        (PERSON, "identity.other_person")
    ]
    tab.goto(chapter)
    assert "procedure=tree" in tab.url, "the chapter still asks for the identification"
