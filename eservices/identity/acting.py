"""The border between an agent's browser and the look that runs in it."""

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language_from_path

from eservices.models import ActingGrant, User
from eservices.queries.acting import running_grant

#: Where the agent's session keeps the public id of the look.
GRANT_KEY = "acting_grant"


def grant_of(request: HttpRequest) -> ActingGrant | None:
    """Return the look that a request belongs to, looked up once; None nearly always.

    Only pages of citizens, whose addresses begin with a language, are shown as the person sees them: in the back office
    and towards the API the agent is the agent.
    """
    if not hasattr(request, "_acting_grant"):
        request._acting_grant = _look_up(request)  # type: ignore[attr-defined]
    grant: ActingGrant | None = request._acting_grant  # type: ignore[attr-defined]
    return grant


def _look_up(request: HttpRequest) -> ActingGrant | None:
    if get_language_from_path(request.path_info) is None or not request.user.is_authenticated:
        return None
    named = request.session.get(GRANT_KEY)
    if not named or not isinstance(request.user, User):
        return None
    return running_grant(named=named, agent=request.user, now=timezone.now())
