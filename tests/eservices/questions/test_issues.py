"""Mistakes of editors, all found before a form is frozen."""

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eservices.questions.issues import structure_issues
from eservices.questions.mistakes import MESSAGES
from eservices.questions.structure import Structure
from eservices.questions.words_issues import words_issues
from tests.eservices.questions.samples import ALL_TYPES, STRUCTURE, WORDS, form_of

TEXT = {"id": "a", "type": "text"}
NUMBER = {"id": "n", "type": "number"}
CHOICE = {"id": "o", "type": "choice", "options": [{"id": "o-1"}, {"id": "o-2"}]}


def form(*questions, **chapter):
    return {"format": 1, "chapters": [{"id": "c-1", "fields": list(questions), **chapter}]}


def when(name, operator, value=""):
    return {"show_if": [{"field": name, "op": operator, "value": value}]}


def found(raw):
    return [(issue.kind, issue.block_id) for issue in structure_issues(raw)]


def test_a_right_form_has_no_issues():
    assert structure_issues(ALL_TYPES) == []


@pytest.mark.parametrize(
    ("raw", "issues"),
    [
        ({}, [("format", "")]),
        ([], [("format", "")]),
        ({"format": 1, "chapters": {}}, [("format", "")]),
        ({"format": 1, "chapters": []}, [("no_chapters", "")]),
        (form(), [("empty_chapter", "c-1")]),
        (form({"type": "text"}), [("no_id", "")]),
        (form({"id": None, "type": "text"}), [("no_id", "")]),
        (form({"id": "a b", "type": "text"}), [("id_form", "a b")]),
        (form({"id": "a__street", "type": "text"}), [("id_form", "a__street")]),
        (form(TEXT, TEXT), [("id_twice", "a")]),
        (form({**TEXT, "id": "c-1"}), [("id_twice", "c-1")]),
        (form({**TEXT, "key": "x"}, {**NUMBER, "key": "x"}), [("code_twice", "n")]),
        (form({**TEXT, "colour": "red"}), [("unknown_key", "a")]),
        (form({"id": "a", "type": "poem"}), [("unknown_type", "a")]),
        (form({"id": "a", "type": "choice"}), [("no_options", "a")]),
        (form({"id": "a", "type": "choices", "options": []}), [("no_options", "a")]),
        (form({**CHOICE, "options": [{"id": "o-1"}, {}]}), [("no_id", "")]),
        (
            form({**CHOICE, "options": [{"id": "o-1", "key": "x"}, {"id": "o-2", "key": "x"}]}),
            [("code_twice", "o-2")],
        ),
        (form({"id": "t", "type": "table"}), [("no_columns", "t")]),
        (
            form({"id": "t", "type": "table", "columns": [{"id": "k", "type": "table"}]}),
            [("column_type", "k")],
        ),
        (
            form(TEXT, {"id": "t", "type": "table", "columns": [TEXT | when("a", "filled")]}),
            [("id_twice", "a"), ("column_condition", "a")],
        ),
        (form(TEXT | when("z", "filled")), [("condition_unknown", "a")]),
        (form(TEXT | when("n", "gt", "1"), NUMBER), [("condition_later", "a")]),
        (form(TEXT | when("a", "filled")), [("condition_later", "a")]),
        (form(TEXT, NUMBER, **when("a", "filled")), [("condition_later", "c-1")]),
        (form(TEXT, NUMBER | when("a", "gt", "1")), [("condition_operator", "n")]),
        (form(TEXT, NUMBER | when("a", "like", "1")), [("condition_operator", "n")]),
        (form(CHOICE, TEXT | when("o", "is", "o-9")), [("condition_value", "a")]),
        (form(NUMBER, TEXT | when("n", "gt", "1e3")), [("condition_value", "a")]),
        (form(NUMBER, TEXT | when("n", "is", "")), [("condition_value", "a")]),
        (form(NUMBER, TEXT | when("n", "gt", "10")), []),
        (form(CHOICE, TEXT | when("o", "is_not", "o-2")), []),
        (form(TEXT, {"id": "d", "type": "date", "not_before": "a"}), [("not_before", "d")]),
        (form({"id": "d", "type": "date", "not_before": "d"}), [("not_before", "d")]),
        (form({**NUMBER, "minimum": 1}), [("limit", "n")]),
        (form({**NUMBER, "minimum": "1e3"}), [("limit", "n")]),
        (form({**TEXT, "max_length": 0}), [("limit", "a")]),
        (form({**TEXT, "max_length": True}), [("limit", "a")]),
        (form({**TEXT, "max_length": -1}), [("limit", "a")]),
        (form({"id": "d", "type": "date", "earliest": "tomorrow"}), [("limit", "d")]),
        (form({"id": "d", "type": "date", "earliest": "2026-02-30"}), [("limit", "d")]),
        (form({"id": "d", "type": "date", "earliest": "today+7", "latest": "2030-01-01"}), []),
        (form({**NUMBER, "minimum": "2", "maximum": "1"}), [("limits_order", "n")]),
        (form({**TEXT, "min_length": 9, "max_length": 8}), [("limits_order", "a")]),
        (form(*({"id": f"q-{n}", "type": "text"} for n in range(201))), [("too_many", "")]),
        (form(*({"id": f"q-{n}", "type": "text"} for n in range(200))), []),
    ],
)
def test_each_mistake_is_found_at_its_block(raw, issues):
    assert found(raw) == issues
    assert all(issue.message for issue in structure_issues(raw))


