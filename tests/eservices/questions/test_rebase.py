"""Drafts carried over to another version of their form."""

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eservices.enums import ChangeKind
from eservices.questions.conditions import asked
from eservices.questions.issues import structure_issues
from eservices.questions.rebase import Change, rebase
from eservices.questions.registry import question
from eservices.questions.structure import Structure
from tests.eservices.questions.samples import (
    ALL_ANSWERS,
    ALL_TYPES,
    ANSWERS,
    STRUCTURE,
    WORDS,
    form_of,
    words_for,
)

SIMPLE = [
    "text",
    "long_text",
    "number",
    "money",
    "date",
    "time",
    "yes_no",
    "address",
    "consent",
    "email",
]
MANY = settings(max_examples=150, deadline=None)


def kinds(result):
    return [(change.kind.value, change.question) for change in result.changes]


def rebased(before, after, answers):
    return rebase(form_of(*before)[0], form_of(*after)[0], answers)


# One case each


def test_kindred_types_keep_the_answer():
    old = [
        {"id": "a", "type": "long_text"},
        {"id": "b", "type": "number"},
        {"id": "c", "type": "address"},
    ]
    new = [{"id": "a", "type": "text"}, {"id": "b", "type": "money"}, {"id": "c", "type": "text"}]
    answers = {"a": "one\ntwo", "b": "12.5", "c": {"street": "Rue A", "number": "1"}}

    result = rebased(old, new, answers)

    assert result.answers == {"a": "one two", "b": "12.50", "c": "Rue A 1"}
    assert result.set_aside == {}
    assert result.changes == ()


def test_a_number_that_is_no_amount_is_set_aside():
    result = rebased(
        [{"id": "a", "type": "number"}], [{"id": "a", "type": "money"}], {"a": "1.2345"}
    )

    assert result.answers == {}
    assert result.set_aside == {"a": "1.2345"}
    assert kinds(result) == [("type", "a")]


def test_another_type_sets_aside():
    result = rebased([{"id": "a", "type": "text"}], [{"id": "a", "type": "date"}], {"a": "soon"})

    assert (result.answers, result.set_aside) == ({}, {"a": "soon"})
    assert kinds(result) == [("type", "a")]


def test_a_question_that_is_gone_is_told_only_if_it_was_answered():
    old = [{"id": "a", "type": "text"}, {"id": "b", "type": "text"}, {"id": "c", "type": "text"}]

    result = rebased(old, [{"id": "c", "type": "text"}], {"a": "x"})

    assert result.set_aside == {"a": "x"}
    assert kinds(result) == [("removed", "a")]


def test_new_questions_are_told_and_marked_when_required():
    new = [
        {"id": "a", "type": "text"},
        {"id": "b", "type": "text", "required": True},
        {"id": "i", "type": "info"},
    ]

    result = rebased([{"id": "z", "type": "text"}], new, {})

    assert result.changes == (
        Change(kind=ChangeKind.ADDED, question="a"),
        Change(kind=ChangeKind.ADDED, question="b", required=True),
    )


@pytest.mark.parametrize(("answers", "told"), [({}, [("now_required", "a")]), ({"a": "x"}, [])])
def test_now_required_is_told_while_it_is_empty(answers, told):
    old = [{"id": "a", "type": "text"}]

    assert kinds(rebased(old, [{**old[0], "required": True}], answers)) == told


def test_a_choice_whose_option_is_gone_is_set_aside():
    old = {"id": "a", "type": "choice", "options": [{"id": "o-1"}, {"id": "o-2"}]}
    new = {**old, "options": [{"id": "o-2"}, {"id": "o-3"}]}

    gone = rebased([old], [new], {"a": "o-1"})
    kept = rebased([old], [new], {"a": "o-2"})

    assert (gone.answers, gone.set_aside, kinds(gone)) == ({}, {"a": "o-1"}, [("option_gone", "a")])
    assert (kept.answers, kept.set_aside, kinds(kept)) == ({"a": "o-2"}, {}, [])


def test_several_choices_keep_the_rest_and_the_whole_is_set_aside():
    old = {"id": "a", "type": "choices", "options": [{"id": "o-1"}, {"id": "o-2"}]}

    result = rebased([old], [{**old, "options": [{"id": "o-2"}]}], {"a": ["o-1", "o-2"]})

    assert result.answers == {"a": ["o-2"]}
    assert result.set_aside == {"a": ["o-1", "o-2"]}
    assert kinds(result) == [("option_gone", "a")]


def test_rows_are_kept_without_columns_that_changed():
    old = {
        "id": "a",
        "type": "table",
        "columns": [{"id": "k-1", "type": "text"}, {"id": "k-2", "type": "text"}],
    }
    new = {**old, "columns": [{"id": "k-1", "type": "text"}, {"id": "k-2", "type": "date"}]}
    rows = [{"k-1": "x", "k-2": "y"}, {"k-2": "z"}]

    result = rebased([old], [new], {"a": rows})

    assert result.answers == {"a": [{"k-1": "x"}]}
    assert result.set_aside == {"a": rows}
    assert kinds(result) == [("columns", "a")]


def test_stricter_limits_keep_the_answer_and_are_told():
    old = {"id": "a", "type": "text", "max_length": 50}

    result = rebased([old], [{**old, "max_length": 2}], {"a": "long"})

    assert (result.answers, kinds(result)) == ({"a": "long"}, [("stricter", "a")])


def test_a_new_condition_tells_what_is_now_asked():
    old = [
        {"id": "a", "type": "yes_no"},
        {"id": "b", "type": "text", "show_if": [{"field": "a", "op": "is", "value": "yes"}]},
    ]
    new = [old[0], {**old[1], "show_if": [{"field": "a", "op": "is", "value": "no"}]}]

    result = rebased(old, new, {"a": False, "b": "kept"})

    assert result.answers == {"a": False, "b": "kept"}
    assert kinds(result) == [("now_asked", "b")]


