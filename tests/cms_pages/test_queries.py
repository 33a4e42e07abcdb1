"""The frame of every page."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cms_pages import queries
from tests.factories import cms_pages as factory
from tests.factories import faq

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()
    yield
    cache.clear()


def test_the_municipality_is_told_in_the_language_of_the_reader():
    factory.home("fr", phone="04 000 00 00")
    factory.home("nl")

    assert queries.municipality("fr")["name"] == "Valmont fr"
    assert queries.municipality("fr")["phone"] == "04 000 00 00"
    assert queries.municipality("nl")["name"] == "Valmont nl"


def test_before_set_up_there_is_nothing_to_tell():
    assert queries.municipality("fr") == {}
    assert queries.menu("fr") == []


def test_the_menu_lists_pages_marked_for_it():
    faq.category()

    assert queries.menu("fr") == [{"label": "Aide", "url": "/fr/aide/"}]


def test_a_warm_frame_takes_one_query():
    factory.home()
    queries.municipality("fr")

    with CaptureQueriesContext(connection) as caught:
        queries.menu("fr")

    assert len(caught) == 1


def test_a_change_is_seen_at_once():
    page = factory.home()
    assert queries.municipality("fr")["name"] == "Valmont fr"

    page.municipality = "Rocheval"
    page.save_revision().publish()

    assert queries.municipality("fr")["name"] == "Rocheval"


def test_guides_to_a_place_are_the_help_pages_with_its_button():
    index = factory.help_index()
    button = [{"type": "service_link", "value": {"service": "login", "label": "Go"}}]
    factory.help_page(index, title="Card reader", body=button)
    factory.help_page(index, title="Privacy", slug="privacy")

    assert [guide["label"] for guide in queries.guides_to("login", "fr")] == ["Card reader"]
    assert queries.guides_to("login", "nl") == []
    assert queries.guides_to("security", "fr") == []
