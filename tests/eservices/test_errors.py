"""Refusals: worded in the reader's language, with values in their places."""

import pytest
from django.utils import translation

from eservices.errors import (
    CodeWrong,
    DomainError,
    LoginRequired,
    NotFound,
    TooMany,
    UploadTooLarge,
)


def test_values_are_put_into_the_sentence():
    with translation.override("en"):
        assert "42 seconds" in str(TooMany(seconds=42))
        assert str(UploadTooLarge(size="12 MB", limit="10 MB")).startswith("This file is 12 MB;")


def test_a_sentence_with_a_percent_sign_and_no_values_stays_whole():
    class Full(DomainError):
        message = "100 % full"

    assert str(Full()) == "100 % full"


@pytest.mark.parametrize(("tries", "words"), [(1, "1 try left"), (3, "3 tries left")])
def test_the_number_decides_the_word(tries, words):
    with translation.override("en"):
        assert words in str(CodeWrong(tries=tries))


def test_the_language_is_that_of_the_moment_when_it_is_shown():
    refusal = NotFound()
    with translation.override("en"):
        english = str(refusal)
    assert english == "This page or file does not exist, or it is not yours."


def test_field_and_code_travel_with_it():
    refusal = LoginRequired(field="email", reason="x")
    assert (refusal.code, refusal.status, refusal.field) == (
        "accounts.login_required",
        403,
        "email",
    )
    assert refusal.params == {"reason": "x"}
    assert refusal.args == ("accounts.login_required",), "logs show the code, not the sentence"
