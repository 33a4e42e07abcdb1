"""Answers as JSON from outside, and answers for people."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eservices.questions.answers import answers_from_json, check_answers, json_schema, summary
from tests.eservices.questions.samples import ANSWERS, STRUCTURE, WORDS, form_of


def places(raw):
    _answers, errors = answers_from_json(STRUCTURE, raw)
    return [(error.pointer, error.code) for error in errors]


def test_answers_are_brought_to_their_stored_form():
    raw = {
        "q-text": "  cafe\u0301 ",
        "q-number": "+012.50",
        "q-money": "12.5",
        "q-phone": "0470 12 34 56",
        "q-nn": "85.03.14-997.01",
        "q-bce": "BE 1999.990.144",
        "q-iban": "be68 5390 0754 7034",
        "q-choices": ["o-5", "o-3", "o-5"],
        "q-date": None,
    }

    answers, errors = answers_from_json(STRUCTURE, raw)

    assert errors == []
    assert answers == {
        "q-text": "café",
        "q-number": "12.5",
        "q-money": "12.50",
        "q-phone": "+32470123456",
        "q-nn": "85031499701",
        "q-bce": "1999990144",
        "q-iban": "BE68539007547034",
        "q-choices": ["o-3", "o-5"],
    }


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ([], [("/answers/", "type")]),
        ("x", [("/answers/", "type")]),
        ({"z": "x"}, [("/answers/z", "unknown")]),
        ({"a/b~c": "x"}, [("/answers/a~1b~0c", "unknown")]),
        ({"q-info": "x"}, [("/answers/q-info", "unknown")]),
        ({"q-text": ["x"]}, [("/answers/q-text", "type")]),
        ({"q-text": 1}, [("/answers/q-text", "type")]),
        ({"q-number": 12.5}, [("/answers/q-number", "type")]),
        ({"q-number": {}}, [("/answers/q-number", "type")]),
        ({"q-number": "12,5"}, [("/answers/q-number", "type")]),
        ({"q-number": "1e3"}, [("/answers/q-number", "type")]),
        ({"q-number": "NaN"}, [("/answers/q-number", "type")]),
        ({"q-money": "1.234"}, [("/answers/q-money", "cents")]),
        ({"q-date": "14/07/2026"}, [("/answers/q-date", "type")]),
        ({"q-date": "2026-02-30"}, [("/answers/q-date", "date_unknown")]),
        ({"q-date": "0000-00-00"}, [("/answers/q-date", "date_unknown")]),
        ({"q-time": "25:00"}, [("/answers/q-time", "time")]),
        ({"q-yes": "yes"}, [("/answers/q-yes", "type")]),
        ({"q-yes": 1}, [("/answers/q-yes", "type")]),
        ({"q-consent": False}, [("/answers/q-consent", "type")]),
        ({"q-choice": "o-9"}, [("/answers/q-choice", "choice")]),
        ({"q-choices": "o-3"}, [("/answers/q-choices", "type")]),
        ({"q-choices": [["o-3"]]}, [("/answers/q-choices", "type")]),
        ({"q-address": {"street": "x", "planet": "y"}}, [("/answers/q-address", "type")]),
        ({"q-address": {"postcode": "0999"}}, [("/answers/q-address/postcode", "postcode")]),
        ({"q-file": ["x"]}, [("/answers/q-file", "annex")]),
        ({"q-table": {}}, [("/answers/q-table", "type")]),
        ({"q-table": [[]]}, [("/answers/q-table/0", "type")]),
        ({"q-table": [{"k-name": "x"}, {"z": 1}]}, [("/answers/q-table/1/z", "type")]),
        ({"q-table": [{"k-size": 5}]}, [("/answers/q-table/0/k-size", "type")]),
        ({"q-table": [{"k-kind": "o-1"}]}, [("/answers/q-table/0/k-kind", "choice")]),
        ({"q-table": [{}] * 6}, [("/answers/q-table", "type")]),
        ({"q-text": "a\x00b"}, [("/answers/q-text", "character")]),
        ({"q-text": "\ud800"}, [("/answers/q-text", "character")]),
        ({"q-text": "x" * 100_001}, [("/answers/q-text", "too_large")]),
        ({"q-nn": "85.03.14-997.02"}, [("/answers/q-nn", "national_number_check")]),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(raw, found):
    answers, _errors = answers_from_json(STRUCTURE, raw)

    assert places(raw) == found
    assert answers == {}


JUNK = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=6)
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["street", "postcode", "k-name", "k-size", "z"]), inner),
    ),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None)
@given(raw=st.dictionaries(st.sampled_from(list(STRUCTURE.by_id)), JUNK, max_size=3))
def test_no_json_breaks_the_reading_and_what_is_kept_can_be_checked(raw):
    answers, errors = answers_from_json(STRUCTURE, raw)

    json.dumps(answers).encode()
    assert not set(answers) & {error.question for error in errors}
    assert answers_from_json(STRUCTURE, answers) == (answers, [])
    check_answers(STRUCTURE, WORDS["fr"], answers)


def test_the_schema_asks_only_for_what_is_always_asked():
    schema = json_schema(STRUCTURE, WORDS["fr"], identifier="https://example.org/schema/1")

    assert schema["required"] == ["q-text", "q-date", "q-yes", "q-address", "q-consent"]
    assert schema["$id"] == "https://example.org/schema/1"
    assert "q-info" not in schema["properties"]


def test_the_summary_shows_asked_answers_in_the_language_of_the_form():
    annexes = {ANSWERS["q-file"][0]: "plan.pdf"}
    chapters = summary(STRUCTURE, WORDS["fr"], ANSWERS, annexes=annexes)

    shown = {row.id: str(row.shown) for chapter in chapters for row in chapter.rows}

    assert shown == {
        "q-text": "Fête de quartier",
        "q-long": "Première ligne\nDeuxième ligne",
        "q-number": "12,5",
        "q-count": "120",
        "q-money": "1\u202f250,50\u00a0€",
        "q-date": "mardi 14 juillet 2026",
        "q-until": "mercredi 15 juillet 2026",
        "q-time": "17\u00a0h\u00a030",
        "q-period": "du 14 au 20 juillet 2026",
        "q-total": "1\u202f490,50\u00a0€",
        "q-email": "Anna@example.org",
        "q-phone": "+32 470 12 34 56",
        "q-nn": "••.••.••-•••.01",
        "q-bce": "1999.990.144",
        "q-iban": "••••••",
        "q-yes": shown["q-yes"],
        "q-choice": "Option o-1",
        "q-choices": "Option o-3, Option o-5",
        "q-address": "Rue du Marché 12 bte 3, 4700 Eupen",
        "q-file": "plan.pdf",
        "q-table": f"Porte, 2,5, Option o-7, {shown['q-table'].rpartition(', ')[2]}",
        "q-consent": shown["q-consent"],
    }


def test_sensitive_answers_are_written_out_only_on_request():
    rows = [
        row
        for chapter in summary(STRUCTURE, WORDS["fr"], ANSWERS, masked=False)
        for row in chapter.rows
    ]

    shown = {row.id: str(row.shown) for row in rows if row.sensitive}
    assert shown == {"q-nn": "85.03.14-997.01", "q-iban": "BE68 5390 0754 7034"}


def test_the_summary_marks_what_is_missing_and_hides_what_is_not_asked():
    structure, words = form_of(
        {"id": "a", "type": "yes_no", "required": True},
        {"id": "b", "type": "text", "show_if": [{"field": "a", "op": "is", "value": "yes"}]},
        {"id": "c", "type": "text"},
    )

    (chapter,) = summary(structure, words, {"b": "kept but not asked"})

    assert [(row.id, row.missing, row.shown.kind) for row in chapter.rows] == [
        ("a", True, "empty"),
        ("c", False, "empty"),
    ]


def test_a_table_is_shown_with_its_header():
    rows = [row for chapter in summary(STRUCTURE, WORDS["en"], ANSWERS) for row in chapter.rows]
    (table,) = [row.shown for row in rows if row.type == "table"]

    assert table.header == tuple(
        f"Column k-{name}" for name in ("name", "size", "kind", "day", "fine")
    )
    assert table.rows == (("Porte", "2.5", "Option o-7", "", "No"),)
