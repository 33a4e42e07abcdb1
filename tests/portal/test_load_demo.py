"""The demo content: it loads, a second run changes nothing, faults are named."""

import json
import shutil

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from wagtail.models import Page
from wagtail_localize.models import StringTranslation, Translation, TranslationSource

from cms_pages import translating, versions
from cms_pages.models import HelpPage, HomePage
from eservices.enums import Outcome, ProcedureState, ReasonUse, SubmissionState
from eservices.models import (
    Annex,
    DecisionReason,
    DocumentTemplateVersion,
    EboxMessage,
    InternalNote,
    Notice,
    OpinionRequest,
    Procedure,
    ProcedureIssue,
    Submission,
    User,
)
from eservices.queries.identifiers import person_with_number
from faq.models import FaqQuestionPage
from faq.search import search
from portal.demo_loading import files, people

pytestmark = pytest.mark.django_db

LANGUAGES = ("fr", "nl", "de", "en")
PARTS = ("title", "body", "closing")


@pytest.fixture
def small_demo(tmp_path, monkeypatch):
    """A copy of the demo with few files, to be changed by a test."""
    demo = tmp_path / "demo"
    shutil.copytree(files.DEMO, demo, ignore=shutil.ignore_patterns("shots", "procedures"))
    (demo / "procedures").mkdir()
    monkeypatch.setattr(files, "DEMO", demo)
    return demo


@pytest.mark.feature("A25")
def test_the_demo_loads_and_a_second_run_changes_nothing(demo, client, capsys):
    """The first run made the template of the `demo`, on each database."""
    before = (versions.current(), Page.objects.count(), StringTranslation.objects.count())

    call_command("load_demo", verbosity=0)

    assert (versions.current(), Page.objects.count(), StringTranslation.objects.count()) == before
    assert "up to date" in capsys.readouterr().out
    for code in LANGUAGES:
        assert FaqQuestionPage.objects.live().filter(locale__language_code=code).count() >= 40
        assert HelpPage.objects.live().filter(locale__language_code=code).count() >= 12
        assert HomePage.objects.live().filter(locale__language_code=code).count() == 1
        assert client.get(f"/api/v1/faq/?locale={code}").json()["count"] >= 40
    _every_procedure_is_current_in_all_languages()
    _agents_have_something_to_start_from()
    _files_stand_at_every_stage()
    _every_translation_is_complete()
    _what_editors_rebuild_is_what_was_loaded()
    _every_page_can_be_submitted()
    _everybody_can_log_in()
    assert (
        search("mot de passe oublié", "fr").hits[0].title
        == FaqQuestionPage.objects.get(locale__language_code="fr", slug="mot-de-passe-oublie").title
    )


def _every_procedure_is_current_in_all_languages():
    procedures = Procedure.objects.select_related("current")
    assert len(procedures) >= 15
    for procedure in procedures:
        assert procedure.state == ProcedureState.OPEN, procedure.code
        texts = procedure.current.texts.filter(complete=True)
        assert {text.locale for text in texts} == set(LANGUAGES), procedure.code
    assert not ProcedureIssue.objects.filter(solved_at__isnull=True).exists()


def _agents_have_something_to_start_from():
    assert set(DecisionReason.objects.values_list("use", flat=True)) == set(ReasonUse.values)
    versions_of_templates = DocumentTemplateVersion.objects.select_related("template__procedure")
    outcomes = {version.template.outcome for version in versions_of_templates}
    assert outcomes == {Outcome.GRANTED, Outcome.REFUSED}
    for version in versions_of_templates:
        assert set(version.texts) == set(LANGUAGES)
        assert all(texts[name] for texts in version.texts.values() for name in PARTS)
        assert "Conseil d’État" in version.texts["fr"]["closing"], "nobody says how to contest it"


