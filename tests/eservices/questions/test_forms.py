"""Chapters as forms: drafts lose nothing, sending asks for what is missing and only where it is
asked.
"""

import datetime

import pytest
import time_machine
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import override

from eservices.questions.answers import check_answers
from eservices.questions.forms import chapter_data, chapter_form_class
from eservices.questions.registry import question
from eservices.questions.structure import QuestionSpec
from eservices.questions.words import Words
from tests.eservices.questions.samples import ANSWERS, STRUCTURE, WORDS, form_of


def chapter(structure, words, data, *, complete=False, **kwargs):
    posted = MultiValueDict({n: v if isinstance(v, list) else [v] for n, v in data.items()})
    return chapter_form_class(structure, words, "c-1", complete=complete)(posted, **kwargs)


def errors(form):
    form.is_valid()
    return [(e.pointer, e.code) for e in form.answer_errors()]


def messages(form):
    form.is_valid()
    return [e.message for e in form.answer_errors()]


YES = {"id": "a", "type": "yes_no", "required": True}
MORE = {
    "id": "b",
    "type": "text",
    "required": True,
    "show_if": [{"field": "a", "op": "is", "value": "yes"}],
}
TABLE = {
    "id": "t",
    "type": "table",
    "required": True,
    "max_rows": 3,
    "columns": [
        {"id": "k-1", "type": "text", "required": True},
        {"id": "k-2", "type": "number", "maximum": "10"},
    ],
}


def rows(*cells, total=None):
    data = {"t-TOTAL_FORMS": str(len(cells) if total is None else total), "t-INITIAL_FORMS": "0"}
    for index, row in enumerate(cells):
        data |= {f"t-{index}-{name}": value for name, value in row.items()}
    return data


# Drafts


def test_a_draft_keeps_good_answers_and_bad_texts_as_typed():
    structure, words = form_of(
        {"id": "n", "type": "number"}, {"id": "x", "type": "text", "max_length": 2}
    )

    form = chapter(structure, words, {"n": "une centaine", "x": "long"})

    assert form.result.answers == {"x": "long"}
    assert form.result.unfinished == {"n": "une centaine"}
    assert errors(form) == [("/answers/n", "number")]


def test_unfinished_text_is_drawn_again_and_reported_as_wrong_not_as_missing():
    structure, words = form_of({"id": "n", "type": "number", "required": True})
    form_class = chapter_form_class(structure, words, "c-1", complete=False)

    form = form_class(answers={}, unfinished={"n": "une centaine"})
    found = check_answers(structure, words, {}, unfinished={"n": "une centaine"})

    assert form["n"].value() == "une centaine"
    assert [(error.pointer, error.code) for error in found] == [("/answers/n", "number")]


def test_required_and_limits_count_only_when_complete():
    structure, words = form_of(
        {"id": "n", "type": "number", "maximum": "10"},
        {"id": "x", "type": "text", "required": True},
    )
    data = {"n": "11", "x": ""}

    assert errors(chapter(structure, words, data)) == []
    assert errors(chapter(structure, words, data, complete=True)) == [
        ("/answers/n", "maximum"),
        ("/answers/x", "required"),
    ]


def test_an_answer_beyond_its_limits_is_still_kept():
    structure, words = form_of({"id": "n", "type": "number", "maximum": "10"})

    assert chapter(structure, words, {"n": "11"}, complete=True).result.answers == {"n": "11"}


def test_emptying_a_field_empties_the_answer():
    structure, words = form_of({"id": "x", "type": "text"}, {"id": "y", "type": "text"})

    form = chapter(structure, words, {"x": " "}, answers={"x": "old", "y": "not on the page"})

    assert form.all_answers == {"y": "not on the page"}


def test_what_was_not_on_the_page_stays():
    saved = {name: ANSWERS[name] for name in ("q-text", "q-file", "q-table", "q-address")}
    form_class = chapter_form_class(STRUCTURE, WORDS["en"], "c-3", complete=False)

    form = form_class(QueryDict(""), answers=saved)

    assert form.all_answers == saved


