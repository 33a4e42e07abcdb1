"""Freezing: what publishing makes of a page, and what it never changes."""

from copy import deepcopy
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone
from wagtail.models import Locale
from wagtail.signals import page_published
from wagtail_localize.models import (
    StringSegment,
    StringTranslation,
    Translation,
    TranslationSource,
)

from eservices.actions import procedures
from eservices.enums import ProcedureState, VersionState
from eservices.models import (
    Procedure,
    ProcedureIssue,
    ProcedurePage,
    ProcedureText,
    ProcedureVersion,
)
from tests.factories.procedures import (
    LANGUAGES,
    SIMPLE_STRUCTURE,
    SIMPLE_WORDS,
    builder_from,
    make_index,
    make_page,
    make_translation,
    publish,
    publish_everywhere,
    simple_procedure,
    words_in_all_languages,
)

pytestmark = pytest.mark.django_db

WORDS = words_in_all_languages(SIMPLE_WORDS)


def built(language="fr", *, structure=SIMPLE_STRUCTURE, words=None):
    return builder_from(structure, words or WORDS[language])


def with_a_new_question():
    structure, words = deepcopy(SIMPLE_STRUCTURE), deepcopy(WORDS)
    structure["chapters"][0]["fields"].append({"id": "street", "type": "text"})
    for texts in words.values():
        texts["street"] = {"label": "Street"}
    return structure, words


def the_procedure():
    return Procedure.objects.get()


def numbers():
    return list(ProcedureVersion.objects.order_by("number").values_list("number", "state"))


@pytest.mark.feature("X3")
def test_a_form_is_used_once_all_languages_are_there():
    page = publish(make_page())
    assert the_procedure().current is None
    for code in LANGUAGES[1:-1]:
        make_translation(page, code)
    assert the_procedure().current is None

    make_translation(page, LANGUAGES[-1])

    procedure = the_procedure()
    assert procedure.current.number == 1
    assert procedure.is_open
    assert set(procedure.texts) == set(LANGUAGES)
    assert ProcedureIssue.objects.count() == 0


def test_publishing_without_a_change_makes_nothing_new():
    page = publish_everywhere()
    before = (ProcedureVersion.objects.count(), ProcedureText.objects.count())

    publish(page)

    assert (ProcedureVersion.objects.count(), ProcedureText.objects.count()) == before


@pytest.mark.feature("X3")
def test_a_corrected_word_is_a_new_edition_and_no_new_version():
    page = publish_everywhere()
    words = deepcopy(WORDS["fr"])
    words["name"]["label"] = "Votre nom"

    publish(page, chapters=built(words=words))

    assert numbers() == [(1, VersionState.CURRENT)]
    editions = ProcedureText.objects.filter(locale="fr").order_by("edition")
    assert [text.words["name"]["label"] for text in editions] == ["Your name (fr)", "Votre nom"]


@pytest.mark.feature("X3")
def test_a_new_question_waits_for_its_translations():
    page = publish_everywhere()
    structure, words = with_a_new_question()

    publish(page, chapters=built(structure=structure, words=words["fr"]))

    assert numbers() == [(1, VersionState.CURRENT), (2, VersionState.PREPARED)]
    assert the_procedure().current.number == 1
    for code in LANGUAGES[1:]:
        other = ProcedurePage.objects.get(
            translation_key=page.translation_key, locale__language_code=code
        )
        publish(other, chapters=built(structure=structure, words=words[code]))
    assert numbers() == [(1, VersionState.RETIRED), (2, VersionState.CURRENT)]
    assert the_procedure().current.number == 2


def test_a_changed_rule_without_new_words_is_used_at_once():
    page = publish_everywhere()
    structure = deepcopy(SIMPLE_STRUCTURE)
    structure["chapters"][0]["fields"][0]["max_length"] = 50

    publish(page, chapters=built(structure=structure))

    assert numbers() == [(1, VersionState.RETIRED), (2, VersionState.CURRENT)]


def test_going_back_to_an_earlier_form_gives_a_new_number():
    page = publish_everywhere()
    structure = deepcopy(SIMPLE_STRUCTURE)
    structure["chapters"][0]["fields"][0]["max_length"] = 50
    page = publish(page, chapters=built(structure=structure))

    publish(page, chapters=built())

    assert [number for number, _state in numbers()] == [1, 2, 3]
    first, third = ProcedureVersion.objects.get(number=1), ProcedureVersion.objects.get(number=3)
    assert first.sha256 == third.sha256
    assert the_procedure().current == third


