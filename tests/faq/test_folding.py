"""Words as the search compares them."""

import pytest

from faq.folding import fold, stems


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Réinitialiser", "reinitialiser"),
        ("Straße", "strasse"),
        ("Œuvre", "oeuvre"),
        ("ÉTÉ", "ete"),
    ],
)
def test_fold_drops_case_and_accents(text, folded):
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("fr", "réinitialisation", "reinitialiser"),
        ("fr", "mots de passe", "mot de passe"),
        ("nl", "wachtwoorden", "wachtwoord"),
        ("nl", "subsidies", "subsidie"),
        ("nl", "aanmelden", "aanmeld"),
        ("de", "Passwörter", "passwort"),
        ("de", "Anträge", "Antrag"),
        ("en", "resetting", "reset"),
    ],
)
def test_word_forms_have_the_same_stems(language, one, other):
    assert stems(one, language) == stems(other, language)


def test_different_words_have_different_stems():
    assert stems("arbre", "fr") != stems("subside", "fr")


def test_a_query_of_stop_words_alone_is_kept():
    assert stems("qui", "fr") == ["qui"]