def test_a_hidden_choice_that_the_browser_did_not_send_stays():
    structure, words = form_of(YES, {**MORE, "type": "yes_no"})

    hidden = chapter(structure, words, {"a": "no"}, answers={"a": True, "b": True})
    shown = chapter(structure, words, {"a": "yes"}, answers={"a": True, "b": True})

    assert hidden.all_answers == {"a": False, "b": True}
    assert shown.all_answers == {"a": True}


def test_locked_questions_cannot_be_changed():
    structure, words = form_of({"id": "x", "type": "text", "required": True})

    form = chapter(
        structure, words, {"x": "forged"}, answers={"x": "locked"}, locked={"x"}, complete=True
    )

    assert form.all_answers == {"x": "locked"}
    assert form.is_valid()
    assert [entry.locked for entry in form.entries()] == [True]


def test_characters_that_cannot_be_stored_are_refused_and_not_kept():
    structure, words = form_of({"id": "x", "type": "text"})

    form = chapter(structure, words, {"x": "a\x00b\x07"})

    assert errors(form) == [("/answers/x", "character")]
    assert form.result.unfinished == {"x": "ab"}


def test_a_text_of_more_than_100_kb_is_refused():
    structure, words = form_of({"id": "x", "type": "long_text"})

    form = chapter(structure, words, {"x": "é" * 50_001})

    assert errors(form) == [("/answers/x", "too_long")]
    assert form.result.answers == form.result.unfinished == {}


# Conditions


def test_a_hidden_question_is_neither_required_nor_wrong():
    structure, words = form_of(YES, {**MORE, "type": "number"})

    form = chapter(structure, words, {"a": "no", "b": "not a number"}, complete=True)

    assert errors(form) == []
    assert form.is_valid()
    assert form.result.unfinished == {"b": "not a number"}
    assert [(entry.id, entry.asked) for entry in form.entries()] == [("a", True), ("b", False)]


def test_a_shown_question_is_required():
    structure, words = form_of(YES, MORE)

    assert errors(chapter(structure, words, {"a": "yes", "b": ""}, complete=True)) == [
        ("/answers/b", "required")
    ]


def test_sending_looks_at_all_chapters_and_only_at_asked_questions():
    assert check_answers(STRUCTURE, WORDS["fr"], ANSWERS) == []
    assert (
        check_answers(STRUCTURE, WORDS["fr"], ANSWERS | {"q-yes": False, "q-choice": "o-9"}) == []
    )

    found = check_answers(STRUCTURE, WORDS["fr"], {"q-yes": True})

    assert [error.pointer for error in found] == [
        "/answers/q-text",
        "/answers/q-date",
        "/answers/q-choice",
        "/answers/q-address/street",
        "/answers/q-address/number",
        "/answers/q-address/postcode",
        "/answers/q-address/locality",
        "/answers/q-consent",
    ]
    assert {error.code for error in found} == {"required"}


# Messages


def test_messages_say_what_to_do():
    structure, words = form_of(
        {"id": "x", "type": "text", "required": True},
        {"id": "c", "type": "choice", "required": True, "options": [{"id": "o-1"}, {"id": "o-2"}]},
        {"id": "f", "type": "file", "required": True},
        {"id": "k", "type": "consent", "required": True},
        {"id": "e", "type": "email"},
    )

    assert messages(chapter(structure, words, {"x": "", "e": "anna"}, complete=True)) == [
        "Enter “Question x”.",
        "Choose an answer for “Question c”.",
        "Add a file for “Question f”.",
        "Tick “Question k” to go on.",
        "The @ is missing from the e-mail address.",
    ]


