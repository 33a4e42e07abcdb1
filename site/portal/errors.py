"""Error pages for people, problem documents (RFC 9457) for machines."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _


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
    """The form was opened too long ago, or cookies are off."""
    if request.path.startswith("/api/"):
        return problem(403, "csrf", _("The security token is missing or too old."))
    return render(request, "403_csrf.html", {"status": 403}, status=403)


def api_not_found(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    """Any unknown address below /api/."""
    return problem(404, "not_found", _("This address does not exist."))
