"""Lists of questions, read for pages and API in a number of queries that does not depend on their number."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from wagtail.models import Page

from cms_pages import contents
from cms_pages.tree import path_of, places, public_pages


def check_short_answer(text: str, *, limit: int) -> None:
    """Raise ValidationError for a short answer with more words than the limit."""
    count = len(text.split())
    if count > limit:
        raise ValidationError(
            {
                "short_answer": _("Use at most %(limit)s words; there are %(count)s.")
                % {"limit": limit, "count": count}
            }
        )


def _children(parent: Page, model_name: str) -> Any:
    return (
        public_pages()
        .child_of(parent)
        .filter(content_type__app_label__in=("faq", "cms_pages"), content_type__model=model_name)
        .order_by("path")
    )


def categories(index: Page) -> list[dict[str, Any]]:
    """Return the groups below the help start page: pk, title, url, count, icon, intro, first questions."""
    below = public_pages().descendant_of(index).filter(content_type__model="faqquestionpage")
    questions = list(below.order_by("path").values_list("path", "title", "url_path"))
    step = Page.steplen
    counts = Counter(path[:-step] for path, _title, _url in questions)
    found = []
    for page in _children(index, "faqcategorypage").specific():
        mine = [(title, url) for path, title, url in questions if path[:-step] == page.path]
        found.append(
            {
                "pk": page.pk,
                "key": page.translation_key,
                "slug": page.slug,
                "title": page.title,
                "intro": page.intro,
                "icon": page.icon or "circle-question-mark",
                "url": path_of(page.url_path),
                "count": counts[page.path],
                "questions": [{"label": title, "url": path_of(url)} for title, url in mine],
            }
        )
    return found


def help_pages(index: Page) -> dict[str, Any] | None:
    """Return the list of help pages below the help start page: title, url and rows; None if there is none."""
    lists = list(_children(index, "helpindexpage")[:1])
    if not lists:
        return None
    rows = [
        {"label": place.title, "url": place.path}
        for place in places(public_pages().child_of(lists[0]).order_by("path"))
    ]
    return {"title": lists[0].title, "url": path_of(lists[0].url_path), "rows": rows}


def questions_with_answers(queryset: Any, language: str) -> list[dict[str, Any]]:
    """Return the questions of a queryset with their answers."""
    return with_answers(list(queryset), language)


def with_answers(
    pages: Iterable[Any], language: str, *, hidden: Iterable[str] | None = None
) -> list[dict[str, Any]]:
    """Return questions ready to show: at most five queries for all their links and pictures together."""
    pages = list(pages)
    library = contents.library_for(
        [page.answer.raw_data for page in pages],
        language,
        related=[
            item["value"] for page in pages for item in page.related.raw_data if item["value"]
        ],
        hidden=hidden,
    )
    return [
        {
            "pk": page.pk,
            "key": page.translation_key,
            "anchor": page.slug,
            "question": page.title,
            "short_answer": page.short_answer,
            "audience": page.audience,
            "source": page.source,
            "checked_on": page.checked_on,
            "url": path_of(page.url_path),
            "parent": page.path[: -Page.steplen],
            "nodes": contents.nodes(page.answer.raw_data, library),
            "related": [
                library.pages[item["value"]]
                for item in page.related.raw_data
                if item["value"] in library.pages
            ],
        }
        for page in pages
    ]


def iso(day: date | None) -> str | None:
    """Return a date as JSON has it."""
    return day.isoformat() if day else None
