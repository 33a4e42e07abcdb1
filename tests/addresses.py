"""Addresses of pages, whose words are those of a language."""

from django.urls import URLResolver, clear_url_caches, get_resolver, reverse
from django.utils import translation


def at(route: str, language: str = "fr", **values: object) -> str:
    """The path of a page in a language."""
    with translation.override(language):
        return reverse(route, kwargs=values)


def forget_addresses() -> None:
    """Let Django translate the addresses anew: it keeps those of a language once it has seen them."""
    _forget(get_resolver())
    clear_url_caches()


def _forget(resolver: URLResolver) -> None:
    for kept in ("_reverse_dict", "_namespace_dict", "_app_dict"):
        getattr(resolver, kept).clear()
    for entry in resolver.url_patterns:
        entry.pattern.__dict__.get("_regex_dict", {}).clear()
        if isinstance(entry, URLResolver):
            _forget(entry)