def test_messages_follow_the_language_of_the_moment_not_of_building():
    structure, words = form_of({"id": "d", "type": "date"})
    form_class = chapter_form_class(structure, words, "c-1", complete=True)

    with override("de"):
        german = messages(form_class({"d": "bald"}))
    with override("en"):
        english = messages(form_class({"d": "bald"}))

    assert "27.06.2026" in german[0]
    assert english == ["Enter a date in figures, for example 27/06/2026."]


# Dates


@time_machine.travel(datetime.datetime(2026, 7, 14, 12, tzinfo=datetime.UTC), tick=False)
def test_limits_relative_to_today_are_computed_when_checking():
    structure, words = form_of(
        {"id": "d", "type": "date", "earliest": "today+7", "latest": "2026-08-01"}
    )

    with override("en"):
        early = messages(chapter(structure, words, {"d": "20/07/2026"}, complete=True))
        right = messages(chapter(structure, words, {"d": "21/07/2026"}, complete=True))
        late = messages(chapter(structure, words, {"d": "2/8/2026"}, complete=True))

    assert early == ["The first possible date is Tuesday 21 July 2026."]
    assert right == []
    assert late == ["The last possible date is Saturday 1 August 2026."]


def test_the_end_cannot_be_before_the_start():
    structure, words = form_of(
        {"id": "d", "type": "date"}, {"id": "e", "type": "date", "not_before": "d"}
    )

    with override("en"):
        wrong = messages(
            chapter(structure, words, {"d": "14/07/2026", "e": "13/07/2026"}, complete=True)
        )
        right = messages(
            chapter(structure, words, {"d": "14/07/2026", "e": "14/07/2026"}, complete=True)
        )

    assert wrong == ["Enter Tuesday 14 July 2026 or a later date."]
    assert right == []


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("27/06/2026", "2026-06-27"),
        ("27.6.2026", "2026-06-27"),
        ("27-06-2026", "2026-06-27"),
        ("27 6 2026", "2026-06-27"),
        ("2026-06-27", "2026-06-27"),
        ("29/02/2024", "2024-02-29"),
        ("29/02/2026", "date_unknown"),
        ("27/06/26", "date_year"),
        ("0/0/0000", "date_unknown"),
        ("27/06/1492", "date_unknown"),
        ("٢٧/٠٦/٢٠٢٦", "date"),
        ("demain", "date"),
    ],
)
def test_dates_are_read_day_first(text, answer):
    structure, words = form_of({"id": "d", "type": "date"})

    form = chapter(structure, words, {"d": text})

    assert form.result.answers.get("d") or errors(form)[0][1] == answer
    assert form.result.answers.get("d", answer) == answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("17:30", "17:30"),
        ("17 h 30", "17:30"),
        ("17\u00a0h\u00a030", "17:30"),
        ("17h30", "17:30"),
        ("17.30 uur", "17:30"),
        ("17.30 Uhr", "17:30"),
        ("17u30", "17:30"),
        ("1730", "17:30"),
        ("17 h", "17:00"),
        ("9", "09:00"),
        ("0:00", "00:00"),
        ("24:00", None),
        ("17:60", None),
        ("half six", None),
        ("5:30 pm", None),
    ],
)
def test_times_are_read_as_written_in_four_languages(text, answer):
    structure, words = form_of({"id": "x", "type": "time"})

    assert chapter(structure, words, {"x": text}).result.answers.get("x") == answer


# Addresses and files


def test_a_wrong_postcode_does_not_lose_the_street():
    structure, words = form_of({"id": "a", "type": "address"})

    form = chapter(structure, words, {"a__street": "Rue A", "a__postcode": "47x"}, complete=True)

    assert form.result.answers == {"a": {"street": "Rue A"}}
    assert form.result.unfinished["a"]["postcode"] == "47x"
    assert errors(form) == [("/answers/a/postcode", "postcode")]


