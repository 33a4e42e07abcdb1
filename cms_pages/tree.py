"""Where pages are: addresses, the way back, the same page in other languages. A few queries for any number of pages."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Q
from wagtail.models import Page, PageViewRestriction, Site

LANGUAGE_NAMES = dict(settings.LANGUAGES)


@dataclass(frozen=True, kw_only=True)
class Place:
    """A page as a link: what it is called, where it is, and what ties it to its translations."""

    pk: int
    key: uuid.UUID
    language: str
    title: str
    path: str


def path_of(url_path: str) -> str:
    """Return the address of a page below the host, from its place in the tree; empty if no site shows it."""
    for root in Site.get_site_root_paths():
        if url_path.startswith(root.root_path):
            return f"/{root.language_code}/{url_path[len(root.root_path) :]}"
    return ""


def places(pages: Any) -> list[Place]:
    """Return a queryset of pages as links, in one query."""
    rows = pages.values_list("pk", "translation_key", "locale__language_code", "title", "url_path")
    return [
        Place(pk=pk, key=key, language=language, title=title, path=path_of(url_path))
        for pk, key, language, title, url_path in rows
    ]


def hidden_paths() -> tuple[str, ...]:
    """Return the tree paths of pages that not everybody may read; one query."""
    return tuple(PageViewRestriction.objects.values_list("page__path", flat=True))


def without(pages: Any, hidden: Iterable[str]) -> Any:
    """Leave out the pages at and below these tree paths."""
    for path in hidden:
        pages = pages.exclude(path__startswith=path)
    return pages


def public_pages(hidden: Iterable[str] | None = None) -> Any:
    """Return the pages that anybody may read; `hidden` saves a query where it was asked before."""
    return without(Page.objects.live(), hidden_paths() if hidden is None else hidden)


def trail(page: Page) -> list[dict[str, str]]:
    """Return the way back from a page: its ancestors below the tree's root as links, and itself without one."""
    above = [
        {"label": place.title, "url": place.path}
        for place in places(page.get_ancestors().filter(depth__gt=1).order_by("depth"))
    ]
    if above:
        above[0]["home"] = "1"
    return [*above, {"label": page.title, "url": ""}] if above else []


def alternates(page: Page) -> list[dict[str, str]]:
    """Return the addresses of a page in all languages that are public, itself included; copies are left out.

    Search engines ask that every language names all the others and itself (Google Search Central, hreflang).
    """
    found = places(
        public_pages().filter(translation_key=page.translation_key, alias_of__isnull=True)
    )
    order = list(LANGUAGE_NAMES)
    return [
        {
            "language": place.language,
            "url": settings.PUBLIC_BASE_URL + place.path,
            "path": place.path,
        }
        for place in sorted(found, key=lambda place: order.index(place.language))
    ]


def canonical(page: Page) -> str:
    """Return the one address that search engines shall keep: a copy in a language names the original."""
    origin = page.alias_of if page.alias_of_id else page
    return settings.PUBLIC_BASE_URL + path_of(origin.url_path)


def in_language(pks: Sequence[int], language: str) -> list[Place]:
    """Return pages in another language than they were chosen in, in the order given; missing ones are left out.

    Editors choose related pages once, in the source language; readers get them in theirs.
    """
    found = translated(set(pks), language)
    return [found[pk] for pk in pks if pk in found and found[pk].language == language]


def translated(
    pks: set[int], language: str, hidden: Iterable[str] | None = None
) -> dict[int, Place]:
    """Return, by the number of the page chosen, its translation in a language, else the page itself.

    One query for any number of pages (and one for `hidden` where that is not known).
    """
    if not pks:
        return {}
    keys = Page.objects.filter(pk__in=pks).values("translation_key")
    family = places(public_pages(hidden).filter(translation_key__in=keys))
    own = {place.key: place for place in family if place.language == language}
    return {place.pk: own.get(place.key, place) for place in family if place.pk in pks}


def chosen(stream: Any) -> list[int]:
    """Return the page numbers that a stream of page choosers holds."""
    return [item["value"] for item in stream.raw_data if isinstance(item["value"], int)]


def related_rows(stream: Any, language: str) -> list[dict[str, str]]:
    """Return related pages as rows for parts/rows.html."""
    return [
        {"url": place.path, "label": place.title} for place in in_language(chosen(stream), language)
    ]


def language_links(found: Iterable[dict[str, str]], current: str) -> list[dict[str, Any]]:
    """Return the language menu of a page: its own translation, else the start page of that language."""
    paths = {item["language"]: item["path"] for item in found}
    return [
        {
            "code": code,
            "name": name,
            "url": paths.get(code, f"/{code}/"),
            "current": code == current,
        }
        for code, name in settings.LANGUAGES
    ]


def page_at(path: str) -> Page | None:
    """Return the public page of an address such as /fr/aide/, whatever its language; None if there is none."""
    clean = f"/{path.strip('/')}/".replace("//", "/")
    wanted = Q(pk__in=[])
    for root in Site.get_site_root_paths():
        prefix = f"/{root.language_code}/"
        if clean.startswith(prefix):
            wanted |= Q(url_path=root.root_path + clean[len(prefix) :])
    return public_pages().filter(wanted).select_related("locale").first()
