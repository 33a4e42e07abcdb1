"""The way out of a person's space for the agent who looks at it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from eservices.actions import acting
from eservices.errors import NotFound
from eservices.identity.acting import GRANT_KEY, grant_of
from eservices.models import ActingGrant
from eservices.queries.reviews import file_for_agent


class EndLookView(View):
    """Ends the look and leads back to where the agent came from: the file, else the back office."""

    http_method_names = ("post",)
    #: The one page that an agent may send something to during a look.
    ends_the_look = True

    def post(self, request: HttpRequest) -> HttpResponse:
        grant = grant_of(request)
        request.session.pop(GRANT_KEY, None)
        if grant is None:
            return redirect("wagtailadmin_home")
        acting.end(grant=grant)
        messages.success(request, _("You no longer look at this person’s space."))
        return redirect(_way_back(grant))


def _way_back(grant: ActingGrant) -> str:
    """Return the address of the file that the look was about, unless another team handles it."""
    try:
        file_for_agent(grant.agent, grant.reference)
    except NotFound:
        return reverse("wagtailadmin_home")
    return reverse("agent-file", args=[grant.reference])
