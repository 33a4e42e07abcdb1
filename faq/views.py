"""Pages that are not in Wagtail's tree: search, feedback, the door to help, the list as a
spreadsheet, the site map.
"""

import uuid
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from cms_pages.tree import path_of, public_pages
from faq import listing, search, sitemap, spreadsheet
from faq.actions import tell_helpful
from faq.api import count_feedback
from faq.models import FaqIndexPage


def _language() -> str:
    return get_language() or settings.LANGUAGE_CODE


@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """Lead `/` to the start page in the reader's language."""
    return redirect(f"/{_language()}/")


@require_GET
def help_start(request: HttpRequest) -> HttpResponse:
    """Lead to the help start page of the language."""
    page = public_pages().type(FaqIndexPage).filter(locale__language_code=_language()).first()
    return redirect(path_of(page.url_path) if page else f"/{_language()}/")


@require_GET
def results(request: HttpRequest) -> HttpResponse:
    """Show what a query finds on the whole portal, or with `in=faq` in the help alone."""
    query = request.GET.get("q", "").strip()[: search.MAX_QUERY]
    kind = "faq" if request.GET.get("in") == "faq" else ""
    found = search.search(query, _language(), kind=kind) if query else search.Result(hits=())
    context: dict[str, Any] = {
        "query": query,
        "kind": kind,
        "found": found,
        "languages": [
            {"code": code, "name": name, "url": f"/{code}/search/", "current": code == _language()}
            for code, name in settings.LANGUAGES
        ],
    }
    return render(request, "faq/search.html", context)


@csrf_exempt  # nobody is asked who they are, and a token would put a cookie on every public answer
@require_POST
def feedback(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Count whether an answer helped and say thank you on the page that one came from."""
    count_feedback(request.META.get("REMOTE_ADDR", ""))
    tell_helpful(key=key, language=_language(), helpful=request.POST.get("helpful") == "yes")
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = f"/{_language()}/"
    path, _hash, anchor = back.partition("#")
    return HttpResponseRedirect(
        f"{path.partition('?')[0]}?thanks={key}#{anchor or f'thanks-{key}'}"
    )


@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """Send the questions of the language, or of one group, as a spreadsheet."""

    index = get_object_or_404(
        public_pages().type(FaqIndexPage).filter(locale__language_code=_language())
    )
    wanted = request.GET.get("category", "")
    groups = [g for g in listing.categories(index) if not wanted or wanted == g["slug"]]
    response = HttpResponse(
        spreadsheet.questions_xlsx(groups, _language()),
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )
    response.headers["Content-Disposition"] = f'attachment; filename="faq-{_language()}.xlsx"'
    return response


@require_GET
def site_map(request: HttpRequest) -> HttpResponse:
    """Name every public page with its translations for search engines (sitemaps.org, hreflang)."""
    return HttpResponse(sitemap.xml(), content_type="application/xml")
