"""Procedures as JSON: out of one portal, into another, whole or not at all."""

import json
from copy import deepcopy
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from django.utils.translation import override

from eservices.actions.exchange import MAX_BYTES, export_procedure, import_procedure
from eservices.errors import ImportRefused
from eservices.models import Procedure, ProcedurePage
from eservices.models.builder import blocks_of, read_builder
from eservices.questions.structure import canonical
from tests.eservices.questions.samples import ALL_TYPES, WORDS
from tests.factories.eservices import make_user
from tests.factories.procedures import (
    LANGUAGES,
    make_index,
    make_page,
    make_translation,
    procedure_from_yaml,
    publish,
    publish_everywhere,
)

pytestmark = pytest.mark.django_db


def exported(**fields):
    return export_procedure(page=publish_everywhere(**fields))


def taken(document, **more):
    raw = document if isinstance(document, bytes) else json.dumps(document).encode()
    return import_procedure(raw=raw, by=make_user(), **more)


def refused(document, **more):
    before = ProcedurePage.objects.count()
    with override("en"), pytest.raises(ImportRefused) as caught:
        taken(document, **more)
    assert ProcedurePage.objects.count() == before
    return caught.value.params["errors"]


def test_blocks_are_read_again_into_the_structure_that_they_were_made_of():
    blocks = blocks_of(ALL_TYPES, WORDS["fr"].texts)

    form = read_builder(blocks.chapters, blocks.annexes)

    assert canonical(form.structure) == canonical(ALL_TYPES)
    assert form.words == WORDS["fr"].texts


def test_every_demo_procedure_survives_the_way_through_blocks():
    version = procedure_from_yaml("event").current
    words = version.texts.get(locale="nl").words

    blocks = blocks_of(version.structure, words)

    form = read_builder(blocks.chapters, blocks.annexes)
    assert canonical(form.structure) == canonical(version.structure)
    assert form.words == words


@pytest.mark.feature("X3")
def test_what_is_exported_comes_back_as_drafts_in_all_languages_with_the_same_form():
    closes = timezone.now() + timedelta(days=9)
    annex = {"type": "annex", "id": "a-1", "value": {"label": "Plan", "required": True}}
    document = exported(fee=Decimal("12.50"), closes_at=closes, annexes=[annex])
    document = json.loads(json.dumps(document))

    pages = taken(document)

    assert sorted(page.locale.language_code for page in pages) == sorted(LANGUAGES)
    assert len({page.translation_key for page in pages}) == 1
    assert not any(page.live for page in pages)
    assert pages[0].fee == Decimal("12.50")
    assert pages[0].closes_at == closes
    original = Procedure.objects.get()
    for page in reversed(pages):
        if page.locale.language_code != "fr":
            publish(page, annexes=[annex])
        else:
            publish(page)
    copy = Procedure.objects.exclude(pk=original.pk).get()
    newest = original.versions.order_by("-number").first()
    assert copy.current.sha256 == newest.sha256
    assert copy.code != original.code


def test_a_draft_is_exported_as_it_was_saved_last():
    page = publish_everywhere()
    page.title = "Newer"
    page.save_revision()

    assert export_procedure(page=page)["texts"]["fr"]["title"] == "Newer"


def test_a_translation_exports_the_rules_of_the_main_page():
    main = make_page(retention_days=99)
    german = make_translation(main, "de", live=False)

    document = export_procedure(page=german)

    assert (document["main_language"], document["rules"]["retention_days"]) == ("fr", 99)
    assert set(document["words"]) == {"fr", "de"}


def test_bad_json_names_its_line():
    ((place, message),) = refused(b'{"kind":\n  oops}')

    assert place == "line 2, character 3"
    assert message == "This is not JSON."


@pytest.mark.parametrize(
    "raw", [b"", b"\xff\xfe", b"[" * 200_000, b'{"a": NaN}', b" " * (MAX_BYTES + 1), b"[]", b"{}"]
)
def test_what_is_no_exported_procedure_is_refused(raw):
    assert refused(raw)


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        ("kind", "else", "/kind"),
        ("format", 2, "/format"),
        ("main_language", "xx", "/main_language"),
        ("texts", [], "/texts"),
        ("words", {"fr": {"a": 1}}, "/words/fr"),
        ("rules.section", "nowhere", "/rules/section"),
        ("rules.retention_days", "soon", "/rules/retention_days"),
        ("rules.opens_at", "tomorrow", "/rules/opens_at"),
        ("rules.level", 7, "/rules/level"),
        ("texts.fr.title", "", "/texts/fr/title"),
        ("structure", {"format": 1, "chapters": []}, "/structure"),
        (
            "structure.chapters",
            [{"id": "c", "fields": [{"id": "q", "type": "x"}]}],
            "/structure/chapters/0/fields/0",
        ),
        ("words.fr", {}, "/words/fr/about"),
    ],
)
def test_each_problem_is_named_by_its_path_and_nothing_is_stored(path, value, place):
    document = json.loads(json.dumps(exported()))
    changed = deepcopy(document)
    target = changed
    *way, last = path.split(".")
    for name in way:
        target = target[name]
    target[last] = value

    places = [found for found, _message in refused(changed)]

    assert place in places


def test_another_section_and_team_can_be_chosen():
    document = exported()
    document = json.loads(json.dumps(document))
    other = publish_everywhere()
    document["rules"]["section"] = document["rules"]["team"] = "elsewhere"

    pages = taken(document, section=other.section, team=other.team)

    assert pages[0].section == other.section


def test_a_language_without_a_list_of_procedures_is_left_out():
    document = json.loads(json.dumps(exported()))
    ProcedurePage.objects.filter(locale__language_code="nl").delete()
    make_index("nl").delete()

    assert {page.locale.language_code for page in taken(document)} == set(LANGUAGES) - {"nl"}


@pytest.mark.feature("X3")
def test_a_copied_page_becomes_a_procedure_of_its_own():
    page = publish_everywhere()
    copy = page.copy(update_attrs={"title": "Copy", "slug": "copy"}, keep_live=False)

    publish(copy)

    assert Procedure.objects.count() == 2
    codes = set(Procedure.objects.values_list("code", flat=True))
    assert len(codes) == 2
