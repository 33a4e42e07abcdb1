"""What happens around every request: who looks, may they enter the back office, how refusals are shown."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from eservices.errors import DomainError


class _Through:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)


class BackofficeGateMiddleware(_Through):
    """Closes /admin/ to everybody without a second factor in this session."""


class ViewerMiddleware(_Through):
    """Puts the Viewer on the request."""


class DomainErrorMiddleware(_Through):
    """Shows refusals that no view has shown: as a page, or as a problem document below /api/."""

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer a DomainError with its status, message and code."""
        if not isinstance(exception, DomainError):
            return None
        if request.path.startswith("/api/"):
            return JsonResponse(
                {
                    "type": "about:blank",
                    "title": str(exception),
                    "status": exception.status,
                    "code": exception.code,
                },
                status=exception.status,
                content_type="application/problem+json",
            )
        return render(
            request,
            "error.html",
            {"status": exception.status, "message": str(exception), "code": exception.code},
            status=exception.status,
        )
