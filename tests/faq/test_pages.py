"""Help pages for people."""

import io
import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from faq.models import FeedbackTally
from faq.spreadsheet import cell
from tests.factories import cms_pages as pages
from tests.factories import faq as factory

pytestmark = pytest.mark.django_db

CATEGORY = "/fr/aide/mon-compte/"


def json_ld(answer):
    text = re.search(
        r'<script type="application/ld\+json">(.*?)</script>', answer.content.decode(), re.DOTALL
    )
    return json.loads(text[1])


@pytest.mark.feature("A25")
def test_a_category_shows_questions_that_open_by_their_anchor(client):
    factory.question()

    text = client.get(CATEGORY).content.decode()

    assert "<details" in text
    assert 'id="activer-1"' in text
    assert "Ouvrez l’invitation." in text


def test_json_ld_cannot_end_its_block(client):
    factory.question(title="Et </script><b> ?", slug="x", short_answer="A & </script> <!-- B")

    data = json_ld(client.get(CATEGORY))

    assert data["@type"] == "FAQPage"
    assert data["mainEntity"][0]["name"] == "Et </script><b> ?"
    assert data["mainEntity"][0]["acceptedAnswer"]["text"] == "A & </script> <!-- B"


def test_a_question_names_its_address_and_its_translations(client):
    page = factory.question()
    factory.question(
        factory.category("nl"), title="Hoe?", slug="hoe", translation_key=page.translation_key
    )
    factory.question(
        factory.category("de"), title="Wie?", slug="wie", translation_key=page.translation_key
    ).unpublish()

    text = client.get("/fr/aide/mon-compte/activer-1/").content.decode()

    assert re.search(r'<link rel="canonical" href="[^"]+/fr/aide/mon-compte/activer-1/">', text)
    assert set(re.findall(r'rel="alternate" hreflang="(\w+)"', text)) == {"fr", "nl"}


def test_help_pages_need_no_inline_style_or_script(client):
    factory.question()

    for path in (
        "/fr/",
        "/fr/aide/",
        CATEGORY,
        "/fr/aide/mon-compte/activer-1/",
        "/fr/search/?q=compte",
    ):
        text = client.get(path).content.decode()
        assert " style=" not in text, path
        assert not re.search(r"\son[a-z]+=", text), path
        assert not re.findall(r"<script(?![^>]*(?:src=|application/ld\+json))", text), path


def test_the_number_of_queries_of_a_category_does_not_grow(client):
    factory.question()
    client.get(CATEGORY)
    with CaptureQueriesContext(connection) as one:
        client.get(CATEGORY)
    for number in range(2, 12):
        factory.question(number=number)
    client.get(CATEGORY)

    with CaptureQueriesContext(connection) as many:
        answer = client.get(CATEGORY)

    assert answer.content.decode().count("<details") == 11
    assert len(many) == len(one)


@pytest.mark.feature("A25")
def test_an_opinion_is_counted_without_script(client):
    page = factory.question()

    answer = client.post(
        f"/fr/faq/{page.translation_key}/feedback/",
        {"helpful": "no", "next": CATEGORY},
        follow=True,
    )

    assert FeedbackTally.objects.get().not_helpful == 1
    assert answer.request["PATH_INFO"] == CATEGORY
    assert f'id="thanks-{page.translation_key}"' in answer.content.decode()


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "javascript:alert(1)"]
)
def test_feedback_leads_back_to_our_own_pages_only(client, target):
    page = factory.question()

    answer = client.post(
        f"/fr/faq/{page.translation_key}/feedback/", {"helpful": "yes", "next": target}
    )

    assert answer["Location"].startswith("/fr/")


def test_the_help_start_page_counts_and_leaves_empty_groups_out(client):
    factory.question()
    factory.category(title="Vide", slug="vide")
    guides = pages.help_index(factory.index())
    pages.help_page(guides)

    text = client.get("/fr/aide/").content.decode()

    assert "Mon compte" in text
    assert "Vide" not in text
    assert "Premiers pas" in text


@pytest.mark.feature("B8")
def test_the_questions_are_exported_to_a_spreadsheet(client):
    factory.question()

    answer = client.get("/fr/faq/export.xlsx")
    sheet = load_workbook(io.BytesIO(answer.content)).active

    rows = list(sheet.iter_rows(values_only=True))
    assert len(rows) == 2
    assert rows[1][1] == "Comment activer mon compte 1 ?"
    assert rows[1][3] == "Ouvrez l’invitation."


def test_a_cell_is_never_a_formula():
    assert cell("=1+1") == "'=1+1"
    assert cell("Bonjour") == "Bonjour"


def test_the_site_map_names_translations(client):
    page = factory.question()
    factory.question(
        factory.category("nl"), title="Hoe?", slug="hoe", translation_key=page.translation_key
    )

    text = client.get("/fr/sitemap.xml").content.decode()

    assert text.count("/fr/aide/mon-compte/activer-1/</loc>") == 1
    assert text.count('hreflang="nl"') == text.count('hreflang="fr"')


def test_the_start_page_of_each_language_shows_its_question(client):
    for code in ("fr", "nl", "de", "en"):
        pages.home(code)

        answer = client.get(f"/{code}/")

        assert answer.status_code == 200
        assert f"Hero {code}" in answer.content.decode()


def test_the_root_leads_to_the_start_page(client):
    pages.home()

    answer = client.get("/", follow=True)

    assert answer.request["PATH_INFO"] == "/fr/"
    assert answer.status_code == 200
