"""The demo content: it loads, a second run changes nothing, faults are named."""

import shutil

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from wagtail.models import Page
from wagtail_localize.models import StringTranslation, Translation, TranslationSource

from cms_pages import translating, versions
from cms_pages.models import HelpPage, HomePage
from eservices.models import User
from faq.models import FaqQuestionPage
from faq.search import search
from portal.demo_loading import files, people

pytestmark = pytest.mark.django_db

LANGUAGES = ("fr", "nl", "de", "en")


@pytest.fixture
def small_demo(tmp_path, monkeypatch):
    """A copy of the demo with few files, to be changed by a test."""
    demo = tmp_path / "demo"
    shutil.copytree(files.DEMO, demo, ignore=shutil.ignore_patterns("shots", "procedures"))
    (demo / "procedures").mkdir()
    monkeypatch.setattr(files, "DEMO", demo)
    return demo


@pytest.mark.feature("A25")
def test_the_demo_loads_and_a_second_run_changes_nothing(client, capsys):
    call_command("load_demo", verbosity=0)
    before = (versions.current(), Page.objects.count(), StringTranslation.objects.count())

    call_command("load_demo", verbosity=0)

    assert (versions.current(), Page.objects.count(), StringTranslation.objects.count()) == before
    assert "up to date" in capsys.readouterr().out
    for code in LANGUAGES:
        assert FaqQuestionPage.objects.live().filter(locale__language_code=code).count() >= 40
        assert HelpPage.objects.live().filter(locale__language_code=code).count() >= 12
        assert HomePage.objects.live().filter(locale__language_code=code).count() == 1
        assert client.get(f"/api/v1/faq/?locale={code}").json()["count"] >= 40
    _every_translation_is_complete()
    _what_editors_rebuild_is_what_was_loaded()
    _every_page_can_be_submitted()
    _everybody_can_log_in()
    assert (
        search("mot de passe oublié", "fr").hits[0].title
        == FaqQuestionPage.objects.get(locale__language_code="fr", slug="mot-de-passe-oublie").title
    )


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