def test_an_address_that_is_begun_must_be_complete():
    structure, words = form_of({"id": "a", "type": "address"})

    empty = chapter(structure, words, {"a__street": ""}, complete=True)
    begun = chapter(structure, words, {"a__street": "Rue A", "a__number": "1"}, complete=True)

    assert errors(empty) == []
    assert errors(begun) == [
        ("/answers/a/postcode", "required"),
        ("/answers/a/locality", "required"),
    ]
    assert [error.anchor for error in begun.answer_errors()] == ["id_a__postcode", "id_a__locality"]


def test_annexes_of_another_file_are_refused():
    structure, words = form_of({"id": "f", "type": "file", "max_files": 1})
    own, other = (f"9f0c3f7e-1111-4000-8000-00000000000{digit}" for digit in "12")

    right = chapter(structure, words, {"f": own}, annexes={own: "plan.pdf"}, complete=True)
    foreign = chapter(structure, words, {"f": other}, annexes={own: "plan.pdf"})
    forged = chapter(structure, words, {"f": "../../etc/passwd"}, annexes={own: "plan.pdf"})
    many = chapter(structure, words, {"f": [own, other]}, complete=True)

    assert errors(right) == []
    assert errors(foreign) == [("/answers/f", "annex")]
    assert errors(forged) == [("/answers/f", "annex")]
    assert forged.result.answers == {}
    assert errors(many) == [("/answers/f", "max_files")]


def test_a_forged_option_is_refused_and_not_kept():
    structure, words = form_of(
        {"id": "c", "type": "choice", "options": [{"id": "o-1"}, {"id": "o-2"}]},
        {"id": "m", "type": "choices", "options": [{"id": "o-3"}, {"id": "o-4"}]},
    )

    form = chapter(structure, words, {"c": "o-9", "m": ["o-4", "o-9", "o-3"]})

    assert errors(form) == [("/answers/c", "choice"), ("/answers/m", "choice")]
    assert form.result.answers == {"m": ["o-3", "o-4"]}
    assert form.result.unfinished == {}


# Tables


def test_rows_are_read_and_empty_ones_dropped():
    structure, words = form_of(TABLE)

    form = chapter(
        structure, words, rows({"k-1": "x", "k-2": "1,5"}, {"k-1": ""}, {"k-1": "y"}), complete=True
    )

    assert form.is_valid()
    assert form.result.answers == {"t": [{"k-1": "x", "k-2": "1.5"}, {"k-1": "y"}]}


def test_errors_of_cells_name_row_and_column():
    structure, words = form_of(TABLE)
    data = rows({}, {"k-1": "x", "k-2": "11"}, {"k-2": "one"})

    form = chapter(structure, words, data, complete=True)

    assert errors(form) == [
        ("/answers/t/0/k-2", "maximum"),
        ("/answers/t/1/k-2", "number"),
        ("/answers/t/1/k-1", "required"),
    ]
    assert form.answer_errors()[0].anchor == "id_t-1-k-2"
    assert form.result.unfinished == {"t": [None, {"k-1": "x", "k-2": "11"}, {"k-2": "one"}]}


def test_a_required_table_needs_a_row_and_takes_only_so_many():
    structure, words = form_of(TABLE)
    full = [{"k-1": str(index)} for index in range(4)]

    none = chapter(structure, words, rows({"k-1": " "}), complete=True)
    many = chapter(structure, words, rows(*full), complete=True)

    assert messages(none) == ["Fill in at least one row of “Question t”."]
    assert not none.is_valid()
    assert messages(many) == ["Keep 3 rows at most and delete the others."]
    assert len(many.result.answers["t"]) == 4


@pytest.mark.parametrize("total", ["5000000", "-1", "x", "", "٣", "99999999999999999999"])
def test_a_forged_number_of_rows_costs_nothing_and_breaks_nothing(total):
    structure, words = form_of(TABLE)

    form = chapter(structure, words, rows({"k-1": "x"}, total=total))

    assert len(form.tables["t"].forms) <= 4
    assert form.is_valid()


