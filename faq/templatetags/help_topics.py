"""Help topics for pages outside the help."""

from typing import Any

from django import template
from django.utils.translation import get_language

from cms_pages.tree import path_of, public_pages
from faq import listing
from faq.models import FaqIndexPage

register = template.Library()


@register.simple_tag
def help_topics(number: int = 4, questions: int = 3) -> dict[str, Any]:
    """Return the first categories of the help with their first questions, and where all the help is.

    Keys: url, categories (see faq.listing.categories; their questions are cut to `questions`). Empty before set-up.
    """
    index = public_pages().type(FaqIndexPage).filter(locale__language_code=get_language()).first()
    if index is None:
        return {}
    found = [group for group in listing.categories(index) if group["count"]]
    cut = [{**group, "questions": group["questions"][:questions]} for group in found[:number]]
    return {"url": path_of(index.url_path), "categories": cut}
