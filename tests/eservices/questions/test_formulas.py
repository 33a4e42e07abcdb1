"""Calculated values: the formulas that editors write, and when a result counts."""

from decimal import Decimal

import pytest

from eservices.questions import formulas
from eservices.questions.answers import answers_from_json, check_answers, summary
from eservices.questions.conditions import asked_answers, client_rules, settled
from eservices.questions.forms import chapter_data, chapter_form_class
from eservices.questions.issues import structure_issues
from eservices.questions.rebase import rebase

from .samples import form_of

PEOPLE = {"id": "q-people", "type": "number", "key": "people"}
ROOMS = {
    "id": "q-rooms",
    "type": "table",
    "columns": [
        {"id": "k-price", "type": "money"},
        {"id": "k-nights", "type": "number"},
        {"id": "k-name", "type": "text"},
    ],
}


def total(formula, **more):
    return {"id": "q-total", "type": "calculated", "formula": formula, **more}


def result(formula, answers):
    return formulas.calculate(formulas.parse(formula), answers)


@pytest.mark.parametrize(
    ("formula", "answer"),
    [
        ("1 + 2 * 3", "7"),
        ("(1 + 2) * 3", "9"),
        ("10 - 2 - 3", "5"),
        ("-2 * 3", "-6"),
        ("2 × 0.10", "0.20"),
        ("{q-1} * 12.50", "37.50"),
        ("people+1", "5"),
        ("sum({t}.x)", None),
        ("sum({t.a} * {t.b})", "7.5"),
        ("sum({t.a} * {q-1})", "13.5"),
        ("count({t}) + count({l})", "4"),
        ("{q-none} + {q-1}", "3"),
    ],
)
def test_a_formula_calculates_as_on_paper(formula, answer):
    answers = {
        "q-1": "3",
        "people": "4",
        "t": [{"a": "1.5", "b": "2"}, {"a": "3", "b": "1.5"}, {"b": "7"}],
        "l": ["x"],
    }
    if answer is None:
        with pytest.raises(formulas.FormulaError):
            formulas.parse(formula)
    else:
        assert result(formula, answers) == Decimal(answer)


def test_floats_never_come_in():
    assert str(result("0.1 + 0.2", {})) == "0.3"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1 +",
        "(1",
        "1)",
        "1 / 2",
        "2 ** 3",
        "__import__('os')",
        "a.b.c",
        "sum(people)",
        "sum(sum(a.b))",
        "sum(a.b + c.d)",
        "count(1 + 2)",
        "count(a.b)",
        "people people",
        "(" * 30 + "1" + ")" * 30,
        "1" * 501,
    ],
)
def test_what_is_no_formula_is_refused(text):
    with pytest.raises(formulas.FormulaError):
        formulas.parse(text)


def test_without_any_answer_there_is_no_result():
    assert result("{q-1} * 12.50", {}) is None
    assert result("count({t})", {"t": []}) is None
    assert result("5 + 5", {}) == 10


def test_a_result_that_nobody_could_pay_is_none():
    assert result("{a} * {a}", {"a": "999999999999999"}) is None


def test_codes_become_ids_and_unknown_ones_stay():
    ids = {"people": "q-1", "rooms.price": "t.k-1", "rooms": "t"}

    text = formulas.with_ids("people * 2 + sum(rooms.price)  - count(rooms) + other", ids)

    assert text == "{q-1} * 2 + sum({t.k-1}) - count({t}) + other"


@pytest.mark.parametrize(
    ("formula", "kinds"),
    [
        ("{q-people} + sum({q-rooms.k-price} * {q-rooms.k-nights})", []),
        ("{q-people} +", ["formula"]),
        ("other + 1", ["formula_unknown"]),
        ("{q-total} + 1", ["formula_unknown"]),
        ("{q-late} + 1", ["formula_unknown"]),
        ("{q-rooms} + 1", ["formula_type"]),
        ("{q-rooms.k-price} + 1", ["formula_type"]),
        ("sum({q-rooms.k-name})", ["formula_type"]),
        ("sum({q-rooms.k-none})", ["formula_unknown"]),
        ("count({q-people})", ["formula_type"]),
    ],
)
def test_mistakes_in_a_formula_are_told(formula, kinds):
    late = {"id": "q-late", "type": "number"}
    raw = {"format": 1, "chapters": [{"id": "c", "fields": [PEOPLE, ROOMS, total(formula), late]}]}

    issues = structure_issues(raw)

    assert [issue.kind for issue in issues] == kinds
    assert all(issue.message for issue in issues)


def test_a_formula_belongs_to_calculated_values_only():
    raw = {"format": 1, "chapters": [{"id": "c", "fields": [{**PEOPLE, "formula": "1"}]}]}

    assert [issue.kind for issue in structure_issues(raw)] == ["setting"]


def test_a_value_follows_the_answers_and_what_was_sent_as_value_counts_for_nothing():
    structure, _words = form_of(PEOPLE, total("{q-people} * 12.5", money=True))

    _asked, answers = settled(structure, {"q-people": "3", "q-total": "0.01"})

    assert answers == {"q-people": "3", "q-total": "37.50"}
    assert settled(structure, {"q-total": "5.00"})[1] == {}
    assert answers_from_json(structure, {"q-total": "1", "q-people": "2"}) == (
        {"q-people": "2"},
        [],
    )