@pytest.mark.feature("X3")
def test_rules_of_a_translated_page_are_never_taken():
    page = publish_everywhere()
    structure = deepcopy(SIMPLE_STRUCTURE)
    structure["chapters"][0]["fields"] = structure["chapters"][0]["fields"][:1]
    nl = ProcedurePage.objects.get(translation_key=page.translation_key, locale__language_code="nl")

    rules = {"level": 0, "for_citizens": False, "for_enterprises": True}
    publish(nl, chapters=built(structure=structure, words=WORDS["nl"]), **rules)

    procedure = the_procedure()
    assert numbers() == [(1, VersionState.CURRENT)]
    assert (procedure.required_level, procedure.kinds) == (page.level, page.kinds)
    newest = procedure.current.texts.filter(locale="nl").order_by("-edition").first()
    assert newest.complete is False
    assert ProcedureIssue.objects.filter(locale="nl", kind="words_missing", solved_at=None).exists()


def test_mistakes_are_recorded_and_the_version_before_stays():
    page = publish_everywhere()
    structure = deepcopy(SIMPLE_STRUCTURE)
    structure["chapters"][0]["fields"][1]["key"] = "name"

    page = publish(page, chapters=built(structure=structure))

    assert page.live
    assert numbers() == [(1, VersionState.CURRENT)]
    issue = ProcedureIssue.objects.get(solved_at=None)
    assert (issue.kind, issue.block_id) == ("code_twice", "help-needed")
    publish(page, chapters=built())
    assert not ProcedureIssue.objects.filter(solved_at=None).exists()


def test_a_block_without_identifier_is_refused():
    form = built()
    del form[0]["value"]["questions"][0]["id"]
    page = make_page()
    ProcedurePage.objects.filter(pk=page.pk).update(chapters=form, live=True)

    assert procedures.freeze(page=page) is None
    assert ProcedureIssue.objects.filter(kind="no_id").exists()
    assert not Procedure.objects.exists()


def test_scheduling_a_page_that_was_never_published_freezes_nothing():
    page = make_page()
    page.go_live_at = timezone.now() + timedelta(days=2)

    page.save_revision().publish()

    page.refresh_from_db()
    assert not page.live
    assert not Procedure.objects.exists()


def test_an_alias_freezes_nothing():
    page = publish_everywhere()
    alias = page.create_alias(update_slug="alias")
    count = ProcedureVersion.objects.count()

    publish(page, summary="Another sentence.")
    page_published.send(sender=ProcedurePage, instance=alias, revision=None, alias=True)

    assert ProcedureVersion.objects.count() == count
    assert Procedure.objects.count() == 1


def test_a_copied_page_is_a_procedure_of_its_own():
    page = publish_everywhere(code="tree")

    copy = page.copy(update_attrs={"slug": "copy"}, keep_live=True)

    assert copy.translation_key != page.translation_key
    assert sorted(Procedure.objects.values_list("code", flat=True)) == ["tree", "tree-2"]
    assert Procedure.objects.get(code="tree").page_id == page.pk


def test_unpublishing_closes_and_publishing_opens_again():
    page = publish_everywhere()

    page.unpublish()
    assert the_procedure().state == ProcedureState.CLOSED
    publish(ProcedurePage.objects.get(pk=page.pk))

    assert the_procedure().is_open


def test_unpublishing_a_translation_closes_nothing():
    page = publish_everywhere()

    ProcedurePage.objects.get(
        translation_key=page.translation_key, locale__language_code="nl"
    ).unpublish()

    assert the_procedure().is_open


def test_deleting_the_page_closes_the_procedure_and_keeps_its_versions():
    page = publish_everywhere()

    with transaction.atomic():
        page.delete()

    procedure = the_procedure()
    assert (procedure.page_id, procedure.state) == (None, ProcedureState.CLOSED)
    assert procedure.versions.count() == 1


def test_the_code_stays_after_the_first_publication():
    page = publish_everywhere(code="tree")

    publish(page, code="bush")

    assert the_procedure().code == "tree"


