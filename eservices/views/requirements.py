"""Pages that ask for an identification: who does not meet it identifies on the step-up page and comes back."""

from typing import Any, ClassVar
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse

from eservices.contract import registry
from eservices.errors import StepUpRequired
from eservices.queries.requirements import (
    Asking,
    asking_of_service,
    can_be_proved_here,
    prove,
    refusal_document,
)
from eservices.views.base import ViewerRequiredMixin

_READING = ("GET", "HEAD")


class RequirementMixin(ViewerRequiredMixin):
    """Only for people who identified as `asking` says; a plugin's page names its `service` (slug) and is done.

    A page that takes forms must be able to show again what was typed, or have nothing to lose: a form that comes too
    late is not read, its page is opened again after the identification. Scripts get 403 with the code
    `step_up_required`, what is asked, and the address of the page that offers it.
    """

    service: ClassVar[str] = ""

    @property
    def asking(self) -> Asking:
        """What is asked of the viewer before this page does anything."""
        return asking_of_service(registry[self.service])

    @property
    def asking_of_strangers(self) -> Asking | None:
        """What is asked of people who are not logged in: one identification instead of a login and another.

        None where it is not known before the login.
        """
        return self.asking

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            if self.viewer.is_authenticated:
                self.check_identification()
            elif (asked := self.asking_of_strangers) and not can_be_proved_here(asked.requirement):
                prove(self.viewer, asked)
            return super().dispatch(request, *args, **kwargs)
        except StepUpRequired as refusal:
            return self.identify_first(refusal)

    def check_identification(self) -> None:
        """Raise StepUpRequired unless the viewer meets what is asked.

        Somebody of the municipality who looks at a person's space has proved it at the door of the back office.
        """
        if self.viewer.agent is None:
            prove(self.viewer, self.asking)

    @property
    def place(self) -> str:
        """The page to open after the identification: this one, or the dashboard where this one only takes forms."""
        if self.request.method in _READING or hasattr(self, "get"):
            return self.request.get_full_path()
        return reverse("dashboard")

    def identify_first(self, refusal: StepUpRequired, place: str = "") -> HttpResponseBase:
        """Lead to the step-up page and from there to `place` (default: this page)."""
        if _wants_json(self.request):
            document = {
                "type": "about:blank",
                "title": str(refusal),
                "status": refusal.status,
                "code": refusal.code,
                **refusal_document(refusal),
            }
            return JsonResponse(
                document, status=refusal.status, content_type="application/problem+json"
            )
        response = redirect(f"{refusal.params['url']}&{urlencode({'next': place or self.place})}")
        response.headers["Cache-Control"] = "private, no-store"
        return response


def _wants_json(request: HttpRequest) -> bool:
    accept = request.headers.get("Accept", "text/html")
    is_script = request.headers.get("X-Requested-With") == "XMLHttpRequest"
    return is_script or ("json" in accept and "text/html" not in accept)
