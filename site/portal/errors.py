"""Error pages for people, problem documents (RFC 9457) for machines."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from eservices.identity import entrance, kept_posts, open_forms, sessions


def problem(status: int, code: str, title: str) -> HttpResponse:
    """Return an `application/problem+json` answer."""
    return JsonResponse(
        {"type": "about:blank", "title": title, "status": status, "code": code},
        status=status,
        content_type="application/problem+json",
    )


def _answer(request: HttpRequest, status: int, code: str, title: str) -> HttpResponse:
    if request.path.startswith("/api/"):
        return problem(status, code, title)
    return render(request, f"{status}.html", {"status": status}, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
    return _answer(request, 400, "bad_request", _("The request cannot be understood."))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    return _answer(request, 403, "refused", _("You do not have the right to do this."))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    return _answer(request, 404, "not_found", _("This page does not exist."))


def server_error(request: HttpRequest) -> HttpResponse:
    """500; the page needs neither the database nor context processors."""
    if request.path.startswith("/api/"):
        return problem(
            500, "error", _("Something went wrong on our side. Nothing is lost: try again later.")
        )
    return render(request, "500.html", {"status": 500}, status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was opened too long ago, or cookies are off.

    Where the reason is that the session is over, the page that says so is shown. What was typed is kept only when the
    browser itself vouches that one of our own pages has sent it. A form from before the same person logged in again, in
    another tab, comes back with everything typed, to be sent once more.
    """
    over = sessions.ended(request) is not None
    if over and request.path.startswith("/api/"):
        return entrance.problem(request)
    if request.path.startswith("/api/"):
        return problem(403, "csrf", _("The security token is missing or too old."))
    if over:
        ours = request.headers.get("Sec-Fetch-Site") == "same-origin"
        return entrance.ask_to_log_in(request, keep=ours and entrance.keeps_posts(request))
    session = sessions.current(request)
    if (
        session is not None
        and entrance.keeps_posts(request)
        and not entrance.wants_json(request)
        and open_forms.is_from_before(request)
        and kept_posts.keep(request, user=session.user)
    ):
        return redirect(entrance.way_back(request))
    return render(request, "403_csrf.html", {"status": 403}, status=403)


def api_not_found(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    """Any unknown address below /api/."""
    return problem(404, "not_found", _("This address does not exist."))
