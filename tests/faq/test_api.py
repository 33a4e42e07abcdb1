"""The content API: shapes, caching, refusals, number of queries."""

import json

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.contrib.redirects.models import Redirect

from faq.api import FEEDBACK_LIMIT
from faq.models import FeedbackTally
from tests.factories import faq as factory

pytestmark = pytest.mark.django_db

LIST = "/api/v1/faq/?locale=fr"


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()
    yield
    cache.clear()


def queries_of(client, path, **headers):
    with CaptureQueriesContext(connection) as caught:
        answer = client.get(path, headers=headers)
    return answer, len(caught)


@pytest.mark.feature("E2")
def test_the_list_holds_questions_with_answers(client):
    page = factory.question()

    answer = client.get(LIST)

    assert answer.status_code == 200
    assert answer.json()["count"] == 1
    row = answer.json()["results"][0]
    assert row["id"] == str(page.translation_key)
    assert row["question"] == page.title
    assert row["url"] == "/fr/aide/mon-compte/activer-1/"
    assert row["category"]["slug"] == "mon-compte"
    assert row["answer"] == [
        {"id": "p-id", "type": "paragraph", "html": "<p>Ouvrez l’invitation.</p>"}
    ]


def test_links_lead_to_the_page_in_the_language_of_the_reader(client):
    target = factory.question(number=1)
    dutch = factory.question(
        factory.category("nl"), number=1, title="Hoe?", translation_key=target.translation_key
    )
    link = f'<a linktype="page" id="{target.pk}">ici</a>'
    factory.question(factory.category("nl"), number=2, answer=[factory.paragraph(link)])

    rows = client.get("/api/v1/faq/?locale=nl").json()["results"]

    path = dutch.get_url()
    assert path.startswith("/nl/")
    assert rows[1]["answer"][0]["html"] == f'<p><a href="{path}">ici</a></p>'


def test_a_public_answer_may_be_kept_and_sets_no_cookie(client):
    factory.question()

    answer = client.get(LIST)

    assert answer["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert "Cookie" not in answer.get("Vary", "")
    assert not answer.cookies


@pytest.mark.feature("E2")
def test_an_unchanged_list_is_304_with_one_query(client):
    factory.question()
    etag = client.get(LIST)["ETag"]

    answer, queries = queries_of(client, LIST, **{"If-None-Match": etag})

    assert answer.status_code == 304
    assert answer.content == b""
    assert queries == 1


@pytest.mark.parametrize("change", ["publish", "unpublish", "move", "delete", "slug"])
def test_every_change_makes_a_new_etag(client, change):
    other = factory.category(title="Autre", slug="autre")
    page = factory.question()
    factory.question(number=2)
    etag = client.get(LIST)["ETag"]

    if change == "publish":
        page.short_answer = "Autrement."
        page.save_revision().publish()
    elif change == "unpublish":
        page.unpublish()
    elif change == "move":
        page.move(other, pos="last-child")
    elif change == "delete":
        page.delete()
    else:
        page.slug = "autrement"
        page.save_revision().publish()

    answer = client.get(LIST, headers={"If-None-Match": etag})
    assert answer.status_code == 200
    assert answer["ETag"] != etag


def test_a_draft_changes_nothing(client):
    page = factory.question()
    etag = client.get(LIST)["ETag"]

    page.short_answer = "Brouillon."
    page.save_revision()

    assert client.get(LIST, headers={"If-None-Match": etag}).status_code == 304
    assert "Brouillon" not in client.get(LIST).content.decode()


def test_the_number_of_queries_does_not_grow(client):
    factory.question()
    _answer, one = queries_of(client, LIST)
    target = factory.question(number=2)
    link = f'<a linktype="page" id="{target.pk}">ici</a>'
    for number in range(3, 23):
        factory.question(
            number=number,
            answer=[factory.paragraph(link)],
            related=[{"type": "page", "id": f"r{number}", "value": target.pk}],
        )
    cache.clear()

    answer, many = queries_of(client, LIST)

    assert answer.json()["count"] == 22
    assert many <= one + 1  # the places of linked pages, all at once
    assert many <= 8


def test_a_category_and_an_audience_filter(client):
    factory.question(number=1, audience="parents")
    factory.question(factory.category(title="Autre", slug="autre"), number=2)

    by_category = client.get(LIST + "&category=autre").json()
    by_audience = client.get(LIST + "&audience=parents").json()

    assert [row["question"] for row in by_category["results"]] == ["Comment activer mon compte 2 ?"]
    assert [row["question"] for row in by_audience["results"]] == ["Comment activer mon compte 1 ?"]


def test_the_detail_names_its_translations_and_json_ld(client):
    page = factory.question()
    factory.question(
        factory.category("nl"), title="Hoe?", slug="hoe", translation_key=page.translation_key
    )

    found = client.get(f"/api/v1/faq/{page.translation_key}/?locale=fr").json()

    assert set(found["translations"]) == {"fr", "nl"}
    assert found["translations"]["nl"]["question"] == "Hoe?"
    assert found["json_ld"]["mainEntity"][0]["name"] == page.title


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/v1/faq/?locale=xx", 404, "content.unknown_language"),
        ("/api/v1/faq/?audience=dogs", 422, "content.query_invalid"),
        ("/api/v1/faq/?category=none", 404, "content.not_found"),
        ("/api/v1/faq/00000000-0000-0000-0000-000000000000/", 404, "content.not_found"),
        ("/api/v1/faq/nonsense/", 404, "not_found"),
        ("/api/v1/content/find/?path=/fr/nowhere/", 404, "content.not_found"),
        ("/api/v1/search/?locale=xx&q=a", 404, "content.unknown_language"),
    ],
)
def test_refusals_are_problem_documents(client, path, status, code):
    answer = client.get(path)

    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert json.loads(answer.content)["code"] == code


