"""Addresses of pages: words of each language, one page each, and the way between languages."""

import uuid
from collections.abc import Iterator

import pytest
from django.urls import URLPattern, get_resolver, resolve, translate_url
from django.urls.converters import IntConverter, SlugConverter, StringConverter, UUIDConverter
from django.urls.resolvers import LocalePrefixPattern
from django.utils import translation

from portal.demo_loading.files import LANGUAGES
from tests.addresses import at

SAMPLES = {
    IntConverter: 7,
    SlugConverter: "tree",
    StringConverter: "SUB-2026-7K3M9Q",
    UUIDConverter: uuid.UUID(int=7),
}


def names(patterns) -> Iterator[str]:
    """The names of the pages below some addresses."""
    for item in patterns:
        if not isinstance(item, URLPattern):
            yield from names(item.url_patterns)
        elif item.name and not item.name.startswith("wagtail"):
            yield item.name


def pages() -> dict[str, dict[str, object]]:
    """All pages below the language by name, with samples of what stands in their addresses."""
    resolver = get_resolver()
    below = [one for one in resolver.url_patterns if isinstance(one.pattern, LocalePrefixPattern)]
    found = {}
    for name in names(below[0].url_patterns):
        *_ways, converters = resolver.reverse_dict.getlist(name)[0]
        found[name] = {key: SAMPLES[type(one)] for key, one in converters.items()}
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_has_an_address_of_its_own_that_leads_to_it(language):
    addresses = {name: at(name, language, **values) for name, values in pages().items()}

    assert len(addresses) > 30
    assert len(set(addresses.values())) == len(addresses)
    for name, address in addresses.items():
        assert address.startswith(f"/{language}/")
        with translation.override(language):
            assert resolve(address).url_name == name, address


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("other", LANGUAGES)
def test_another_language_shows_the_same_page(language, other):
    for name, values in pages().items():
        with translation.override(language):
            assert translate_url(at(name, language, **values), other) == at(name, other, **values)


def test_addresses_of_the_account_are_in_the_words_of_the_language():
    assert at("login", "fr") == "/fr/connexion/"
    assert at("security", "nl") == "/nl/account/beveiliging/"
    assert at("password-reset", "de") == "/de/passwort/vergessen/"
    assert at("email-undo", "en") == "/en/account/e-mail/undo/"
