"""What is never asked, and what looks the same: the second look at a form that works."""

import pytest

from eservices.questions.advice import advice
from eservices.questions.answers import check_answers
from eservices.questions.inventing import invented
from eservices.questions.issues import structure_issues
from eservices.questions.structure import Structure
from eservices.questions.words import Words

from .samples import STRUCTURE, WORDS, words_for

GATE = {"id": "gate", "type": "yes_no"}
AGE = {"id": "age", "type": "number", "minimum": "0", "maximum": "120"}
KIND = {"id": "kind", "type": "choice", "options": [{"id": "a"}, {"id": "b"}]}
LIST = {"id": "list", "type": "choices", "options": [{"id": "x"}, {"id": "y"}]}
YES = {"field": "gate", "op": "is", "value": "yes"}
NO = {"field": "gate", "op": "is", "value": "no"}


def on(field, op, value=""):
    return {"field": field, "op": op, "value": value}


def found(*chapters, words=None):
    raw = {
        "format": 1,
        "chapters": [
            {"id": f"c-{number}", "show_if": rules, "fields": fields}
            for number, (rules, fields) in enumerate(chapters, 1)
        ],
    }
    assert structure_issues(raw) == []
    texts = words_for(raw)
    if words:
        texts = Words.from_json({**texts.texts, **words}, "en")
    return [(issue.kind, issue.block_id) for issue in advice(Structure.from_json(raw), texts)]


BASE = ([], [GATE, AGE, KIND, LIST])


@pytest.mark.parametrize(
    "rules",
    [
        [YES, NO],
        [YES, on("gate", "is_not", "yes")],
        [on("gate", "is_not", "yes"), on("gate", "is_not", "no")],
        [on("kind", "is", "a"), on("kind", "is", "b")],
        [on("age", "gt", "120")],
        [on("age", "lt", "0")],
        [on("age", "is", "121")],
        [on("age", "gt", "50"), on("age", "lt", "50")],
        [on("age", "is", "10"), on("age", "gt", "10.0")],
    ],
)
def test_a_chapter_whose_conditions_cannot_all_hold_is_told(rules):
    assert found(BASE, (rules, [{"id": "t", "type": "text"}])) == [("chapter_unreachable", "c-2")]


@pytest.mark.parametrize(
    "rules",
    [
        [],
        [YES],
        [YES, on("kind", "is", "a")],
        [on("list", "has", "x"), on("list", "has", "y")],
        [on("age", "gt", "50"), on("age", "lt", "51")],
        [on("age", "is", "10"), on("age", "is", "10.0")],
        [on("kind", "is_not", "a")],
    ],
)
def test_what_can_be_asked_is_not_told(rules):
    assert found(BASE, (rules, [{"id": "t", "type": "text"}])) == []


def test_a_question_below_an_opposite_one_is_told_through_the_chain():
    first = {"id": "first", "type": "text", "show_if": [YES]}
    second = {"id": "second", "type": "text", "show_if": [on("first", "filled"), NO]}

    assert found(([], [GATE, first, second])) == [("question_unreachable", "second")]


def test_of_a_chapter_that_is_never_shown_only_the_chapter_is_told():
    inside = {"id": "t", "type": "text", "show_if": [on("age", "gt", "5")]}

    assert found(BASE, ([YES, NO], [inside])) == [("chapter_unreachable", "c-2")]


def test_two_options_with_the_same_words_are_told():
    words = {"a": {"label": "House"}, "b": {"label": " house "}}

    assert found(BASE, words=words) == [("option_twice", "kind")]


def test_invented_answers_fill_every_kind_of_question_and_are_right():
    answers = invented(STRUCTURE)

    assert set(answers) >= {"q-text", "q-period", "q-table", "q-address", "q-count"}
    errors = check_answers(STRUCTURE, WORDS["en"], answers)
    assert [error.question for error in errors if error.question != "q-until"] == []
