"""Answers about procedures: lists, words in a language, frozen forms."""

import datetime

import pytest

from eservices.contract import Viewer
from eservices.enums import DayUnit, Level, ProcedureState
from eservices.errors import NotFound
from eservices.models import ProcedureText
from eservices.queries import procedures as queries
from tests.factories.eservices import make_user
from tests.factories.procedures import (
    SIMPLE_STRUCTURE,
    SIMPLE_WORDS,
    add_version,
    make_section,
    publish_everywhere,
    simple_procedure,
    words_in_all_languages,
)

pytestmark = pytest.mark.django_db

NOBODY = Viewer(user=None)


def codes(*args, **kwargs):
    return [card.code for card in queries.open_procedures(*args, **kwargs)]


def test_only_open_procedures_with_a_form_are_listed():
    simple_procedure(code="open")
    simple_procedure(code="shut")
    simple_procedure(code="bare")
    queries.Procedure.objects.filter(code="shut").update(state=ProcedureState.CLOSED)
    queries.Procedure.objects.filter(code="bare").update(current=None)

    assert codes(NOBODY, "fr") == ["open"]


def test_for_me_leaves_out_what_the_profile_may_not_apply_for():
    simple_procedure(code="mine", kinds=["citizen"])
    simple_procedure(code="firms", kinds=["enterprise"])
    user = make_user()
    viewer = Viewer(user=user, profile=user.citizen_profile, level=Level.LOW)

    assert codes(viewer, "fr", only_mine=True) == ["mine"]
    marks = {card.code: card.for_viewer for card in queries.open_procedures(viewer, "fr")}
    assert marks == {"mine": True, "firms": False}
    assert all(card.for_viewer for card in queries.open_procedures(NOBODY, "fr"))


@pytest.mark.parametrize("words", ["fete", "FÊTE quartier", "brocante", "  fête  "])
def test_search_ignores_accents_and_case(words):
    texts = {"fr": {"title": "Fête de quartier", "summary": "Ou une brocante.", "at_hand": []}}
    simple_procedure(code="party", texts=texts)
    simple_procedure(code="other")

    assert codes(NOBODY, "fr", search=words) == ["party"]


def test_sections_come_in_their_order():
    last = make_section("last", position=9)
    first = make_section("first", position=1)
    simple_procedure(code="a", section=last)
    simple_procedure(code="b", section=first)

    groups = queries.by_section(queries.open_procedures(NOBODY, "fr"))

    assert [(g.section.code, [c.code for c in g.cards]) for g in groups] == [
        ("first", ["b"]),
        ("last", ["a"]),
    ]


def test_words_come_in_the_main_language_where_one_is_missing():
    simple_procedure(code="half", texts={"fr": {"title": "Titre"}})

    card = queries.open_procedures(NOBODY, "nl")[0]

    assert (card.title, card.language) == ("Titre", "fr")


def test_the_list_costs_the_same_with_one_and_with_thirty(django_assert_num_queries):
    simple_procedure()
    queries.open_procedures(NOBODY, "fr")
    with django_assert_num_queries(2):
        queries.open_procedures(NOBODY, "fr")
    for _number in range(29):
        simple_procedure()

    with django_assert_num_queries(2):
        assert len(queries.open_procedures(NOBODY, "fr")) == 30


def test_pages_give_addresses_in_each_language():
    page = publish_everywhere(slug="arbre")
    procedure = queries.procedure_of_page(page)

    assert queries.page_languages(procedure)["fr"] == "/fr/list/arbre/"
    assert set(queries.page_languages(procedure)) == {"fr", "nl", "de", "en"}


@pytest.mark.parametrize("code", ["nothing", "gone"])
def test_unknown_and_withdrawn_codes_are_not_found(code):
    simple_procedure(code="gone", state=ProcedureState.OPEN)
    queries.Procedure.objects.update(state=ProcedureState.WITHDRAWN)

    with pytest.raises(NotFound):
        queries.procedure_for(code)


def test_text_is_the_newest_complete_edition_in_the_language_or_the_main_one():
    version = simple_procedure().current
    ProcedureText.objects.create(
        version=version, locale="nl", edition=2, words={"x": {}}, sha256="a"
    )
    ProcedureText.objects.create(
        version=version, locale="nl", edition=3, words={"y": {}}, sha256="b", complete=True
    )

    assert queries.text_for(version, "nl").edition == 3
    assert queries.text_for(version, "it").locale == "fr"


def test_a_version_without_complete_words_has_no_text():
    version = simple_procedure().current
    version.texts.update(complete=False)

    with pytest.raises(NotFound):
        queries.text_for(version, "fr")


def test_frozen_forms_are_read_once(django_assert_num_queries):
    procedure = simple_procedure()
    version = queries.current_version(queries.procedure_for(procedure.code))
    text = queries.text_for(version, "de")
    queries.structure_of(version), queries.words_of(text)

    with django_assert_num_queries(0):
        assert queries.structure_of(version).chapter("about").questions[0].id == "name"
        assert queries.words_of(text).label("name") == "Your name (de)"


def test_versions_of_one_procedure_keep_their_own_structure():
    procedure = simple_procedure()
    first = procedure.current
    smaller = {"format": 1, "chapters": SIMPLE_STRUCTURE["chapters"][:1]}
    words = {
        k: v for k, v in SIMPLE_WORDS.items() if k in ("about", "name", "help-needed", "help-kind")
    }
    second = add_version(procedure, smaller, words_in_all_languages(words))

    assert len(queries.structure_of(first).chapters) == 2
    assert len(queries.structure_of(second).chapters) == 1


def test_the_answer_day_follows_the_rule_of_the_procedure():
    friday = datetime.date(2026, 6, 12)
    calendar = simple_procedure(handling_days=10)
    working = simple_procedure(handling_days=1, handling_unit=DayUnit.WORKING)

    assert queries.answer_by(calendar, sent_on=friday) == datetime.date(2026, 6, 22)
    assert queries.answer_by(working, sent_on=friday) == datetime.date(2026, 6, 15)
    assert queries.answer_by(simple_procedure(handling_days=None)) is None
