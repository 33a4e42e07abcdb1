"""The procedures of the demo as forms: no mistakes, the same in all languages, and people can fill them in."""

import datetime
from typing import Any

import pytest
from django.utils import timezone, translation

from eservices.enums import QuestionType
from eservices.models import ProcedurePage
from eservices.models.builder import BuiltForm, read_builder
from eservices.questions.answers import answers_from_json, check_answers
from eservices.questions.conditions import asked
from eservices.questions.dates import bound
from eservices.questions.issues import structure_issues
from eservices.questions.structure import QuestionSpec, Structure, canonical
from eservices.questions.words import Words
from eservices.questions.words_issues import words_issues
from portal.demo_loading.files import DEMO, LANGUAGES
from portal.demo_loading.groups import shared
from portal.demo_loading.procedures import page_values
from tests.factories.procedures import demo_data

NAMES = sorted(path.stem for path in (DEMO / "procedures").glob("*.yaml"))
FILE = "0b0f6d0e-3f0a-4d55-9e2c-6a0c6f7f2f11"
PLAIN: dict[QuestionType, Any] = {
    QuestionType.TIME: "14:30",
    QuestionType.EMAIL: "claire@example.org",
    QuestionType.PHONE: "+32470123456",
    QuestionType.NATIONAL_NUMBER: "85031499701",
    QuestionType.BCE: "1999990144",
    QuestionType.IBAN: "BE68539007547034",
    QuestionType.CONSENT: True,
    QuestionType.FILE: [FILE],
    QuestionType.ADDRESS: {
        "street": "Rue des Tanneurs",
        "number": "31",
        "postcode": "4999",
        "locality": "Valmont",
    },
}


@pytest.fixture(autouse=True)
def without_help_pages(monkeypatch):
    monkeypatch.setattr("portal.demo_loading.procedures._help_page", lambda key: None)


def forms(name: str) -> dict[str, BuiltForm]:
    """The form of a procedure by language, as it is frozen."""
    return {
        code: read_builder(page_values(demo_data(name), code, None, None)["chapters"])
        for code in LANGUAGES
    }


def test_there_are_as_many_procedures_as_a_municipality_needs():
    assert len(NAMES) >= 15


@pytest.mark.parametrize("name", NAMES)
def test_a_form_has_no_mistakes_and_one_structure_in_all_languages(name):
    built = forms(name)

    assert len({canonical(form.structure) for form in built.values()}) == 1
    for code, form in built.items():
        assert structure_issues(form.structure) == []
        structure = Structure.from_json(form.structure)
        assert words_issues(structure, form.words, code) == []
        assert {block: set(texts) for block, texts in form.words.items()} == {
            block: set(texts) for block, texts in built["fr"].words.items()
        }


@pytest.mark.feature("X3")
@pytest.mark.parametrize("place", [0, -1], ids=["first options", "last options"])
@pytest.mark.parametrize("name", NAMES)
def test_a_form_can_be_filled_in_and_sent(name, place):
    built = forms(name)["en"]
    structure = Structure.from_json(built.structure)
    words = Words.from_json(built.words, "en")
    with translation.override("en"):
        answers, errors = answers_from_json(structure, filled_in(structure, place))

        assert errors == []
        assert check_answers(structure, words, answers, annexes=[FILE]) == []
        for spec in structure.questions():
            if spec.required and spec.id in answers:
                rest = {key: value for key, value in answers.items() if key != spec.id}
                assert check_answers(structure, words, rest, annexes=[FILE]), spec.key


@pytest.mark.parametrize("name", NAMES)
def test_words_around_a_form_fit_their_fields_in_all_languages(name):
    data = demo_data(name)

    for code in LANGUAGES:
        page = page_values(data, code, None, None)
        assert all(0 < len(page[field]) <= 240 for field in ("summary", "received", "decision"))
        assert all(page["title"] and item["value"] for item in page["at_hand"])
        for block in (*page["annexes"], *page["state_texts"]):
            assert block["value"].get("label") or block["value"].get("text")


@pytest.mark.parametrize("name", NAMES)
def test_an_editor_could_publish_a_procedure_as_it_is(name):
    for code in LANGUAGES:
        page = page_values(demo_data(name), code, None, None)
        for field in ("chapters", "annexes", "state_texts", "at_hand"):
            block = ProcedurePage._meta.get_field(field).stream_block
            block.clean(block.to_python(page[field]))


def test_every_shared_group_is_used():
    texts = [path.read_text() for path in (DEMO / "procedures").glob("*.yaml")]

    for kind, key in (("questions", "use"), ("options", "options")):
        for name in shared()[kind]:
            assert any(f"{key}: {name}\n" in text for text in texts), name


def filled_in(structure: Structure, place: int) -> dict[str, Any]:
    """Answers to everything that is asked, with the first or the last of the options."""
    answers: dict[str, Any] = {}
    for spec in structure.questions():
        if spec.takes_answer and spec.id in asked(structure, answers):
            answers[spec.id] = _answer(spec, place, answers)
    return answers


def _answer(spec: QuestionSpec, place: int, answers: dict[str, Any]) -> Any:
    match spec.type:
        case QuestionType.TEXT | QuestionType.LONG_TEXT:
            return "x" * (spec.min_length or 1)
        case QuestionType.NUMBER | QuestionType.MONEY:
            limit = spec.minimum if place == 0 else spec.maximum
            return str(1 if limit is None else limit)
        case QuestionType.YES_NO:
            return place == 0
        case QuestionType.CHOICE:
            return spec.options[place].id
        case QuestionType.CHOICES:
            return [spec.options[place].id]
        case QuestionType.DATE:
            return _day(spec, answers).isoformat()
        case QuestionType.PERIOD:
            return {part: _day(spec, answers).isoformat() for part in ("from", "to")}
        case QuestionType.TABLE:
            row = {column.id: _answer(column, place, answers) for column in spec.columns}
            return [row] * max(spec.min_rows, 1)
        case _:
            return PLAIN[spec.type]


def _day(spec: QuestionSpec, answers: dict[str, Any]) -> datetime.date:
    today = timezone.localdate()
    if spec.not_before in answers:
        return datetime.date.fromisoformat(answers[spec.not_before])
    return bound(spec.earliest, today) or bound(spec.latest, today) or today