@pytest.mark.feature("X3")
def test_no_act_changes_a_frozen_row():
    page = publish_everywhere()
    structure, words = with_a_new_question()

    def frozen():
        versions = {row.pk: (row.structure, row.sha256) for row in ProcedureVersion.objects.all()}
        texts = {
            row.pk: (row.words, row.sha256, row.complete) for row in ProcedureText.objects.all()
        }
        return versions, texts

    versions, texts = frozen()
    page = publish(page, chapters=built(structure=structure, words=words["fr"]), title="Other")
    page = publish(page, chapters=built())
    procedures.record_words(page=ProcedurePage.objects.get(locale__language_code="de"))
    page.unpublish()
    with transaction.atomic():
        page.delete()

    later_versions, later_texts = frozen()
    assert {pk: later_versions[pk] for pk in versions} == versions
    assert {pk: later_texts[pk] for pk in texts} == texts


def test_the_daily_job_finds_a_changed_row():
    procedure = simple_procedure()
    procedures.verify_versions()
    words = deepcopy(SIMPLE_WORDS)
    words["true"]["label"] = "Something else."
    ProcedureText.objects.filter(locale="en").update(words=words)
    structure = deepcopy(SIMPLE_STRUCTURE)
    structure["chapters"].pop()
    ProcedureVersion.objects.filter(pk=procedure.current_id).update(structure=structure)

    with pytest.raises(procedures.FrozenFormChangedError) as caught:
        procedures.verify_versions()

    assert "version" in str(caught.value)
    assert "en, edition 1" in str(caught.value)


def test_a_publication_that_was_lost_is_found_and_repaired(capsys):
    page = publish_everywhere()
    call_command("procedures", "--check")
    structure = deepcopy(SIMPLE_STRUCTURE)
    structure["chapters"][0]["fields"][0]["max_length"] = 50
    ProcedurePage.objects.filter(pk=page.pk).update(chapters=built(structure=structure))

    with pytest.raises(CommandError):
        call_command("procedures", "--check")
    assert "Not taken over" in capsys.readouterr().out
    call_command("procedures", "--repair")

    assert the_procedure().current.number == 2
    call_command("procedures", "--check")


def test_a_current_form_is_complete_in_all_languages():
    publish_everywhere()

    version = the_procedure().current
    complete = set(version.texts.filter(complete=True).values_list("locale", flat=True))
    assert complete == {code for code, _name in settings.LANGUAGES}
    ids = {
        "about",
        "details",
        *(q["id"] for c in SIMPLE_STRUCTURE["chapters"] for q in c["fields"]),
    }
    for text in version.texts.all():
        assert set(text.words) <= ids


def translation_of(page, language):
    """The translation tool's row for a page, and all its texts translated but the last."""
    source, _made = TranslationSource.update_or_create_from_instance(page)
    locale = Locale.objects.get_or_create(language_code=language)[0]
    row = Translation.objects.create(source=source, target_locale=locale)
    segments = list(StringSegment.objects.filter(source=source))
    for segment in segments[:-1]:
        translate(segment, locale)
    return row, segments[-1]


def translate(segment, locale):
    StringTranslation.objects.create(
        translation_of=segment.string,
        context=segment.context,
        locale=locale,
        data=segment.string.data + ("-nl" if segment.context.path == "slug" else " (nl)"),
    )


@pytest.mark.feature("X3")
def test_a_translation_that_the_tool_holds_for_unfinished_is_not_used():
    page = publish(make_page())
    for code in ("de", "en"):
        make_translation(page, code)
    row, last = translation_of(page, "nl")

    nl = make_translation(page, "nl")

    assert nl.live
    assert the_procedure().current is None
    assert ProcedureIssue.objects.filter(kind="translation_unfinished", solved_at=None).exists()
    translate(last, row.target_locale)
    publish(nl)
    assert the_procedure().current.number == 1
    assert not ProcedureIssue.objects.filter(solved_at=None).exists()


def test_translators_are_shown_what_is_new():
    page = publish(make_page())
    make_index("nl")
    row, _last = translation_of(page, "nl")
    total = row.get_progress()[0]
    structure, words = with_a_new_question()

    publish(page, chapters=built(structure=structure, words=words["fr"]))
    procedures.sync_translations.func(str(page.translation_key))

    assert row.get_progress()[0] == total + 1


def test_a_procedure_for_nobody_is_refused():
    page = make_page(for_citizens=False)

    with pytest.raises(ValidationError):
        page.full_clean()
