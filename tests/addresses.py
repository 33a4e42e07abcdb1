"""Addresses of pages, whose words are those of a language."""

from django.urls import reverse
from django.utils import translation


def at(route: str, language: str = "fr", **values: object) -> str:
    """The path of a page in a language."""
    with translation.override(language):
        return reverse(route, kwargs=values)
