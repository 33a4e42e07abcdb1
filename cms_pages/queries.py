"""What the frame of every page asks of the content: the municipality and the menu. One query when warm."""

from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.core.cache import cache

from cms_pages import versions
from cms_pages.models import HelpPage, HomePage
from cms_pages.tree import places, public_pages

#: Versioned content never goes stale; old versions leave the cache by age.
KEEP_SECONDS = 6 * 3600


@dataclass(frozen=True, kw_only=True)
class Municipality:
    """Who runs the portal, in one language; empty texts are not shown."""

    name: str
    second_name: str
    second_language: str
    address: str
    phone: str
    phone_hours: str
    email: str
    note: str


@dataclass(frozen=True, kw_only=True)
class Frame:
    """What all pages of a language share."""

    municipality: Municipality | None
    menu: tuple[dict[str, str], ...]
    footer: tuple[dict[str, str], ...]


def frame(language: str) -> Frame:
    """Return municipality and menus of a language; cached by the version of the content."""
    key = f"frame:{versions.current()}:{language}"
    found = cache.get(key)
    if found is None:
        found = _frame(language)
        cache.set(key, found, KEEP_SECONDS)
    return found


def municipality(language: str) -> dict[str, Any]:
    """Return name, second_name, second_language, address, phone, phone_hours, email, note; {} before set-up."""
    found = frame(language).municipality
    return asdict(found) if found else {}


def menu(language: str) -> list[dict[str, str]]:
    """Return the pages of the main menu as {label, url}: what editors marked “show in menus” below the start page."""
    return list(frame(language).menu)


def footer_links(language: str) -> list[dict[str, str]]:
    """Return the links of the footer as {label, url}: help pages marked “show in menus”."""
    return list(frame(language).footer)


def guides_to(service: str, language: str) -> list[dict[str, str]]:
    """Return the help pages with a button to a place of the portal (destinations.SERVICES) as {label, url}.

    So editors decide which help the login page offers. Cached by the version of the content.
    """
    key = f"guides:{versions.current()}:{language}:{service}"
    found: list[dict[str, str]] | None = cache.get(key)
    if found is None:
        found = _guides_to(service, language)
        cache.set(key, found, KEEP_SECONDS)
    return found


def _guides_to(service: str, language: str) -> list[dict[str, str]]:
    listed = public_pages().type(HelpPage).filter(locale__language_code=language).order_by("path")
    leading = [page.pk for page in listed.specific() if _leads_to(page.body.raw_data, service)]
    return [
        {"label": place.title, "url": place.path} for place in places(listed.filter(pk__in=leading))
    ]


def _leads_to(nodes: Any, service: str) -> bool:
    return any(
        node["type"] == "service_link" and node["value"]["service"] == service for node in nodes
    )


def _frame(language: str) -> Frame:
    home = HomePage.objects.live().filter(locale__language_code=language).order_by("path").first()
    if home is None:
        if language != settings.LANGUAGE_CODE:
            return _frame(settings.LANGUAGE_CODE)
        return Frame(municipality=None, menu=(), footer=())
    listed = public_pages().in_menu().descendant_of(home).order_by("path")
    main: list[dict[str, str]] = []
    below: list[dict[str, str]] = []
    for place, depth in zip(places(listed), listed.values_list("depth", flat=True), strict=True):
        link = {"label": place.title, "url": place.path}
        (main if depth == home.depth + 1 else below).append(link)
    return Frame(
        municipality=Municipality(
            name=home.municipality,
            second_name=home.second_name,
            second_language=home.second_language,
            address=home.address,
            phone=home.phone,
            phone_hours=home.phone_hours,
            email=home.email,
            note=home.contact_note,
        ),
        menu=tuple(main),
        footer=tuple(below),
    )
