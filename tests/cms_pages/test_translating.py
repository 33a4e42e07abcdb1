"""Translations: nothing untranslated goes live by accident, and what lags behind is said."""

import pytest
from wagtail.models import Page
from wagtail_localize.models import StringSegment, StringTranslation, Translation, TranslationSource
from wagtail_localize.operations import translate_object

from cms_pages import translating
from cms_pages.models import HelpPage
from tests.factories import cms_pages as factory

pytestmark = pytest.mark.django_db


@pytest.fixture
def page():
    """A French help page, with start pages in French and Dutch."""
    factory.home("fr")
    factory.home("nl")
    body = [{"type": "paragraph", "id": "b1", "value": "<p>Bonjour à tous.</p>"}]
    return factory.help_page(factory.help_index(), body=body)


def translation_of(page):
    """Submit the page for translation into Dutch."""
    translate_object(page, [factory.locale("nl")])
    return Translation.objects.get(
        source__object_id=page.translation_key, target_locale__language_code="nl"
    )


def translate_all(translation, prefix="NL "):
    for segment in StringSegment.objects.filter(source=translation.source):
        StringTranslation.objects.update_or_create(
            translation_of=segment.string,
            context=segment.context,
            locale=translation.target_locale,
            defaults={
                "data": f"{prefix}{segment.string.data}"
                if segment.context.path != "slug"
                else "eerste-stappen",
                "translation_type": "manual",
            },
        )


def dutch(page):
    return HelpPage.objects.filter(
        translation_key=page.translation_key, locale__language_code="nl"
    ).first()


@pytest.mark.feature("E1")
def test_submitting_for_translation_puts_nothing_live(page):
    translation_of(page)

    assert dutch(page) is not None
    assert not dutch(page).live


@pytest.mark.feature("E1")
def test_a_complete_translation_goes_live(page, django_capture_on_commit_callbacks):
    translation = translation_of(page)
    translate_all(translation)

    with django_capture_on_commit_callbacks(execute=True):
        translation.save_target(publish=True)

    assert dutch(page).live
    assert dutch(page).title == "NL Premiers pas"


@pytest.mark.feature("E1")
def test_an_incomplete_translation_stays_a_draft(page, django_capture_on_commit_callbacks):
    translation = translation_of(page)
    translate_all(translation)
    StringTranslation.objects.filter(context__path="title").delete()

    with django_capture_on_commit_callbacks(execute=True):
        translation.save_target(publish=True)

    assert not dutch(page).live


@pytest.mark.feature("E1")
def test_new_french_words_do_not_replace_live_dutch_ones(page, django_capture_on_commit_callbacks):
    translation = translation_of(page)
    translate_all(translation)
    with django_capture_on_commit_callbacks(execute=True):
        translation.save_target(publish=True)
    page.title = "Tout nouveau titre"
    page.save_revision().publish()
    translation.source.update_from_db()

    with django_capture_on_commit_callbacks(execute=True):
        translation.save_target(publish=True)

    assert dutch(page).title == "NL Premiers pas"
    assert translating.missing_words(dutch(page)) == 1


def test_the_editor_is_told_why_a_translation_is_not_published(page, admin_client):
    translation_of(page)
    target = dutch(page)

    answer = admin_client.post(f"/admin/pages/{target.pk}/edit/", {"action": "publish"})

    assert answer.status_code in (302, 403)
    target.refresh_from_db()
    assert not target.live


def test_a_changed_source_is_flagged_until_it_is_handed_over(page):
    translation = translation_of(page)
    translate_all(translation)
    assert translating.lagging() == []

    page.title = "Autre titre"
    page.save_revision().publish()

    lag = translating.lagging()
    assert [row.title for row in lag] == ["Autre titre"]
    assert lag[0].source_changed
    assert lag[0].languages == ("NL",)

    TranslationSource.objects.get(pk=translation.source_id).update_from_db()

    lag = translating.lagging()
    assert not lag[0].source_changed
    assert lag[0].missing == 1


def test_a_page_that_is_no_translation_lacks_nothing(page):
    assert translating.missing_words(page) == 0
    assert translating.missing_words(Page.objects.get(depth=1)) == 0
