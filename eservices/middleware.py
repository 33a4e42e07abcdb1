"""What happens around every request: who looks, may they enter the back office, how refusals are shown."""

from collections.abc import Callable

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render, resolve_url
from django.utils import translation
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy

from eservices.contract import Viewer
from eservices.errors import DomainError, SecondFactorRequired
from eservices.identity.sessions import has_password_session, second_factor_user
from eservices.queries.people import viewer_for


class _Through:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)


def is_backoffice(path: str) -> bool:
    """Whether a path belongs to the back office; its login address only leads to the portal's login page."""
    return (path == "/admin" or path.startswith("/admin/")) and path != "/admin/login/"


class BackofficeGateMiddleware(_Through):
    """Makes a session without second factor nobody's, and lets only the municipality's people into /admin/.

    Wagtail and the API know people only through `request.user`: whatever began a session (a password, a tool, a
    future provider), without a proved second factor they see an anonymous visitor. Below /admin/ that visitor is led
    to the login page and back, scripts get 403, and citizens get the page that says so.
    """

    def __call__(self, request: HttpRequest) -> HttpResponse:
        session_user = request.user  # lazy: nothing is fetched for pages that need nobody
        request.user = SimpleLazyObject(lambda: second_factor_user(session_user))
        if is_backoffice(request.path_info):
            if not request.user.is_authenticated:
                return self._log_in_first(request)
            if not (request.user.is_staff or request.user.has_perm("wagtailadmin.access_admin")):
                raise PermissionDenied
            # The address says no language: people of the municipality work in that of their account.
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = translation.get_language()
        return self.get_response(request)

    @staticmethod
    def _log_in_first(request: HttpRequest) -> HttpResponse:
        wants_page = "text/html" in request.headers.get("Accept", "text/html")
        if request.headers.get("X-Requested-With") == "XMLHttpRequest" or not wants_page:
            refusal = SecondFactorRequired()
            return JsonResponse({"code": refusal.code, "title": str(refusal)}, status=403)
        return redirect_to_login(request.get_full_path(), resolve_url("login"))


class ViewerMiddleware(_Through):
    """Puts the Viewer on the request, fetched when somebody asks for it."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.viewer = SimpleLazyObject(lambda: self._viewer(request))  # type: ignore[attr-defined]
        return self.get_response(request)

    @staticmethod
    def _viewer(request: HttpRequest) -> Viewer:
        user = request.user if request.user.is_authenticated else None
        return viewer_for(user, has_session=has_password_session(request))


#: What the page of a refusal is called, by status.
_TITLES = {
    403: gettext_lazy("You cannot do this."),
    404: gettext_lazy("There is nothing here."),
    409: gettext_lazy("Something changed meanwhile."),
    429: gettext_lazy("There were too many tries."),
    503: gettext_lazy("A service does not answer."),
}


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
        title = _TITLES.get(exception.status, gettext_lazy("This is not possible."))
        return render(
            request,
            "error.html",
            {"title": title, "text": str(exception), "code": exception.code},
            status=exception.status,
        )
