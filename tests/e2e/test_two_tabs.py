"""One draft in two tabs, and a connection that comes and goes: nothing that was typed is lost."""

import pytest
from playwright.sync_api import expect

from eservices.models import Submission
from eservices.queries.submissions import content_of
from tests.e2e.filling import TREE, Filler

PERSON = "club@example.org"


@pytest.fixture
def draft(portal):
    """Start a draft; returns the first tab, at its first chapter."""
    portal.enter(PERSON)
    tab = portal.tab()
    tab.goto(portal.address("submission-start", "de", code="tree"))
    with tab.expect_navigation():
        tab.locator("main form[method=post] button[type=submit]").first.click()
    return tab


def answers():
    """What is stored of the newest draft."""
    return content_of(Submission.objects.filter(profile__user__email=PERSON).latest("pk")).answers


@pytest.mark.feature("A11")
def test_answers_to_different_questions_are_merged(portal, draft, scripts):
    first, second = Filler(draft, scripts=scripts), Filler(portal.tab(), scripts=scripts)
    second.tab.goto(draft.url)
    first.answer("girth_cm", "145")
    first.save()
    second.answer("remarkable", "no")
    second.save()

    expect(second.tab.locator(".eg-errors")).to_have_count(0)
    assert second.tab.locator(f"[name='{second.name('girth_cm')}']").input_value() == "145"
    stored = answers()
    assert stored[first.name("girth_cm")] == "145"
    assert first.name("remarkable") in stored


@pytest.mark.feature("A11")
def test_the_later_of_two_answers_to_one_question_is_told_and_keeps_its_words(
    portal, draft, scripts
):
    first, second = Filler(draft, scripts=scripts), Filler(portal.tab(), scripts=scripts)
    second.tab.goto(draft.url)
    girth = f"[name='{first.name('girth_cm')}']"
    first.answer("girth_cm", "145")
    first.save()
    second.answer("girth_cm", "150")
    second.save()

    told = second.tab.locator(".eg-errors")
    assert "145" in told.inner_text()
    assert second.tab.locator(girth).input_value() == "150"
    assert answers()[first.name("girth_cm")] == "145"  # nothing was overwritten unseen
    second.save()
    expect(second.tab.locator(".eg-errors")).to_have_count(0)
    assert answers()[first.name("girth_cm")] == "150"


@pytest.mark.feature("A11")
def test_what_is_typed_is_saved_by_itself(portal, draft):
    filler = Filler(draft)
    status = draft.locator("[data-autosave-status]").first
    filler.chapter(TREE["check"])
    expect(status).to_have_attribute("data-tone", "saved")
    assert answers()[filler.name("girth_cm")] == "145"

    portal.context.set_offline(True)
    filler.answer("girth_cm", "160")
    expect(status).to_have_attribute("data-tone", "warning")
    portal.context.set_offline(False)
    expect(status).to_have_attribute("data-tone", "saved")
    assert answers()[filler.name("girth_cm")] == "160"

    draft.reload()
    assert draft.locator(f"[name='{filler.name('girth_cm')}']").input_value() == "160"


@pytest.mark.feature("A11")
def test_a_session_that_ended_elsewhere_does_not_lose_the_page(portal, draft):
    filler = Filler(draft)
    status = draft.locator("[data-autosave-status]").first
    portal.context.clear_cookies()
    filler.answer("girth_cm", "145")
    expect(status).to_have_attribute("data-tone", "warning")
    assert draft.locator(f"[name='{filler.name('girth_cm')}']").input_value() == "145"


@pytest.mark.feature("A11")
@pytest.mark.feature("A14")
def test_documents_that_cannot_be_taken_are_refused_in_words(portal, draft, scripts):
    filler = Filler(draft, scripts=scripts)
    filler.open_chapter("documents")
    box = draft.locator(f"#id_{filler.name('sketch')}")
    for name, content in (("croquis.pdf", b""), ("croquis.pdf", b"MZ\x90 not a PDF at all")):
        box.locator("input[type=file]").set_input_files(
            {"name": name, "mimeType": "application/pdf", "buffer": content}
        )
        if not scripts:
            filler.save()
        expect(box.locator(".utrecht-form-field-error-message, [role=alert]").first).to_be_visible()
        expect(box.locator(".eg-doc-row button[name=delete_annex]")).to_have_count(0)
    filler.answer("sketch", ["croquis.pdf"])
    with draft.expect_navigation():
        box.locator("button[name=delete_annex]").click()
    expect(box.locator("button[name=delete_annex]")).to_have_count(0)


@pytest.mark.feature("A11")
def test_the_back_button_and_a_second_press_do_no_harm(portal, draft, scripts):
    filler = Filler(draft, scripts=scripts)
    filler.chapter(TREE["check"])
    filler.go_on()
    filler.is_at("applicant")
    draft.go_back()
    assert draft.locator(f"[name='{filler.name('girth_cm')}']").input_value() == "145"
    filler.go_on()
    filler.is_at("applicant")
    expect(draft.locator(".eg-errors")).to_have_count(0)
