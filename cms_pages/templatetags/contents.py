"""Template helpers for the nodes of pages (cms_pages/contents.py)."""

import re
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from cms_pages import queries

register = template.Library()

_ONE_PARAGRAPH = re.compile(r"^<p>((?:(?!</?p>).)*)</p>$", re.DOTALL)


@register.filter
def editors_html(text: str) -> SafeString:
    """Show rich text of editors; Wagtail let only known tags in, and contents.expand only addresses."""
    return mark_safe(text)  # noqa: S308


@register.filter
def line(text: str) -> SafeString:
    """Show rich text of one paragraph without its paragraph, inside a line of ours."""
    match = _ONE_PARAGRAPH.match(text)
    return mark_safe(match[1] if match else text)  # noqa: S308


@register.filter
def with_words(boxes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give the boxes of a picture the words that parts/screenshot.html shows."""
    return [{**box, "text": line(box["html"])} for box in boxes]


@register.simple_tag
def guides_to(service: str) -> list[dict[str, str]]:
    """Return the help pages with a button to a place of the portal, in the language of the page, as {label, url}."""
    return queries.guides_to(service, get_language() or "")
