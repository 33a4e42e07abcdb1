"""What happens around every request: who looks, may they enter the back office, how refusals are shown."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eservices.actions import acting, spaces
from eservices.contract import Viewer
from eservices.errors import ActingReadOnly, DomainError, InOtherSpace, SecondFactorRequired
from eservices.identity import entrance, sessions
from eservices.identity.acting import GRANT_KEY, grant_of
from eservices.models import ActingGrant
from eservices.queries.acting import acting_viewer
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
        request.user = SimpleLazyObject(lambda: sessions.person_of(request, session_user))
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
        is_script = request.headers.get("X-Requested-With") == "XMLHttpRequest" or not wants_page
        if is_script and sessions.ended(request) is None:
            refusal = SecondFactorRequired()
            return JsonResponse({"code": refusal.code, "title": str(refusal)}, status=403)
        return entrance.problem(request) if is_script else entrance.ask_to_log_in(request)


class ViewerMiddleware(_Through):
    """Puts the Viewer on the request, fetched when somebody asks for it."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.viewer = SimpleLazyObject(lambda: self._viewer(request))  # type: ignore[attr-defined]
        return self.get_response(request)

    @staticmethod
    def _viewer(request: HttpRequest) -> Viewer:
        grant = grant_of(request)
        if grant is not None:
            return acting_viewer(grant)
        if not request.user.is_authenticated:
            return viewer_for(None, has_password=sessions.has_password_session(request))
        viewer = viewer_for(request.user, session=sessions.current(request))
        _tell_of_lost_space(request, viewer)
        return viewer


def _tell_of_lost_space(request: HttpRequest, viewer: Viewer) -> None:
    """Say once that the right to the chosen space has ended: from this request on one acts for oneself."""
    session = viewer.session
    if session is None or session.profile_id is None or viewer.membership is not None:
        return
    if spaces.leave_lost(session=session):
        text = _("Your access to the space in which you were has ended. You act for yourself now.")
        messages.warning(request, text)


class ActingMiddleware(_Through):
    """Keeps an agent who looks at a person's space from changing anything, and writes down each page.

    Whatever a view would do, an unsafe request is refused before it, save the one that ends the look and logging out.
    """

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Refuse what would change something (ActingReadOnly)."""
        if request.method in ("GET", "HEAD", "OPTIONS") or GRANT_KEY not in request.session:
            return None
        may_pass = getattr(getattr(view, "view_class", None), "ends_the_look", False)
        if may_pass or grant_of(request) is None:
            return None
        return refusal_shown(request, ActingReadOnly())

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        grant: ActingGrant | None = getattr(request, "_acting_grant", None)
        if grant is not None and request.method == "GET" and grant.ended_at is None:
            match = request.resolver_match
            acting.note_page(grant=grant, page=(match and match.url_name) or "unknown")
        return response


#: What the page of a refusal is called, by status.
_TITLES = {
    403: gettext_lazy("You cannot do this."),
    404: gettext_lazy("There is nothing here."),
    409: gettext_lazy("Something changed meanwhile."),
    429: gettext_lazy("There were too many tries."),
    503: gettext_lazy("A service does not answer."),
}


def refusal_shown(request: HttpRequest, refusal: DomainError) -> HttpResponse:
    """Return a refusal as a page, or as a problem document below /api/, with its status, message and code."""
    if request.path.startswith("/api/"):
        return JsonResponse(
            {
                "type": "about:blank",
                "title": str(refusal),
                "status": refusal.status,
                "code": refusal.code,
            },
            status=refusal.status,
            content_type="application/problem+json",
        )
    if isinstance(refusal, InOtherSpace):
        here = request.get_full_path() if request.method == "GET" else ""
        given = {"text": str(refusal), "profile": refusal.profile, "here": here}
        return render(request, "organisations/elsewhere.html", given, status=refusal.status)
    title = _TITLES.get(refusal.status, gettext_lazy("This is not possible."))
    return render(
        request,
        "error.html",
        {"title": title, "text": str(refusal), "code": refusal.code},
        status=refusal.status,
    )


class DomainErrorMiddleware(_Through):
    """Shows refusals that no view has shown."""

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer a DomainError; other exceptions go on."""
        return refusal_shown(request, exception) if isinstance(exception, DomainError) else None
