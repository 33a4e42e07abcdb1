"""What a verified identity leads to, whichever provider or card it comes from: a session, a stronger one, a link."""

import logging

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from eservices.actions.identities import could_be, link, person_for, same_person
from eservices.actions.security import record_event
from eservices.contract import VerifiedIdentity
from eservices.enums import AuthenticationEventKind
from eservices.errors import DomainError, IdentityOtherPerson, IdentityStateInvalid
from eservices.identity import pending, provider_logout, sessions
from eservices.identity.origins import origin_of
from eservices.models import User
from eservices.views.login import enter

log = logging.getLogger("guichet.identity")

#: Where a session keeps what the page of a refusal shows.
REFUSAL_KEY = "identity_refusal"


def arrive(
    request: HttpRequest,
    *,
    identity: VerifiedIdentity,
    purpose: str,
    goal: str = "",
    user: str = "",
    hint: str = "",
) -> str:
    """Let a verified identity do what the person came for; returns the address to go to.

    `purpose` is "login", "step_up" or "link"; `user` the public id of who was logged in when it was begun; `goal` an
    address of ours. Raises what speaks against it: the session is then as it was.
    """
    if purpose == "login":
        return _log_in(request, identity, goal=goal, hint=hint)
    person = request.user
    if not person.is_authenticated:
        messages.info(request, _("Your session has ended meanwhile. Log in again to go on."))
        return f"{reverse('login')}?{urlencode({'next': goal})}" if goal else reverse("login")
    if user and user != str(person.public_id):
        raise IdentityStateInvalid
    if purpose == "link":
        link(user=person, identity=identity)
        messages.success(request, _("The digital identity is linked to your account."))
        goal = goal or reverse("security")
    elif same_person(user=person, identity=identity):
        link(user=person, identity=identity)
    elif could_be(user=person, identity=identity):
        waits = pending.Pending(
            identity=identity,
            purpose=purpose,
            goal=goal,
            hint=hint,
            answers={"user": str(person.public_id)},
        )
        pending.keep(request, waits)
        return reverse("identity-confirm")
    else:
        raise IdentityOtherPerson
    return strengthened(request, identity, goal=goal, hint=hint)


def strengthened(
    request: HttpRequest, identity: VerifiedIdentity, *, goal: str, hint: str = ""
) -> str:
    """Add the proof to the session; returns the address to go to."""
    sessions.strengthen(request, proof=identity.proof)
    provider_logout.remember(request, provider=identity.provider, hint=hint)
    return goal or reverse("dashboard")


def logged_in(
    request: HttpRequest, person: User, identity: VerifiedIdentity, *, goal: str, hint: str = ""
) -> str:
    """Begin the session of a person; returns the address to go to, in the person's language."""
    response = enter(request, user=person, proof=identity.proof, goal=goal)
    provider_logout.remember(request, provider=identity.provider, hint=hint)
    return response.url


def _log_in(request: HttpRequest, identity: VerifiedIdentity, *, goal: str, hint: str) -> str:
    person = person_for(identity=identity)
    if person is None:
        waits = pending.Pending(identity=identity, purpose="login", goal=goal, hint=hint)
        pending.keep(request, waits)
        return reverse("identity-complete")
    return logged_in(request, person, identity, goal=goal, hint=hint)


def note_refusal(
    request: HttpRequest, refusal: DomainError, *, provider: str, purpose: str, goal: str = ""
) -> str:
    """Write down a refusal, by its code only, and return the address of the page that tells it."""
    origin = origin_of(request)
    is_login = purpose == "login"
    kinds = AuthenticationEventKind
    person = request.user if request.user.is_authenticated else None
    record_event(
        kind=kinds.LOGIN_REFUSED if is_login else kinds.STEP_UP_REFUSED,
        user=None if is_login else person,
        provider=provider,
        code=refusal.code,
        browser=origin.browser,
        network=origin.network,
    )
    log.warning("identity_refused", extra={"provider": provider, "error": refusal.code})
    request.session[REFUSAL_KEY] = {
        "code": refusal.code,
        "text": str(refusal),
        "status": refusal.status,
        "provider": provider,
        "purpose": purpose,
        "goal": goal,
    }
    return reverse("identity-refused")
