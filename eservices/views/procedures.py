"""Public pages of procedures: the list, and what one should know before starting; no login is needed to read them."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from wagtail.models import Page

from eservices import formats
from eservices.contract import Viewer
from eservices.enums import Level, ProfileKind
from eservices.models import Procedure, ProcedureIndexPage, ProcedurePage
from eservices.queries import procedures as queries
from eservices.queries.opening import period_words
from eservices.queries.profiles import Space, other_spaces, spaces_of
from eservices.queries.requirements import (
    asking_at_start,
    asking_of,
    is_met,
    requirement_of,
    requirement_words,
)

MAX_SEARCH = 100
#: What one needs to reach a level, as it stands on the page; order of the icons as in the design.
LEVEL_ICONS = {Level.ANONYMOUS: "user-round-x", Level.PASSWORD: "mail", Level.LOW: "mail"}


def _kind_words(kinds: tuple[str, ...] | list[str]) -> list[str]:
    words = {
        ProfileKind.CITIZEN: _("Citizens"),
        ProfileKind.ENTERPRISE: _("Enterprises"),
        ProfileKind.ASSOCIATION: _("Associations"),
    }
    return [words[ProfileKind(kind)] for kind in kinds or [ProfileKind.CITIZEN]]


def _viewer(request: HttpRequest) -> Viewer:
    viewer: Viewer = getattr(request, "viewer", None) or Viewer(user=None)
    return viewer


@require_safe
def procedure_list(request: HttpRequest) -> HttpResponse:
    """Show the procedures by section; `q` searches, `for=me` leaves out what the profile may not apply for."""
    viewer = _viewer(request)
    search = request.GET.get("q", "").replace("\0", "").strip()[:MAX_SEARCH]
    only_mine = viewer.is_authenticated and request.GET.get("for") == "me"
    cards = queries.open_procedures(viewer, search=search, only_mine=only_mine)
    spaces = spaces_of(viewer) if any(not card.for_viewer for card in cards) else []
    context: dict[str, Any] = {
        "search": search,
        "only_mine": only_mine,
        "count": len(cards),
        "sections": [
            {"section": group.section, "rows": [_row(card, viewer, spaces) for card in group.cards]}
            for group in queries.by_section(cards)
        ],
        "trail": [
            {"label": _("Start page"), "url": f"/{get_language()}/"},
            {"label": _("Procedures")},
        ],
        **_addresses({code: _list_address(code) for code, _name in settings.LANGUAGES}),
    }
    return _private(render(request, "procedures/list.html", context), viewer)


@require_safe
def procedure_by_code(request: HttpRequest, code: str) -> HttpResponse:
    """Lead to the page of a procedure in the reader's language; shown here if that language has no page."""
    procedure = queries.procedure_for(code)
    pages = queries.page_languages(procedure)
    url = pages.get(get_language() or "")
    return HttpResponseRedirect(url) if url else _detail(request, procedure, pages)


def serve_frozen(page: Page, request: HttpRequest, args: Any, kwargs: Any) -> HttpResponse | None:
    """`before_serve_page`: people see what was taken over, not what stands in the page."""
    if isinstance(page, ProcedurePage):
        return serve_procedure_page(request, page)
    return procedure_list(request) if isinstance(page, ProcedureIndexPage) else None


def serve_procedure_page(request: HttpRequest, page: ProcedurePage) -> HttpResponse:
    """Show the procedure of a page at its address in the tree; 404 until its form was taken over once."""
    procedure = queries.procedure_of_page(page)
    if procedure is None or procedure.state == "withdrawn":
        raise Http404
    return _detail(request, procedure, queries.page_languages(procedure))


def _detail(request: HttpRequest, procedure: Procedure, pages: dict[str, str]) -> HttpResponse:
    viewer = _viewer(request)
    spoken, texts = procedure.texts_in()
    at_start = asking_at_start(procedure).requirement
    at_end = asking_of(procedure).requirement
    may_apply = queries.may_apply(viewer, procedure)
    kinds = procedure.kinds or [ProfileKind.CITIZEN]
    context: dict[str, Any] = {
        "procedure": procedure,
        "texts": texts,
        "words_language": "" if spoken == get_language() else spoken,
        "who": _kind_words(procedure.kinds),
        "start_words": requirement_words(at_start),
        "send_words": requirement_words(at_end) if at_end != at_start else "",
        "answer_by": queries.answer_by(procedure),
        "is_working": procedure.handling_unit == "working",
        "may_apply": may_apply,
        "other_spaces": other_spaces(spaces_of(viewer), viewer, kinds),
        "new_space_for": [kind for kind in kinds if kind != ProfileKind.CITIZEN],
        "start_missing": not is_met(viewer, at_start),
        "level_missing": viewer.is_authenticated and not is_met(viewer, at_end),
        "price": formats.price(procedure.fee_cents) if procedure.fee_cents else "",
        "period": period_words(procedure),
        "annexes": queries.annexes_to_send(procedure),
        "can_start": procedure.is_open and may_apply,
        "viewer": viewer,
        "trail": [
            {"label": _("Start page"), "url": f"/{get_language()}/"},
            {"label": _("Procedures"), "url": reverse("procedures")},
            {"label": procedure.title},
        ],
        **_addresses(pages, elsewhere=procedure.code),
    }
    return _private(render(request, "procedures/detail.html", context), viewer)


def _row(card: queries.ProcedureCard, viewer: Viewer, spaces: list[Space]) -> dict[str, Any]:
    """Return a card as a row of procedures/rows.html."""
    minutes = _("%(minutes)s minutes") % {"minutes": card.minutes}
    asked = requirement_words(requirement_of(card.procedure))
    meta = [
        {"icon": "clock", "text": minutes},
        {"icon": LEVEL_ICONS.get(card.level, "shield-check"), "text": asked},
    ]
    if fee := card.procedure.fee_cents:
        meta.append({"icon": "euro", "text": formats.price(fee)})
    if period := period_words(card.procedure):
        meta.append({"icon": "calendar-days", "text": period})
    if not card.for_viewer:
        meta.append({"icon": "ban", "text": _("Not for the profile that you use")})
    return {
        "switches": [] if card.for_viewer else other_spaces(spaces, viewer, card.kinds),
        "url": card.url or reverse("procedure", args=[card.code]),
        "label": card.title,
        "text": card.summary,
        "meta": meta,
        "language": "" if card.language == get_language() else card.language,
    }


def _addresses(pages: dict[str, str], elsewhere: str = "") -> dict[str, Any]:
    """Return the language menu, the one address for search engines, and the translations.

    A language without its own page of the procedure gets the address by code.
    """
    current, base = get_language() or settings.LANGUAGE_CODE, settings.PUBLIC_BASE_URL
    every = {
        code: pages.get(code) or _code_address(code, elsewhere)
        for code, _name in settings.LANGUAGES
    }
    return {
        "languages": [
            {"code": code, "name": name, "url": every[code], "current": code == current}
            for code, name in settings.LANGUAGES
        ],
        "canonical": base + every[current],
        "alternates": [{"language": code, "url": base + url} for code, url in pages.items()],
    }


def _list_address(language: str) -> str:
    with override(language):
        return reverse("procedures")


def _code_address(language: str, code: str) -> str:
    with override(language):
        return reverse("procedure", args=[code])


def _private(response: HttpResponse, viewer: Viewer) -> HttpResponse:
    """Keep what a logged-in person sees out of all caches."""
    if viewer.is_authenticated:
        add_never_cache_headers(response)
    return response
