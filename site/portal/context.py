"""What every page needs around its content: municipality, languages, navigation, account menu."""

import logging
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse, translate_url
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cms_pages import queries as content
from eservices.contract import EService, NavItem, Viewer, registry

log = logging.getLogger(__name__)

Link = dict[str, Any]


def page_frame(request: HttpRequest) -> dict[str, Any]:
    """Return the frame's variables; every one is optional for base.html.

    They are worked out only when a template asks: the back office and mails pay nothing.
    """
    language = get_language() or settings.LANGUAGE_CODE
    frame: dict[str, Any] = {
        "theme": settings.GUICHET_THEME,
        "demo_inbox_url": reverse("sandbox-mail") if settings.SANDBOX else "",
    }
    if request.path.startswith("/admin/"):
        return frame
    frame |= {
        "municipality": SimpleLazyObject(lambda: content.municipality(language)),
        "languages": SimpleLazyObject(lambda: languages(request)),
        "navigation": SimpleLazyObject(lambda: navigation(request, language)),
        "account_menu": SimpleLazyObject(lambda: account_menu(request)),
        "profiles": SimpleLazyObject(lambda: profiles(request)),
        "footer_links": SimpleLazyObject(lambda: content.footer_links(language)),
    }
    return frame


def languages(request: HttpRequest) -> list[Link]:
    """Return this page in each language; pages of the tree bring their own list, unknown pages lead to the start."""
    match = request.resolver_match
    ours = match is not None and match.url_name not in (None, "wagtail_serve")
    return [
        {
            "code": code,
            "name": name,
            "url": translate_url(request.get_full_path(), code) if ours else f"/{code}/",
            "current": code == get_language(),
        }
        for code, name in settings.LANGUAGES
    ]


def navigation(request: HttpRequest, language: str) -> list[Link]:
    """Return the main menu: what the services add, in their order, then what editors put there."""
    viewer = viewer_of(request)
    items = [item for service in registry for item in service_items(service, viewer)]
    links: list[Link] = [
        {"url": item.url, "label": item.label, "badge": item.badge}
        for item in sorted(items, key=lambda item: item.position)
    ]
    links += content.menu(language)
    return _mark_current(links, request.path)


def service_items(service: EService, viewer: Viewer) -> list[NavItem]:
    """Return what one service adds to the menu; a service that fails must not take every page with it."""
    try:
        return list(service.navigation(viewer))
    except Exception:  # noqa: BLE001  border of a plug-in
        log.exception("navigation_failed", extra={"provider": service.slug})
        return []


def account_menu(request: HttpRequest) -> list[Link]:
    """Return the menu behind the person's name; logging out is added by the page."""
    if not viewer_of(request).is_authenticated:
        return []
    links = _link("details", _("My details"), "user-round")
    links += _link("security", _("Security"), "shield-check")
    links += _link("privacy", _("Privacy"), "lock")
    if request.user.is_staff:
        links += _link("wagtailadmin_home", _("Back office"), "landmark")
    return links


def profiles(request: HttpRequest) -> list[Link]:
    """Return in whose name the person may act."""
    profile = viewer_of(request).profile
    if profile is None:
        return []
    return [
        {
            "name": profile.name,
            "kind": profile.kind,
            "public_id": profile.public_id,
            "current": True,
        }
    ]


def viewer_of(request: HttpRequest) -> Viewer:
    """Return who looks; nobody where a page is shown before the middleware knew (early error pages)."""
    return getattr(request, "viewer", None) or Viewer(user=None)


def _link(name: str, label: str, icon: str = "") -> list[Link]:
    try:
        return [{"url": reverse(name), "label": label, "icon": icon}]
    except NoReverseMatch:  # the service is switched off
        return []


def _mark_current(links: list[Link], path: str) -> list[Link]:
    """Mark the link of this page, else the nearest one above it."""
    above = [link for link in links if path.startswith(link["url"])]
    nearest = max(above, key=lambda link: len(link["url"]), default=None)
    return [{**link, "current": link is nearest} for link in links]