def test_all_mistakes_are_told_at_once():
    raw = form({"id": "a", "type": "choice"}, TEXT, NUMBER | when("z", "filled"))

    assert found(raw) == [("no_options", "a"), ("id_twice", "a"), ("condition_unknown", "n")]


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_nothing_that_is_damaged_breaks_the_check_and_what_passes_can_be_read(data):
    raw = copy.deepcopy(ALL_TYPES)
    chapter = data.draw(st.sampled_from(raw["chapters"]))
    item = data.draw(st.sampled_from(chapter["fields"]))
    name = data.draw(st.sampled_from([*item, "options", "columns", "show_if", "key", "minimum"]))
    junk = data.draw(
        st.one_of(
            st.none(), st.booleans(), st.integers(), st.text(max_size=3), st.just([]), st.just({}),
            st.just([None]), st.just([{}]), st.just([{"id": "x"}]), st.just({"id": []}),
        )
    )  # fmt: skip
    item[name] = junk

    issues = structure_issues(raw)

    assert all(issue.kind in MESSAGES and issue.message for issue in issues)
    if not issues:
        Structure.from_json(raw)


def test_complete_words_have_no_issues():
    assert words_issues(STRUCTURE, WORDS["fr"].texts, "fr") == []


def test_missing_unknown_and_wrong_words_are_found():
    raw = {name: dict(entry) for name, entry in WORDS["nl"].texts.items()}
    del raw["q-text"]
    raw["o-1"] = {"label": " "}
    raw["q-info"] = {"label": "not the text"}
    raw["q-date"] = {"label": "Date", "help": 3}
    raw["old"] = {"label": "x"}

    found = {(issue.kind, issue.block_id) for issue in words_issues(STRUCTURE, raw, "nl")}

    assert found == {
        ("words_missing", "q-text"),
        ("words_missing", "o-1"),
        ("words_missing", "q-info"),
        ("words_form", "q-date"),
        ("words_unknown", "old"),
    }


def test_two_questions_of_a_chapter_with_one_label_are_found():
    structure, words = form_of(TEXT, NUMBER)
    raw = {**words.texts, "a": {"label": "Name"}, "n": {"label": " name "}}

    issues = words_issues(structure, raw, "en")

    assert [(issue.kind, issue.block_id) for issue in issues] == [("label_twice", "n")]