def test_a_wrong_method_is_a_problem(client):
    answer = client.post(LIST)

    assert answer.status_code == 405
    assert answer["Content-Type"] == "application/problem+json"


def send(client, page, **values):
    data = {"helpful": True, "locale": "fr", **values}
    path = f"/api/v1/faq/{page.translation_key}/feedback/"
    return client.post(path, json.dumps(data), content_type="application/json")


def test_feedback_is_counted(client):
    page = factory.question()

    assert send(client, page).status_code == 204
    assert send(client, page, helpful=False).status_code == 204

    tally = FeedbackTally.objects.get()
    assert (tally.helpful, tally.not_helpful) == (1, 1)


def test_feedback_is_throttled(client):
    page = factory.question()

    answers = [send(client, page).status_code for _ in range(FEEDBACK_LIMIT + 1)]

    assert answers == [204] * FEEDBACK_LIMIT + [429]
    assert FeedbackTally.objects.get().helpful == FEEDBACK_LIMIT


def test_feedback_on_nothing_is_refused(client):
    page = factory.question()

    assert send(client, page, locale="xx").status_code == 404
    assert send(client, page, locale="nl").status_code == 404
    assert send(client, page, helpful="perhaps").status_code == 422
    assert FeedbackTally.objects.count() == 0


def test_find_knows_pages_of_all_languages_and_redirects(client):
    page = factory.question()
    factory.question(
        factory.category("nl"), title="Hoe?", slug="hoe", translation_key=page.translation_key
    )
    Redirect.objects.create(
        old_path=Redirect.normalise_path("/old/help"), redirect_page=page, is_permanent=True
    )

    dutch = client.get("/api/v1/content/find/?path=/nl/aide/mon-compte/hoe/").json()
    moved = client.get("/api/v1/content/find/?path=/old/help").json()

    assert (dutch["kind"], dutch["locale"], dutch["title"]) == ("page", "nl", "Hoe?")
    assert dutch["translations"]["fr"] == "/fr/aide/mon-compte/activer-1/"
    assert moved == {"kind": "redirect", "url": "/fr/aide/mon-compte/activer-1/", "permanent": True}


def test_menu_and_locales(client):
    factory.question()

    assert client.get("/api/v1/menu/?locale=fr").json()["main"] == [
        {"label": "Aide", "url": "/fr/aide/"}
    ]
    assert [row["code"] for row in client.get("/api/v1/locales/").json()["results"]] == [
        "fr",
        "nl",
        "de",
        "en",
    ]


def test_wagtails_own_api_is_open_and_json(client):
    factory.question()

    answer = client.get("/api/v2/pages/?type=faq.FaqQuestionPage&fields=*&locale=fr")

    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("application/json")
    assert answer.json()["meta"]["total_count"] == 1
    assert client.get("/api/v2/pages/999999/").headers["Content-Type"].endswith("json")
