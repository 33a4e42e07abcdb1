"""The builder in the back office: the list of mistakes while editing, and the preview."""

import pytest
from django.urls import reverse
from django.utils.translation import override

from eservices.models import ProcedurePage, ProcedureVersion
from eservices.queries.builder import built_from_post, findings_of, preview_of
from tests.eservices.backoffice.test_procedures import editor  # noqa: F401  fixture
from tests.factories.eservices import log_in, make_agent
from tests.factories.procedures import make_page, make_translation

pytestmark = pytest.mark.django_db


def posted(*questions, chapter="C"):
    """The builder as a browser posts it: one chapter with questions (type, id, value)."""
    data = {
        "chapters-count": "1",
        "chapters-0-deleted": "",
        "chapters-0-order": "0",
        "chapters-0-type": "chapter",
        "chapters-0-id": "c-1",
        "chapters-0-value-title": chapter,
        "chapters-0-value-show_if-count": "0",
        "chapters-0-value-questions-count": str(len(questions)),
    }
    for number, (kind, name, value) in enumerate(questions):
        place = f"chapters-0-value-questions-{number}"
        data |= {
            f"{place}-deleted": "",
            f"{place}-order": str(number),
            f"{place}-type": kind,
            f"{place}-id": name,
            f"{place}-value-show_if-count": "0",
        }
        data |= {f"{place}-value-{part}": text for part, text in value.items()}
    return data


def check(client, page, data):
    with override("en"):
        address = reverse("procedure-check", args=[page.pk])
    return client.post(address, data)


@pytest.mark.feature("X3")
def test_the_check_reads_the_form_as_it_stands_and_stores_nothing(client, editor):  # noqa: F811
    page = make_page("en")
    log_in(client, editor)
    before = ProcedurePage.objects.get(pk=page.pk).chapters.raw_data[:]

    html = check(
        client,
        page,
        posted(
            ("text", "q-1", {"label": "Name", "key": "twin", "max_length": "80"}),
            ("text", "", {"label": "Name", "key": "twin"}),
        ),
    ).content.decode()

    assert "The code “twin” is used twice." in html
    assert "no identifier" not in html
    assert "cannot be used" not in html, "numbers come as texts and are fine"
    assert ProcedurePage.objects.get(pk=page.pk).chapters.raw_data[:] == before
    assert not ProcedureVersion.objects.exists()


def test_a_condition_on_a_later_question_is_named_with_the_way_to_its_block(client, editor):  # noqa: F811
    page = make_page("en")
    log_in(client, editor)
    rule = {
        "show_if-count": "1",
        "show_if-0-deleted": "",
        "show_if-0-order": "0",
        "show_if-0-id": "r",
        "show_if-0-value-question": "later",
        "show_if-0-value-op": "filled",
    }

    html = check(
        client,
        page,
        posted(
            ("text", "q-1", {"label": "First", **rule}),
            ("text", "q-2", {"label": "Second", "key": "later"}),
        ),
    ).content.decode()

    assert "comes later" in html
    assert "#block-q-1-section" in html
    assert "<strong>First</strong>" in html


def test_a_form_without_mistakes_says_so_but_for_its_translations():
    page = make_page("en")
    with override("en"):
        messages = [item.message for item in findings_of(page.form_as_built, page=page)]
    assert [message.partition(": ")[2] for message in messages] == 3 * [
        "there is no translation yet."
    ]

    other = make_translation(page, "de", live=False)
    other.chapters = []
    other.save()
    with override("en"):
        found = findings_of(page.form_as_built, page=page)
    assert any(
        "Deutsch: " in item.message and "texts are missing" in item.message for item in found
    )
    assert not any(item.stops for item in found)


def test_what_a_new_page_holds_is_checked_too(client, editor):  # noqa: F811
    log_in(client, editor)

    choice = ("choice", "q", {"label": "Q", "options-count": "0"})
    html = client.post(reverse("procedure-check-new"), posted(choice))

    assert "Give at least two answers" in html.content.decode()
    assert client.post(reverse("procedure-check-new"), {}).status_code == 200
    half = posted(("choice", "q", {"label": "Q"}))
    assert client.post(reverse("procedure-check-new"), half).status_code == 400


def test_agents_check_no_forms(client):
    page = make_page()
    log_in(client, make_agent())

    assert check(client, page, {}).status_code in (302, 403)


def test_the_editor_shows_the_check_above_the_form(client, editor):  # noqa: F811
    page = make_page()
    page.chapters = []
    page.save()

    html = log_in(client, editor).get(reverse("wagtailadmin_pages:edit", args=[page.pk]))

    assert reverse("procedure-check", args=[page.pk]) in html.content.decode()


def test_posted_blocks_without_ids_get_some_for_the_check():
    form = built_from_post(
        [
            {
                "type": "chapter",
                "value": {"title": "C", "questions": [{"type": "text", "value": {}}]},
            }
        ],
        [],
    )

    assert form.structure["chapters"][0]["id"]
    assert form.structure["chapters"][0]["fields"][0]["id"]


@pytest.mark.feature("X3")
def test_the_preview_is_the_form_of_citizens_with_invented_answers(rf):
    page = make_page("en")

    html = _preview(page, rf)

    assert 'name="help-needed"' in html
    assert 'data-field="help-kind"' in html
    assert "eg-conditions" in html
    assert "Chapter 2 of 2" in html
    assert not ProcedureVersion.objects.exists()


def test_a_form_that_cannot_be_shown_says_why(rf):
    page = make_page("en")
    page.chapters = [
        {"type": "chapter", "id": "c", "value": {"title": "C", "questions": []}},
    ]

    assert preview_of(page).chapters == ()
    assert "This chapter has no questions." in _preview(page, rf)


def test_conditions_of_a_chapter_hold_for_its_questions_in_the_preview():
    page = make_page("en")
    rows = preview_of(page).rules["questions"]

    assert [row["id"] for row in rows][:2] == ["about", "name"]
    assert next(row for row in rows if row["id"] == "help-kind")["show_if"] == [
        {"field": "help-needed", "op": "is", "value": "yes"}
    ]


def _preview(page, rf):
    with override("en"):
        return page.make_preview_request(preview_mode="").render().content.decode()