def test_a_hidden_question_does_not_count_and_a_hidden_value_is_not_sent():
    gate = {"id": "q-gate", "type": "yes_no"}
    rule = [{"field": "q-gate", "op": "is", "value": "yes"}]
    structure, _words = form_of(
        gate,
        {**PEOPLE, "show_if": rule},
        {"id": "q-fix", "type": "number"},
        total("{q-people} + {q-fix}"),
        {"id": "q-more", "type": "calculated", "formula": "{q-total} * 2", "show_if": rule},
    )
    answers = {"q-people": "3", "q-fix": "4", "q-gate": False}

    assert asked_answers(structure, answers) == {"q-gate": False, "q-fix": "4", "q-total": "4"}
    sent = asked_answers(structure, {**answers, "q-gate": True})
    assert (sent["q-total"], sent["q-more"]) == ("7", "14")


def test_a_condition_can_look_at_a_value():
    rule = [{"field": "q-total", "op": "gt", "value": "100"}]
    structure, _words = form_of(
        PEOPLE, total("{q-people} * 30"), {"id": "q-big", "type": "text", "show_if": rule}
    )

    assert "q-big" in settled(structure, {"q-people": "4"})[0]
    assert "q-big" not in settled(structure, {"q-people": "3"})[0]
    assert client_rules(structure, "c-1", {"q-people": "4"})["answers"] == {"q-total": "120"}


def test_rounding_is_half_up_and_zero_has_no_sign():
    structure, _words = form_of(PEOPLE, total("{q-people} * 0.125"))
    whole, _more = form_of(PEOPLE, total("{q-people} * 0.5", decimals=0))

    assert settled(structure, {"q-people": "1"})[1]["q-total"] == "0.13"
    assert settled(structure, {"q-people": "-0.01"})[1]["q-total"] == "0"
    assert settled(whole, {"q-people": "5"})[1]["q-total"] == "3"


def test_the_page_and_the_summary_show_the_value():
    structure, words = form_of(PEOPLE, total("{q-people} * 12.5", money=True, required=True))
    form = chapter_form_class(structure, words, "c-1", complete=True)(
        {"q-people": "4"}, answers={"q-people": "1"}
    )

    assert form.is_valid()
    assert [str(entry.shown) for entry in form.entries()] == ["", "€50.00"]
    (chapter,) = summary(structure, words, {"q-people": "2"}, locale="en")
    assert [str(row.shown) for row in chapter.rows] == ["2", "€25.00"]
    assert check_answers(structure, words, {}) == []


def test_a_value_is_not_carried_over_but_a_typed_answer_is_never_lost():
    old, _words = form_of(PEOPLE, total("{q-people} * 2"))
    new, _more = form_of(PEOPLE, total("{q-people} * 3"))
    typed, _typed = form_of(PEOPLE, {"id": "q-total", "type": "number"})

    same = rebase(old, new, {"q-people": "2", "q-total": "4"})
    assert (same.answers, same.set_aside, same.changes) == ({"q-people": "2"}, {}, ())
    lost = rebase(typed, new, {"q-people": "2", "q-total": "9"})
    assert lost.set_aside == {"q-total": "9"}


# Periods


def period(**answer):
    structure, words = form_of({"id": "p", "type": "period", "required": True})
    form = chapter_form_class(structure, words, "c-1", complete=True)(
        chapter_data(structure.chapters[0], {"p": answer}, {})
    )
    form.is_valid()
    return [(error.code, error.column) for error in form.answer_errors()]


def test_a_period_needs_both_days_in_their_order():
    assert period(**{"from": "2026-07-14", "to": "2026-07-20"}) == []
    assert period(**{"from": "2026-07-14", "to": "2026-07-14"}) == []
    assert period(**{"from": "2026-07-14"}) == [("required", "to")]
    assert period(**{"from": "2026-07-14", "to": "2026-07-13"}) == [("period_order", "to")]
    assert period() == [("required", "from"), ("required", "to")]


def test_both_days_of_a_period_keep_to_the_limits():
    spec = {"id": "p", "type": "period", "earliest": "2026-07-01", "latest": "2026-07-31"}
    structure, words = form_of(spec)

    errors = check_answers(structure, words, {"p": {"from": "2026-06-30", "to": "2026-08-01"}})

    assert [(error.code, error.column) for error in errors] == [
        ("earliest", "from"),
        ("latest", "to"),
    ]


def test_a_wrong_end_does_not_lose_the_beginning():
    structure, words = form_of({"id": "p", "type": "period"})
    form = chapter_form_class(structure, words, "c-1", complete=False)(
        {"p__from": "14/7/2026", "p__to": "soon"}
    )

    assert form.result.answers == {"p": {"from": "2026-07-14"}}
    assert form.result.unfinished == {"p": {"from": "14/7/2026", "to": "soon"}}


def test_a_condition_cannot_compare_a_period():
    rule = [{"field": "p", "op": "is", "value": "2026-07-14"}]
    raw = {
        "format": 1,
        "chapters": [
            {
                "id": "c",
                "fields": [
                    {"id": "p", "type": "period"},
                    {"id": "t", "type": "text", "show_if": rule},
                ],
            }
        ],
    }

    assert [issue.kind for issue in structure_issues(raw)] == ["condition_operator"]