def test_another_label_is_told_for_answered_questions():
    structure, words = form_of({"id": "a", "type": "text"}, {"id": "b", "type": "text"})
    raw = copy.deepcopy(dict(words.texts))
    raw["a"]["label"] = raw["b"]["label"] = "Other words"

    result = rebase(
        structure,
        structure,
        {"a": "x"},
        old_words=words,
        new_words=type(words).from_json(raw, "en"),
    )

    assert kinds(result) == [("reworded", "a")]


# For any two versions

LOOKS_BACK = {"not_before", "formula"}


@st.composite
def versions(draw):
    """Return a raw form that differs from ALL_TYPES in a chance number of ways."""
    raw = copy.deepcopy(ALL_TYPES)
    for chapter in raw["chapters"]:
        questions = []
        for item in chapter["fields"]:
            act = draw(
                st.sampled_from(["keep", "keep", "keep", "drop", "retype", "require", "shrink"])
            )
            if act == "drop":
                continue
            if act == "retype":
                item = {"id": item["id"], "type": draw(st.sampled_from(SIMPLE))}
            if act == "require" and item["type"] != "info":
                item["required"] = not item.get("required", False)
            if act == "shrink":
                if len(item.get("options", ())) > 2 or item["type"] == "choices":
                    item["options"] = item["options"][1:]
                elif item["type"] == "choice":
                    item["options"] = [item["options"][1], {"id": "o-new"}]
                elif item["type"] == "table":
                    item["columns"] = draw(
                        st.lists(
                            st.sampled_from(item["columns"]),
                            min_size=1,
                            unique_by=lambda c: c["id"],
                        )
                    )
                elif item["type"] in ("text", "long_text"):
                    item["max_length"] = 3
            questions.append(item)
        chapter["fields"] = draw(st.permutations(questions)) or [
            {"id": f"n-{chapter['id']}", "type": "text"}
        ]
    known = [item for chapter in raw["chapters"] for item in chapter["fields"]]
    seen = {}
    for item in known:
        conditions = item.get("show_if", [])
        if conditions and seen.get(conditions[0]["field"]) != "yes_no":
            del item["show_if"]
        if item.get("not_before") and seen.get(item["not_before"]) != "date":
            del item["not_before"]
        if "formula" in item:
            known_numbers = [f"{{{n}}}" for n, kind in seen.items() if kind in ("number", "money")]
            item["formula"] = " + ".join(known_numbers) or "1"
        seen[item["id"]] = item["type"]
    assert structure_issues(raw) == []
    return raw


@MANY
@given(old=versions(), new=versions(), answers=ALL_ANSWERS)
def test_any_answers_are_carried_between_any_versions(old, new, answers):
    first, second = Structure.from_json(old), Structure.from_json(new)
    start = rebase(STRUCTURE, first, answers).answers

    result = rebase(first, second, start)

    for name, answer in result.answers.items():
        assert question(second.by_id[name]).fits(answer)
    for name, answer in start.items():
        kept = result.answers.get(name)
        if kept is None or name in result.set_aside:
            assert result.set_aside[name] == answer
        elif first.by_id[name].type == second.by_id[name].type:
            assert kept == answer
    told = {change.question for change in result.changes}
    assert set(result.set_aside) <= told
    again = rebase(second, second, result.answers)
    assert (again.answers, again.set_aside, again.changes) == (result.answers, {}, ())
    twice = rebase(first, second, {n: a for n, a in result.answers.items() if n in first.by_id})
    assert {**twice.answers} == {n: a for n, a in result.answers.items() if n in twice.answers}


@MANY
@given(answers=ALL_ANSWERS)
def test_the_same_version_changes_nothing(answers):
    result = rebase(STRUCTURE, STRUCTURE, answers, old_words=WORDS["fr"], new_words=WORDS["fr"])

    assert (result.answers, result.set_aside, result.changes) == (answers, {}, ())


@settings(max_examples=50, deadline=None)
@given(data=st.data(), answers=ALL_ANSWERS)
def test_pure_reordering_is_silent(data, answers):
    raw = copy.deepcopy(ALL_TYPES)
    loose = [item for item in raw["chapters"][0]["fields"] if not LOOKS_BACK & set(item)]
    tied = [item for item in raw["chapters"][0]["fields"] if LOOKS_BACK & set(item)]
    raw["chapters"][0]["fields"] = data.draw(st.permutations(loose)) + tied
    table = raw["chapters"][2]["fields"][3]
    table["columns"] = data.draw(st.permutations(table["columns"]))
    moved = raw["chapters"][0]["fields"].pop(0) if len(loose) > 1 and loose[0] is not None else None
    if moved and moved["id"] not in ("q-date", "q-count", "q-money"):
        raw["chapters"][1]["fields"].insert(0, moved)
    elif moved:
        raw["chapters"][0]["fields"].insert(0, moved)
    assert structure_issues(raw) == []
    other = Structure.from_json(raw)

    result = rebase(
        STRUCTURE, other, answers, old_words=WORDS["fr"], new_words=words_for(raw, "fr")
    )

    assert (result.answers, result.set_aside, result.changes) == (answers, {}, ())
    assert asked(STRUCTURE, answers) == asked(other, answers)


def test_back_to_an_older_version_is_possible():
    old, _words = form_of({"id": "q-text", "type": "text"})

    back = rebase(STRUCTURE, old, ANSWERS)

    assert back.answers == {"q-text": ANSWERS["q-text"]}
    assert set(back.set_aside) == set(ANSWERS) - {"q-text"}