def test_rows_are_added_and_removed_without_script():
    structure, words = form_of(TABLE)
    form_class = chapter_form_class(structure, words, "c-1", complete=False)
    two = rows({"k-1": "x"}, {"k-1": "y"})

    added = chapter(structure, words, two | {"add_row": "t"})
    removed = chapter(structure, words, two | {"remove_row": "t-0"})

    assert added.wants_row() == "t"
    assert len(form_class(answers=added.all_answers, extra_rows={"t": 1}).tables["t"].forms) == 3
    assert removed.result.answers == {"t": [{"k-1": "y"}]}
    assert chapter(structure, words, two | {"add_row": "other"}).wants_row() is None


def test_a_new_table_is_drawn_with_one_empty_row_and_a_full_one_with_none():
    structure, words = form_of(TABLE)
    form_class = chapter_form_class(structure, words, "c-1", complete=False)

    assert len(form_class().tables["t"].forms) == 1
    full = {"t": [{"k-1": "x"}] * 3}
    assert len(form_class(answers=full, extra_rows={"t": 1}).tables["t"].forms) == 3


# Building and drawing


def test_form_classes_are_built_once():
    first = chapter_form_class(STRUCTURE, WORDS["fr"], "c-1", complete=True)

    assert chapter_form_class(STRUCTURE, WORDS["fr"], "c-1", complete=True) is first
    assert chapter_form_class(STRUCTURE, WORDS["nl"], "c-1", complete=True) is not first
    with pytest.raises(KeyError):
        chapter_form_class(STRUCTURE, WORDS["fr"], "c-9", complete=True)


def test_entries_carry_fields_rows_and_words_in_order():
    form = chapter_form_class(STRUCTURE, WORDS["fr"], "c-3", complete=False)(answers=ANSWERS)

    entries = list(form.entries())

    assert [entry.type for entry in entries] == ["info", "address", "file", "table", "consent"]
    assert [len(entry.fields) for entry in entries] == [0, 5, 1, 0, 1]
    assert entries[0].text == "Question q-info"
    assert len(entries[3].rows.forms) == 1
    assert 'value="Rue du Marché"' in str(entries[1].fields[0])
    assert "checked" in str(entries[4].field)


def test_html_in_labels_and_answers_is_escaped():
    structure, words = form_of({"id": "x", "type": "text"})
    raw = {**words.texts, "x": {"label": "<b>x</b>", "help": "<script>alert(1)</script>"}}
    form_class = chapter_form_class(
        structure, type(words).from_json(raw, "en"), "c-1", complete=False
    )

    form = form_class(answers={"x": '"><script>'})

    assert "<script>" not in str(form["x"])
    assert "<b>" not in str(form["x"].label_tag())


def test_two_requests_do_not_share_their_fields():
    form_class = chapter_form_class(STRUCTURE, WORDS["fr"], "c-1", complete=True)
    first, second = form_class({"q-text": "a"}), form_class({"q-text": "b"})

    assert first.fields["q-text"] is not second.fields["q-text"]
    assert (first.result.answers["q-text"], second.result.answers["q-text"]) == ("a", "b")


def test_form_data_of_a_chapter_speaks_only_of_that_chapter():
    data = chapter_data(STRUCTURE.chapters[0], ANSWERS, {}, "fr")

    assert data["q-number"] == "12,5"
    assert data["q-money"] == "1250,50"
    assert not any(name.startswith("q-address") for name in data)


def test_cells_of_a_table_name_their_unit():
    spec = QuestionSpec.from_json(
        {"id": "t", "type": "table", "columns": [{"id": "girth", "type": "number"}]}
    )
    words = Words.from_json({"girth": {"label": "Girth", "unit": "cm"}}, "en")

    fields = question(spec).row_fields(words, complete=False)

    assert fields["girth"].label == "Girth (cm)"
