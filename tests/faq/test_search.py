"""Search: the same vectors must pass on SQLite and on PostgreSQL."""

import pytest
from wagtail.models import PageViewRestriction

from faq import search
from faq.models import SearchEntry
from tests.factories import faq as factory

pytestmark = pytest.mark.django_db


@pytest.fixture
def pages():
    """Three questions about different things."""
    return [
        factory.question(
            number=1,
            title="J’ai oublié mon mot de passe",
            slug="mdp",
            short_answer="Réinitialisez votre mot de passe sur la page de connexion.",
            search_terms="réinitialiser",
        ),
        factory.question(
            number=2,
            title="Comment abattre un arbre ?",
            slug="arbre",
            short_answer="Demandez une autorisation.",
        ),
        factory.question(
            number=3,
            title="Comment obtenir un subside ?",
            slug="subside",
            short_answer="Remplissez la demande de subside avant la date limite.",
        ),
    ]


def titles(query, **options):
    return [hit.title for hit in search.search(query, "fr", **options).hits]


@pytest.mark.feature("E3")
@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("réinitialiser", "J’ai oublié mon mot de passe"),
        ("reinitialiser", "J’ai oublié mon mot de passe"),
        ("reinitialisation", "J’ai oublié mon mot de passe"),
        ("MOTS DE PASSE", "J’ai oublié mon mot de passe"),
        ("arbres", "Comment abattre un arbre ?"),
        ("comment abattre un arbre", "Comment abattre un arbre ?"),
        ("subsid", "Comment obtenir un subside ?"),
    ],
)
def test_a_page_is_found_whatever_accents_and_word_forms(pages, query, first):
    assert titles(query)[0] == first


@pytest.mark.feature("E3")
@pytest.mark.parametrize(
    ("typo", "meant"),
    [("oublié mot de pasze", "passe"), ("abbatre", "abattre"), ("subsyde", "subside")],
)
def test_typing_errors_are_put_right(pages, typo, meant):
    found = search.search(typo, "fr")

    assert found.hits
    assert not found.corrected or meant in found.corrected


def test_a_correction_is_said(pages):
    assert search.search("subsyde", "fr").corrected == "subside"


def test_a_half_known_query_is_corrected_when_that_finds_more(pages):
    found = search.search("oublié pase", "fr")

    assert found.corrected == "oublié passe"
    assert found.hits[0].title == "J’ai oublié mon mot de passe"


def test_nothing_is_found_for_what_no_page_says(pages):
    assert titles("zwxqv") == []


def test_other_languages_are_not_searched(pages):
    assert search.search("arbre", "nl").hits == ()


def test_a_withdrawn_page_leaves_the_search(pages):
    assert titles("arbre")

    pages[1].unpublish()

    assert titles("arbre") == []
    assert SearchEntry.objects.filter(page=pages[1].pk).count() == 0


def test_a_restricted_page_is_not_found(pages):
    assert titles("arbre")

    PageViewRestriction.objects.create(page=pages[1], restriction_type=PageViewRestriction.LOGIN)

    assert titles("arbre") == []


def test_a_changed_page_is_found_by_its_new_words(pages):
    pages[1].title = "Comment tailler une haie ?"
    pages[1].save_revision().publish()

    assert titles("haie") == ["Comment tailler une haie ?"]


@pytest.mark.feature("E3")
def test_suggestions_begin_with_what_is_typed(pages):
    assert [hit.title for hit in search.suggest("abat", "fr")] == ["Comment abattre un arbre ?"]
    assert [hit.title for hit in search.suggest("mot de pa", "fr")] == [
        "J’ai oublié mon mot de passe"
    ]


def test_suggestions_bear_a_typing_error(pages):
    assert search.suggest("abbatre un arbre", "fr")[0].title == "Comment abattre un arbre ?"


def test_an_empty_query_suggests_nothing(pages):
    assert search.suggest("", "fr") == []
    assert search.suggest(" !", "fr") == []


def test_the_search_page_shows_results_and_the_empty_state(pages, client):
    found = client.get("/fr/search/", {"q": "arbre"})
    nothing = client.get("/fr/search/", {"q": "zwxqv<script>"})

    assert "Comment abattre un arbre" in found.content.decode()
    assert nothing.status_code == 200
    assert "<script>zw" not in nothing.content.decode()
    assert "zwxqv&lt;script&gt;" in nothing.content.decode()
