"""Acts that ask for a fresh proof of identity: whoever finds an open screen cannot take over the account."""

from collections.abc import Sequence
from typing import Any, ClassVar
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from eservices.errors import ProofTooOld
from eservices.queries.login_methods import fresh_proof_of
from eservices.views.base import ViewerRequiredMixin

#: Where a session keeps what somebody sent before the new proof: {path, fields, label}.
KEPT_ACT_KEY = "kept_act"


def page_of_script(request: HttpRequest) -> str:
    """Return the page of ours whose script sent a request, else the page about security."""
    parts = urlsplit(request.headers.get("Referer", ""))
    is_ours = parts.netloc == request.get_host() and parts.path.startswith("/")
    return parts.path if is_ours else reverse("security")


class FreshProofRequired(ViewerRequiredMixin):
    """Only for people who proved who they are in the last ten minutes (FRESH_PROOF_SECONDS).

    Others prove it again on the page `reauthenticate` and come back. What they had sent is not lost: the values named
    in `kept_fields` are filled in again (`get_initial`), and an address without a page of its own is offered as a
    button (`act_label`). Never name a field there that holds a secret. Scripts get 403 with the address of that page.
    """

    kept_fields: ClassVar[Sequence[str]] = ()
    act_label: ClassVar[Any] = _("Continue")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        viewer = self.viewer
        if viewer.is_authenticated and not fresh_proof_of(viewer, now=timezone.now()):
            return self._prove_again(request)
        return super().dispatch(request, *args, **kwargs)

    def _prove_again(self, request: HttpRequest) -> HttpResponse:
        if request.headers.get("X-Requested-With") == "XMLHttpRequest":
            refusal = ProofTooOld()
            url = f"{reverse('reauthenticate')}?{urlencode({'next': page_of_script(request)})}"
            document = {"code": refusal.code, "title": str(refusal), "url": url}
            return JsonResponse(document, status=refusal.status)
        goal = request.get_full_path()
        if request.method not in ("GET", "HEAD"):
            fields = {name: request.POST[name] for name in self.kept_fields if name in request.POST}
            request.session[KEPT_ACT_KEY] = {
                "path": goal,
                "fields": fields,
                "label": str(self.act_label),
            }
            goal = goal if hasattr(self, "get") else reverse("reauthenticated")
        return redirect(f"{reverse('reauthenticate')}?{urlencode({'next': goal})}")

    def get_initial(self) -> dict[str, Any]:
        """Return what was typed before the new proof, beside the form's own first values."""
        initial: dict[str, Any] = super().get_initial()  # type: ignore[misc]
        kept = self.request.session.get(KEPT_ACT_KEY, {})
        if kept.get("path") == self.request.get_full_path():
            del self.request.session[KEPT_ACT_KEY]
            initial |= kept["fields"]
        return initial
