"""Encrypted columns: sealed for one place, opened by every key of the ring."""

import base64

import pytest
from cryptography.exceptions import InvalidTag
from django.core.exceptions import ImproperlyConfigured

from eservices.keyring import lookup, seal, unseal


def key(letter: str) -> str:
    return f"{letter}:{base64.b64encode(letter.encode() * 32).decode()}"


@pytest.fixture(autouse=True)
def _ring(settings):
    settings.FIELD_ENCRYPTION_KEYS = [key("a")]


def test_what_is_sealed_opens_at_its_place_only():
    sealed = seal("85.03.14-997.01 é", place="submission:1")
    assert unseal(sealed, place="submission:1") == "85.03.14-997.01 é"
    assert unseal(memoryview(sealed), place="submission:1") == "85.03.14-997.01 é"
    with pytest.raises(InvalidTag):
        unseal(sealed, place="submission:2")


def test_the_same_text_never_looks_the_same():
    assert seal("x", place="p") != seal("x", place="p")


def test_one_changed_bit_is_noticed():
    sealed = bytearray(seal("x", place="p"))
    sealed[-1] ^= 1
    with pytest.raises(InvalidTag):
        unseal(bytes(sealed), place="p")


def test_keys_rotate_without_a_pause(settings):
    old = seal("x", place="p")
    settings.FIELD_ENCRYPTION_KEYS = [key("b"), key("a")]
    new = seal("y", place="p")
    assert (unseal(old, place="p"), unseal(new, place="p")) == ("x", "y")
    settings.FIELD_ENCRYPTION_KEYS = [key("b")]
    assert unseal(new, place="p") == "y", "the newest key sealed it"
    with pytest.raises(ImproperlyConfigured, match="“a”"):
        unseal(old, place="p")


def test_values_are_found_again_and_only_by_their_kind(settings):
    found = lookup("85031499701", kind="national_number")
    assert found == lookup("85031499701", kind="national_number")
    assert found != lookup("85031499701", kind="phone")
    assert "85031499701" not in found
    settings.FIELD_ENCRYPTION_KEYS = [key("b"), key("a")]
    assert found == lookup("85031499701", kind="national_number"), (
        "a new key must not hide old rows"
    )


@pytest.mark.parametrize("keys", [[], ["a:not base64!"], ["a:YWJj"], ["no-colon"]])
def test_bad_keys_are_named(settings, keys):
    settings.FIELD_ENCRYPTION_KEYS = keys
    with pytest.raises(ImproperlyConfigured, match="FIELD_ENCRYPTION_KEYS"):
        seal("x", place="p")
