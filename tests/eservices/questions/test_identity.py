"""Answers survive the way to the page and back, and through JSON, in every language."""

import pytest
from django.utils.translation import override
from hypothesis import given, settings

from eservices.questions.answers import answers_from_json, json_schema
from eservices.questions.conditions import asked
from eservices.questions.forms import chapter_data, chapter_form_class
from tests.eservices.questions.samples import ALL_ANSWERS, ANSWERS, LOCALES, STRUCTURE, WORDS

FEW = settings(max_examples=60, deadline=None)


def through_forms(answers, locale, *, complete=False):
    """Give the answers as somebody would type them, and return what the forms kept."""
    kept, unfinished = {}, {}
    for chapter in STRUCTURE.chapters:
        form_class = chapter_form_class(STRUCTURE, WORDS[locale], chapter.id, complete=complete)
        form = form_class(chapter_data(chapter, answers, {}, locale))
        kept |= form.result.answers
        unfinished |= form.result.unfinished
    assert unfinished == {}
    return kept


@pytest.mark.parametrize("locale", LOCALES)
def test_one_answer_of_each_type_survives(locale):
    with override(locale):
        assert through_forms(ANSWERS, locale) == ANSWERS


@pytest.mark.parametrize("locale", LOCALES)
@FEW
@given(answers=ALL_ANSWERS)
def test_any_answers_survive_the_page(locale, answers):
    with override(locale):
        assert through_forms(answers, locale) == answers


@FEW
@given(answers=ALL_ANSWERS)
def test_any_answers_survive_json(answers):
    assert answers_from_json(STRUCTURE, answers) == (answers, [])


@FEW
@given(answers=ALL_ANSWERS)
def test_what_the_page_draws_is_what_was_saved(answers):
    for chapter in STRUCTURE.chapters:
        form_class = chapter_form_class(STRUCTURE, WORDS["fr"], chapter.id, complete=False)
        form = form_class(answers=answers)
        drawn = chapter_data(chapter, answers, {}, "fr")

        for name in form.fields:
            initial = form.initial.get(name, "")
            posted = drawn.getlist(name)
            expected = initial if isinstance(initial, list) else [str(initial)]
            if initial is not True:
                assert [value for value in posted if value] == [item for item in expected if item]
        assert form.asked == asked(STRUCTURE, answers)


def test_the_schema_agrees_with_the_forms():
    jsonschema = pytest.importorskip("jsonschema")
    schema = json_schema(STRUCTURE, WORDS["fr"])
    validator = jsonschema.Draft202012Validator(
        schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )

    jsonschema.Draft202012Validator.check_schema(schema)
    assert list(validator.iter_errors(ANSWERS)) == []
    for wrong in (
        {"q-number": 12},
        {"q-nn": "1"},
        {"z": 1},
        {"q-choice": "o-9"},
        {"q-table": [{}]},
    ):
        assert list(validator.iter_errors(ANSWERS | wrong)) != []
