"""Logging in, or identifying again, with an identity card in a reader (Web eID)."""

import json
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from eservices.contract import VerifiedIdentity
from eservices.enums import Level
from eservices.errors import (
    DomainError,
    IdentityLevelTooLow,
    NotFound,
    WebEidChallengeMissing,
    WebEidMalformed,
)
from eservices.identity.outcomes import arrive, note_refusal
from eservices.identity.providers import Provider, providers
from eservices.identity.web_eid import LONGEST_TOKEN, Challenge, verify
from eservices.views.fresh_proof import FreshProofRequired
from eservices.views.providers import count_try, is_own_goal, own_goal, wanted_level

#: Where a session keeps the challenges that wait for a card: text to {at, purpose, goal, level, user}.
CHALLENGES_KEY = "web_eid_challenges"
#: So many may wait in one browser; an older one is forgotten.
CHALLENGES = 5


def card_provider() -> Provider:
    """Return the provider that reads cards; NotFound where the municipality does not offer it."""
    found = next((known for known in providers() if known.kind == "web_eid"), None)
    if found is None:
        raise NotFound
    return found


def origin() -> str:
    """Return what a card signs for: scheme and host of the portal, without a slash (never a header's)."""
    parts = urlsplit(settings.PUBLIC_BASE_URL)
    return f"{parts.scheme}://{parts.netloc}"


@method_decorator(never_cache, name="dispatch")
class WebEidView(View):
    """The page with the button, and where the card's answer arrives (`challenge`, `token`)."""

    purpose = ""
    challenge_route = "web-eid-challenge"

    def get(self, request: HttpRequest) -> HttpResponse:
        provider = card_provider()
        goal = request.GET.get("next", "")
        asked = self.purpose or request.GET.get("purpose", "")
        is_more = asked == "step_up" and request.user.is_authenticated
        context = {
            "provider": provider,
            "purpose": asked if self.purpose or is_more else "login",
            "next": goal if is_own_goal(request, goal) else "",
            "level": int(wanted_level(request.GET.get("level", ""))),
            "challenge_url": resolve_url(self.challenge_route),
            "answer_url": resolve_url("web-eid"),
        }
        return render(request, "identity/web_eid.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        provider = card_provider()
        row: dict[str, Any] = {"purpose": "login", "goal": ""}
        try:
            count_try(request, "web-eid")
            text = request.POST.get("challenge", "")
            row = take(request, text)
            challenge = Challenge(text=text, at=datetime.fromisoformat(row["at"]))
            identity = self.identity(request, provider, challenge, level=Level(row["level"]))
            address = arrive(
                request,
                identity=identity,
                purpose=row["purpose"],
                goal=row["goal"],
                user=row["user"],
            )
        except DomainError as refusal:
            address = note_refusal(
                request,
                refusal,
                provider=provider.key,
                purpose=row["purpose"],
                goal=row["goal"],
            )
        return redirect(address)

    def identity(
        self, request: HttpRequest, provider: Provider, challenge: Challenge, *, level: Level
    ) -> VerifiedIdentity:
        """Return who holds the card. Raises what `verify` raises, IdentityLevelTooLow."""
        found = verify(
            token_in(request.POST.get("token", "")),
            challenge=challenge,
            origin=origin(),
            provider=provider,
            now=timezone.now(),
        )
        if found.level < level:
            raise IdentityLevelTooLow
        return found


class WebEidLinkView(FreshProofRequired, WebEidView):
    """The same page, to link the card's holder to the account of who is logged in and proved it just now."""

    http_method_names = ("get",)
    purpose = "link"
    challenge_route = "web-eid-link-challenge"


@method_decorator(never_cache, name="dispatch")
class WebEidChallengeView(View):
    """Gives the page a challenge for the card, as JSON; refusals too (`code`, `title`)."""

    http_method_names = ("post",)
    purpose = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return super().dispatch(request, *args, **kwargs)
        except DomainError as refusal:
            document = {"code": refusal.code, "title": str(refusal)}
            return JsonResponse(document, status=refusal.status)

    def post(self, request: HttpRequest) -> HttpResponse:
        card_provider()
        count_try(request, "web-eid-challenge")
        is_more = request.POST.get("purpose") == "step_up" and request.user.is_authenticated
        now = timezone.now()
        challenge = Challenge.new(now=now)
        waiting = request.session.get(CHALLENGES_KEY, {})
        newest = sorted(waiting.items(), key=lambda item: item[1]["at"])[-(CHALLENGES - 1) :]
        row = {
            "at": now.isoformat(),
            "purpose": self.purpose or ("step_up" if is_more else "login"),
            "goal": own_goal(request),
            "level": int(wanted_level(request.POST.get("level", ""))),
            "user": str(request.user.public_id) if request.user.is_authenticated else "",
        }
        request.session[CHALLENGES_KEY] = {**dict(newest), challenge.text: row}
        return JsonResponse({"challenge": challenge.text})


class WebEidLinkChallengeView(FreshProofRequired, WebEidChallengeView):
    """The same for a link: only for somebody who proved who they are just now."""

    purpose = "link"


def take(request: HttpRequest, text: str) -> dict[str, Any]:
    """Return what a challenge was asked for and forget it: whatever is wrong with the answer, it is used up.

    Raises WebEidChallengeMissing.
    """
    waiting = dict(request.session.get(CHALLENGES_KEY, {}))
    row: dict[str, Any] | None = waiting.pop(text, None)
    if row is None:
        raise WebEidChallengeMissing
    request.session[CHALLENGES_KEY] = waiting
    return row


def token_in(text: str) -> Any:
    """Return the token that a form holds as JSON; raises WebEidMalformed."""
    if len(text) > 2 * LONGEST_TOKEN:
        raise WebEidMalformed
    try:
        return json.loads(text)
    except ValueError as error:
        raise WebEidMalformed from error
