"""What nobody meets at the door of a page for somebody: the login page, or the page that says why a session is over.

Scripts get the same as a problem document (RFC 9457) with the address of the login page.
"""

from urllib.parse import urlencode, urlsplit

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from eservices.errors import LoginRequired, SessionEnded
from eservices.identity import kept_posts, sessions

_READING = ("GET", "HEAD")


def ask_to_log_in(request: HttpRequest, *, keep: bool = False) -> HttpResponse:
    """Answer a request that needs somebody and has nobody.

    With `keep`, what a person typed before the session was over waits for them (see `kept_posts`). Who has logged out
    in this browser and opens a page comes to the login page: they know.
    """
    over = sessions.ended(request)
    if over is not None and keep and request.method == "POST":
        kept_posts.keep(request, user=over.user)
    if wants_json(request):
        return problem(request)
    reads_on = request.method in _READING and sessions.was_left_here(request)
    if over is None or reads_on:
        return redirect_to_login(way_back(request), resolve_url("login"))
    return HttpResponseRedirect(ended_address(way_back(request)))


def refusal(request: HttpRequest) -> LoginRequired | SessionEnded:
    """Return why a request that needs somebody is refused."""
    return LoginRequired() if sessions.ended(request) is None else SessionEnded()


def problem(request: HttpRequest) -> JsonResponse:
    """Return the refusal as scripts read it."""
    refused = refusal(request)
    return JsonResponse(
        {
            "type": "about:blank",
            "title": str(refused),
            "status": refused.status,
            "code": refused.code,
            "login_url": reverse("login"),
        },
        status=refused.status,
        content_type="application/problem+json",
        headers={"Cache-Control": "private, no-store"},
    )


def wants_json(request: HttpRequest) -> bool:
    """Whether a script asks, and not a browser that opens a page."""
    accept = request.headers.get("Accept", "text/html")
    is_script = request.headers.get("X-Requested-With") == "XMLHttpRequest"
    return is_script or ("json" in accept and "text/html" not in accept)


def ended_address(goal: str) -> str:
    """Return the address of the page that says why a session is over and leads back to `goal`."""
    return f"{reverse('session-ended')}?{urlencode({'next': goal})}"


def way_back(request: HttpRequest) -> str:
    """Return the page to open after the login: this one, or the one before where this one only takes forms."""
    if request.method in _READING or _can_be_read(request):
        return request.get_full_path()
    before = request.headers.get("Referer", "")
    if not is_ours(request, before):
        return reverse("dashboard")
    parts = urlsplit(before)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def is_ours(request: HttpRequest, url: str) -> bool:
    """Whether an address leads to this portal and nowhere else."""
    return url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )


def keeps_posts(request: HttpRequest) -> bool:
    """Whether the page of a request shows again what somebody typed too late."""
    return bool(getattr(_view_class(request), "keeps_posts", False))


def _can_be_read(request: HttpRequest) -> bool:
    view = _view_class(request)
    return view is None or hasattr(view, "get")


def _view_class(request: HttpRequest) -> type | None:
    match = request.resolver_match
    return getattr(match.func, "view_class", None) if match else None
