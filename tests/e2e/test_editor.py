"""What editors publish is what people and programs read; what is frozen stays as it was."""

import pytest
from playwright.sync_api import expect

from eservices.models import Procedure, ProcedurePage, Submission
from eservices.queries.procedures import structure_of
from faq.models import FaqQuestionPage
from tests.e2e.filling import demo_procedure

EDITOR = "editor@example.org"
CITIZEN = "citizen@example.org"


def publish(tab):
    """Open the menu of the page's foot and publish."""
    button = tab.locator("button[name=action-publish], button[value=action-publish]").first
    if not button.is_visible():
        tab.locator(
            "footer [data-w-dropdown-target=toggle], footer .w-dropdown__toggle"
        ).first.click()
    with tab.expect_navigation(timeout=30_000):
        button.click()


def edit(portal, page):
    """Open the page of the tree for editing; returns the tab."""
    tab = portal.tab()
    tab.goto(f"{portal.base}/admin/pages/{page.pk}/edit/")
    tab.locator("#id_title").wait_for()
    return tab


def change(field, text):
    """Type into a field of the builder, even where its chapter is folded."""
    field.evaluate(
        """(input, text) => {
          input.value = text;
          input.dispatchEvent(new Event("change", { bubbles: true }));
        }""",
        text,
    )


@pytest.mark.feature("E1")
@pytest.mark.feature("E2")
def test_a_changed_question_reaches_pages_and_programs_and_asks_for_translations(portal):
    question = FaqQuestionPage.objects.filter(locale__language_code="fr", live=True).first()
    address = f"{portal.base}/api/v1/faq/?locale=fr"
    before = portal.context.request.get(address)
    kept = {"If-None-Match": before.headers["etag"]}
    assert portal.context.request.get(address, headers=kept).status == 304

    portal.enter(EDITOR)
    tab = edit(portal, question)
    changed = "Comment ouvrir mon compte tout neuf ?"
    tab.locator("#id_title").fill(changed)
    publish(tab)

    after = portal.context.request.get(address, headers=kept)
    assert after.status == 200
    assert after.headers["etag"] != before.headers["etag"]
    assert changed in after.text()
    assert changed not in before.text()

    tab.goto(f"{portal.base}/admin/")
    row = tab.locator("#panel-translations-content tr, section tr", has_text=changed).first
    expect(row).to_be_visible()
    german = portal.context.request.get(f"{portal.base}/api/v1/faq/?locale=de").text()
    assert changed not in german  # nothing untranslated goes live by accident


@pytest.mark.feature("X3")
def test_new_words_of_a_form_are_frozen_as_a_new_edition(portal):
    procedure = Procedure.objects.get(code="tree")
    version = procedure.current
    portal.enter(EDITOR)
    tab = edit(portal, french_page())
    label = demo_procedure("tree")["chapters"][0]["questions"][1]["label"]["fr"]
    field = tab.locator("input[name^='chapters-0-value-questions-1-value-label']").first
    assert field.input_value() == label
    change(field, "Combien mesure le tour du tronc ?")
    publish(tab)

    procedure.refresh_from_db()
    assert procedure.current_id == version.pk  # the same rules: the same version
    assert version.texts.filter(locale="fr").count() == 2
    portal.context.clear_cookies()
    portal.enter("club@example.org")
    tab = portal.tab()
    tab.goto(portal.address("submission-start", "fr", code="tree"))
    with tab.expect_navigation():
        tab.locator("main form[method=post] button[type=submit]").first.click()
    expect(tab.locator("main")).to_contain_text(
        "Combien mesure le tour du tronc ?", use_inner_text=True
    )
    assert label not in tab.locator("main").inner_text()


def french_page():
    """The page of the procedure about trees in French."""
    return ProcedurePage.objects.get(locale__language_code="fr", slug="abattre-elaguer-arbre")


@pytest.mark.feature("X3")
def test_new_rules_make_a_version_and_drafts_are_told_what_changed(portal):
    procedure = Procedure.objects.get(code="tree")
    old = procedure.current
    draft = Submission.objects.get(profile__user__email=CITIZEN, state="draft")
    sent = Submission.objects.filter(procedure=procedure).exclude(state="draft").first()
    portal.enter(EDITOR)
    tab = edit(portal, french_page())
    field = tab.locator("input[name^='chapters-0-value-questions-1-value-maximum']").first
    change(field, "100")
    publish(tab)

    procedure.refresh_from_db()
    assert procedure.current.number == old.number + 1
    portal.context.clear_cookies()
    portal.enter(CITIZEN)
    tab = portal.tab()
    tab.goto(portal.address("submission", "fr", reference=draft.reference))
    told = tab.locator("section:has(#changes-title)")
    label = demo_procedure("tree")["chapters"][0]["questions"][1]["label"]["fr"]
    assert told.locator("a").all_inner_texts() == [label]
    draft.refresh_from_db()
    assert draft.version_id == procedure.current_id
    with tab.expect_navigation():
        told.locator("button").click()
    expect(tab.locator("#changes-title")).to_have_count(0)

    sent.refresh_from_db()  # what was sent stays as it was asked
    assert sent.version_id == old.pk
    old.refresh_from_db()
    assert [s for s in structure_of(old).questions() if s.key == "girth_cm"][0].maximum == 900
