"""What every page needs around its content: municipality, languages, navigation, account menu."""

import logging
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse, translate_url
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from cms_pages import queries as content
from eservices.contract import EService, NavItem, Viewer, registry
from eservices.identity.acting import grant_of
from eservices.identity.session_words import clock_of
from eservices.models import Profile, User
from eservices.queries import ebox
from eservices.queries.notices import bounce_words, unread_count
from eservices.queries.profiles import memberships_of

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
        "session_clock": SimpleLazyObject(lambda: clock_of(request)),
    }
    if request.path.startswith("/admin/"):
        return frame
    frame |= {
        "municipality": SimpleLazyObject(lambda: content.municipality(language)),
        "languages": SimpleLazyObject(lambda: languages(request)),
        "navigation": SimpleLazyObject(lambda: navigation(request, language)),
        "account_menu": SimpleLazyObject(lambda: account_menu(request)),
        "profiles": SimpleLazyObject(lambda: profiles(request)),
        "bell": SimpleLazyObject(lambda: bell(request)),
        "add_profile_url": SimpleLazyObject(add_profile_url),
        "acting": SimpleLazyObject(lambda: grant_of(request)),
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
    if viewer_of(request).agent is not None:
        return _link("wagtailadmin_home", _("Back office"), "landmark")
    links = _link("details", _("My details"), "user-round")
    links += _link("security", _("Security"), "shield-check")
    links += _link("spaces", _("My spaces"), "building-2")
    links += _link("preferences", _("Preferences"), "settings")
    links += _link("sessions", _("My sessions"), "monitor")
    links += _link("privacy", _("Privacy"), "lock")
    links = _mark_current(links, request.path)
    if request.user.is_staff:
        links += _link("wagtailadmin_home", _("Back office"), "landmark")
    return links


def bell(request: HttpRequest) -> Link:
    """Return the way to a person's notices with the number of unread ones; empty for who only looks."""
    viewer = viewer_of(request)
    if viewer.user is None or viewer.agent is not None:
        return {}
    count = unread_count(viewer)
    words = ngettext("Notices, %(n)s unread", "Notices, %(n)s unread", count) % {"n": count}
    return {
        "url": reverse("notices"),
        "count": min(count, 99),
        "label": words if count else _("Notices"),
        "current": request.path.startswith(reverse("notices")),
        "bounced": returned_mail(viewer.user),
    }


def returned_mail(user: User) -> list[Link]:
    """Return what is wrong with a person's addresses, each with the page that puts it right."""
    found = (
        (bounce_words(user), "account-email", _("Correct my address")),
        (ebox.bounce_words(user), "ebox-activate", _("Put the address for my eBox right")),
    )
    return [
        {"text": text, "url": reverse(name), "label": label} for text, name, label in found if text
    ]


def profiles(request: HttpRequest) -> list[Link]:
    """Return in whose name the person may act: oneself first, then the organisations; with one query.

    Somebody of the municipality who looks at a space sees only which one it is.
    """
    viewer = viewer_of(request)
    if viewer.user is None or viewer.profile is None:
        return []
    if viewer.agent is not None:
        return [_space(viewer.profile, viewer.profile_name, current=True)]
    own = viewer.user.citizen_profile if viewer.membership else viewer.profile
    return [
        _space(own, _("Yourself"), current=viewer.membership is None),
        *(
            _space(row.profile, row.shown_name, current=row == viewer.membership)
            for row in memberships_of(viewer.user)
        ),
    ]


def _space(profile: Profile, name: str, *, current: bool) -> Link:
    return {
        "name": name,
        "kind": profile.kind,
        "public_id": profile.public_id,
        "url": reverse("space-switch"),
        "current": current,
    }


def add_profile_url() -> str:
    """Return where a further space is opened."""
    return reverse("space-new")


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