def _files_stand_at_every_stage():
    never = {
        SubmissionState.AWAITING_SIGNATURE,  # nothing is to be signed in the demo
        SubmissionState.CANCELLED,
        SubmissionState.EXPIRED,
        SubmissionState.DISCARDED,
    }
    states = set(Submission.objects.values_list("state", flat=True))
    assert states == set(SubmissionState.values) - never
    asked = Submission.objects.filter(state=SubmissionState.AWAITING_CITIZEN)
    assert {row.requests.filter(state="open").count() for row in asked} == {2, 4}
    talked = Submission.objects.filter(messages__side="agent").filter(messages__side="citizen")
    assert talked.exists()
    assert Annex.objects.filter(side="agent").exists()
    assert InternalNote.objects.exists()
    assert {opinion.state for opinion in OpinionRequest.objects.all()} == {"open", "answered"}
    assert Notice.objects.exists()
    assert EboxMessage.objects.get().profile.user.email == "parent@example.org"


def _every_translation_is_complete():
    assert Translation.objects.count() > 100
    assert translating.lagging() == []
    assert not StringTranslation.objects.filter(has_error=True).exists()


def _what_editors_rebuild_is_what_was_loaded():
    """wagtail-localize, asked to build the Dutch page from its rows, makes the page that is live."""
    page = FaqQuestionPage.objects.get(slug="account-activeren", locale__language_code="nl")
    loaded = [page.title, page.short_answer, page.search_parts()["body"]]
    translation = Translation.objects.get(
        source__object_id=page.translation_key, target_locale__language_code="nl"
    )

    translation.save_target(publish=True)

    page = FaqQuestionPage.objects.get(pk=page.pk)
    assert [page.title, page.short_answer, page.search_parts()["body"]] == loaded


def _every_page_can_be_submitted():
    """No page of the demo steps into a trap of wagtail-localize."""
    sources = [
        page.specific for page in Page.objects.filter(locale__language_code="fr", depth__gt=1)
    ]
    assert len(sources) > 60
    TranslationSource.objects.all().delete()
    for page in sources:
        source, created = TranslationSource.update_or_create_from_instance(page)
        assert created, page
        assert source.stringsegment_set.exists(), page


def _everybody_can_log_in():
    for person in people.PEOPLE:
        user = User.objects.get(email=person.email)
        assert user.check_password(people.PASSWORD)
        assert user.citizen_profile.name
    editor = User.objects.get(email="editor@example.org")
    assert editor.has_perm("wagtailadmin.access_admin")
    assert editor.has_perm("wagtail_localize.submit_translation")
    page = FaqQuestionPage.objects.first()
    assert page.permissions_for_user(editor).can_publish()
    assert not page.permissions_for_user(User.objects.get(email="agent@example.org")).can_edit()


@pytest.mark.sqlite_only  # the files are wrong before any database is asked
@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("kind: info", "kind: loud", "F01-activate-account.yaml, node “note”: the kind must be"),
        ("faq:log-in", "faq:nowhere", "it links to “faq:nowhere”, which does not exist"),
        ("type: accordion", "type: carousel", "the type “carousel” is unknown"),
        ("category: account", "category: nothing", "“nothing” is not one of"),
    ],
)
def test_a_fault_is_named_with_its_file_and_node(small_demo, old, new, message):
    path = small_demo / "faq" / "F01-activate-account.yaml"
    path.write_text(path.read_text().replace(old, new))

    with pytest.raises(CommandError) as caught:
        call_command("load_demo", verbosity=0)

    assert message in str(caught.value)
    assert not FaqQuestionPage.objects.exists()


@pytest.mark.feature("C2")
def test_people_of_the_demo_are_those_of_the_test_identity_providers():
    people.load_terms()
    people.load_people()

    assert people.load_numbers() == 3
    assert people.load_numbers() == 0

    claire = person_with_number("85041799814")
    assert (claire.email, claire.identifier.source) == ("citizen@example.org", "csam")
    names = {person.email: (person.first_name, person.last_name) for person in people.PEOPLE}
    told = json.loads(people.CITIZENS.read_text())["citizens"]
    living = [citizen for citizen in told if citizen["email"] in names]
    assert len(living) == 3
    assert all(names[one["email"]] == (one["given"], one["family"]) for one in living)
