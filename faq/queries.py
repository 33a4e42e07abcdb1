"""What the content API answers. Each function takes few queries, however many pages there are."""

import uuid
from typing import Any

from django.conf import settings
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page

from cms_pages.tree import (
    Place,
    alternates,
    hidden_paths,
    page_at,
    path_of,
    places,
    public_pages,
    without,
)
from faq import listing, structured
from faq.errors import UnknownContent, UnknownLanguage
from faq.models import FaqCategoryPage, FaqQuestionPage


def check_language(code: str) -> str:
    """Return the code if the portal speaks the language; raises UnknownLanguage."""
    known = [code for code, _name in settings.LANGUAGES]
    if code not in known:
        raise UnknownLanguage(languages=", ".join(known))
    return code


def questions(language: str, *, audience: str = "", category: str = "") -> dict[str, Any]:
    """Return all questions of a language with their answers: seven queries, whatever their number."""
    hidden = hidden_paths()
    groups = list(
        without(FaqCategoryPage.objects.live(), hidden)
        .filter(locale__language_code=language)
        .order_by("path")
        .values_list("path", "translation_key", "slug", "title")
    )
    rows = (
        without(FaqQuestionPage.objects.live(), hidden)
        .filter(locale__language_code=language)
        .order_by("path")
    )
    if audience:
        rows = rows.filter(audience=audience)
    if category:
        groups = [group for group in groups if category in (str(group[1]), group[2])]
        if not groups:
            raise UnknownContent
    by_path = {
        path: {"id": str(key), "slug": slug, "title": title} for path, key, slug, title in groups
    }
    found = [
        _question(question, by_path[question["parent"]], language)
        for question in listing.with_answers(
            (row for row in rows if row.path[: -Page.steplen] in by_path), language, hidden=hidden
        )
    ]
    return {
        "locale": language,
        "count": len(found),
        "categories": list(by_path.values()),
        "results": found,
    }


def _question(question: dict[str, Any], category: dict[str, str], language: str) -> dict[str, Any]:
    return {
        "id": str(question["key"]),
        "locale": language,
        "question": question["question"],
        "short_answer": question["short_answer"],
        "category": category,
        "audience": question["audience"],
        "source": question["source"],
        "checked_on": listing.iso(question["checked_on"]),
        "url": question["url"],
        "answer": question["nodes"],
        "related": [_related(place) for place in question["related"]],
    }


def _related(place: Place) -> dict[str, str]:
    return {"id": str(place.key), "question": place.title, "url": place.path}


def question(key: uuid.UUID, language: str) -> dict[str, Any]:
    """Return one question with its translations and JSON-LD; raises UnknownContent."""
    hidden = hidden_paths()
    page = (
        without(FaqQuestionPage.objects.live(), hidden)
        .filter(translation_key=key, locale__language_code=language)
        .first()
    )
    if page is None:
        raise UnknownContent
    parent = page.get_parent()
    shown = listing.with_answers([page], language, hidden=hidden)[0]
    category = {"id": str(parent.translation_key), "slug": parent.slug, "title": parent.title}
    family = places(public_pages(hidden).filter(translation_key=key, alias_of__isnull=True))
    return {
        **_question(shown, category, language),
        "translations": {
            place.language: {"question": place.title, "url": place.path} for place in family
        },
        "json_ld": structured.faq_data([shown]),
    }


def exists(key: uuid.UUID, language: str) -> bool:
    """Whether a question is public in a language."""
    rows = FaqQuestionPage.objects.live().filter(
        translation_key=key, locale__language_code=language
    )
    return without(rows, hidden_paths()).exists()


def find(path: str) -> dict[str, Any]:
    """Return what stands at an address of the portal: a page, or where a redirect leads; raises UnknownContent."""
    page = page_at(path)
    if page is not None:
        specific = page.specific_class or Page
        return {
            "kind": "page",
            "id": str(page.translation_key),
            "type": specific._meta.label,
            "locale": page.locale.language_code,
            "title": page.title,
            "url": path_of(page.url_path),
            "detail_url": f"/api/v2/pages/{page.pk}/",
            "translations": {item["language"]: item["path"] for item in alternates(page)},
        }
    old = Redirect.objects.select_related("redirect_page").filter(
        old_path=Redirect.normalise_path(path)
    )
    redirect = old.first()
    if redirect is None:
        raise UnknownContent
    target = redirect.redirect_page
    url = path_of(target.url_path) if target else redirect.redirect_link
    return {"kind": "redirect", "url": url, "permanent": redirect.is_permanent}
