"""The way to an identity provider and back, our public keys, and logging out there."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.cache import get_conditional_response
from django.utils.decorators import method_decorator
from django.utils.http import quote_etag, url_has_allowed_host_and_scheme
from django.utils.translation import activate, get_language, get_language_from_path
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache

from eservices.actions import ratelimits
from eservices.actions.client_keys import ensure_keys
from eservices.actions.identities import unlink
from eservices.enums import Level
from eservices.errors import DomainError
from eservices.identity import oidc, provider_logout
from eservices.identity.origins import client_address
from eservices.identity.outcomes import REFUSAL_KEY, arrive, note_refusal
from eservices.identity.providers import Provider, name_of, openid_provider
from eservices.identity.providers import provider as provider_with
from eservices.queries.client_keys import public_keys
from eservices.queries.identities import usable_identities
from eservices.views.fresh_proof import FreshProofRequired

#: Each way to a provider costs us a fetch and a decryption: so many in ten minutes from one address.
TRIES = 120
WINDOW = timedelta(minutes=10)
#: Where a session keeps the language of the page from which somebody logs out at a provider.
LANGUAGE_KEY = "provider_logout_language"
#: Addresses to come back to are no longer than this.
GOAL_LENGTH = 1000
#: How long others may keep our keys (seconds); itsme asks for half an hour at least.
KEYS_KEPT = 3600


def count_try(request: HttpRequest, bucket: str) -> None:
    """Count one request from this address; raises TooMany."""
    ratelimits.allow(
        bucket=bucket,
        key=client_address(request),
        limit=TRIES,
        window=WINDOW,
    )


def own_goal(request: HttpRequest) -> str:
    """Return the address in `next` when it is one of ours, else an empty text."""
    goal = request.POST.get("next", "")
    return goal if is_own_goal(request, goal) else ""


def is_own_goal(request: HttpRequest, goal: str) -> bool:
    """Whether somebody may be led to an address afterwards: a page of ours, of a reasonable length."""
    is_ours = url_has_allowed_host_and_scheme(
        goal, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return is_ours and goal.startswith("/") and len(goal) <= GOAL_LENGTH


def speak(request: HttpRequest, language: str | None) -> str:
    """Use a language of ours for the rest of the request: the addresses of providers have none."""
    known = dict(settings.LANGUAGES)
    chosen = language if language in known else get_language() or settings.LANGUAGE_CODE
    activate(chosen)
    request.LANGUAGE_CODE = chosen  # type: ignore[attr-defined]
    return chosen


def leave(
    request: HttpRequest, provider: Provider, *, purpose: str, goal: str, level: Level
) -> HttpResponse:
    """Lead the person to the provider.

    By a page that goes on by itself: browsers hold a redirect after a form against the page's policy (`form-action`),
    and providers redirect across several hosts.
    """
    given = request.POST.get("language") or get_language_from_path(urlsplit(goal).path)
    language = speak(request, given)
    user = str(request.user.public_id) if request.user.is_authenticated else ""
    try:
        count_try(request, "identity-start")
        address = oidc.begin(
            request,
            provider,
            purpose=purpose,
            goal=goal,
            level=level,
            language=language,
            user=user,
        )
    except DomainError as refusal:
        return redirect(
            note_refusal(request, refusal, provider=provider.key, purpose=purpose, goal=goal)
        )
    context = {"provider": provider, "address": address}
    response = render(request, "identity/leaving.html", context)
    response.headers["Refresh"] = f"0; url={address}"
    response.headers["Cache-Control"] = "private, no-store"
    return response


class StartView(View):
    """Begins a login or a stronger identification at a provider (POST: `next`, `purpose`, `level`, `language`)."""

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        """Somebody came here by hand or by "back": the page of all ways in."""
        openid_provider(key)
        return redirect("login")

    def post(self, request: HttpRequest, key: str) -> HttpResponse:
        provider = openid_provider(key)
        wants_more = request.POST.get("purpose") == "step_up" and request.user.is_authenticated
        return leave(
            request,
            provider,
            purpose="step_up" if wants_more else "login",
            goal=own_goal(request),
            level=wanted_level(request.POST.get("level", "")),
        )


def wanted_level(text: str) -> Level:
    """Return the level that a form asks for, low at least."""
    known = {str(level.value): level for level in Level}
    return max(known.get(text, Level.LOW), Level.LOW)


@method_decorator(never_cache, name="dispatch")
class CallbackView(View):
    """Where a provider leads back: checks the answer, then a session, a stronger one or a link."""

    http_method_names = ("get",)

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        provider = openid_provider(key)
        purpose, goal = "login", ""
        try:
            count_try(request, "identity-callback")
            flow = oidc.take_flow(request, provider)
            purpose, goal = flow.purpose, flow.goal
            speak(request, flow.language)
            answer = oidc.finish(request.GET.dict(), provider, flow)
            address = arrive(
                request,
                identity=answer.identity,
                purpose=purpose,
                goal=goal,
                user=flow.user,
                hint=answer.hint,
            )
        except DomainError as refusal:
            address = note_refusal(
                request, refusal, provider=provider.key, purpose=purpose, goal=goal
            )
        response = redirect(address)
        response.headers["Referrer-Policy"] = "no-referrer"
        return response


class RefusedView(View):
    """Says why a provider's answer led nowhere, and what to do next; the address tells nothing."""

    def get(self, request: HttpRequest) -> HttpResponse:
        refusal = request.session.get(REFUSAL_KEY)
        if not refusal:
            return redirect("login")
        is_login = refusal["purpose"] == "login"
        again = resolve_url("login") if is_login else refusal["goal"] or resolve_url("security")
        if is_login and refusal["goal"]:
            again = f"{again}?{urlencode({'next': refusal['goal']})}"
        context = {
            **refusal,
            "again_url": again,
            "is_login": is_login,
            "provider_name": name_of(refusal["provider"]),
        }
        response = render(request, "identity/refused.html", context, status=refusal["status"])
        response.headers["Cache-Control"] = "private, no-store"
        return response


class IdentityLinkView(FreshProofRequired):
    """Begins the link of a provider's identity to the account of who is logged in and proved it just now."""

    http_method_names = ("post",)
    act_label = _("Link a digital identity")

    def post(self, request: HttpRequest, key: str) -> HttpResponse:
        if not provider_with(key).is_openid:
            return redirect("web-eid-link")
        provider = openid_provider(key)
        goal = resolve_url("security")
        return leave(request, provider, purpose="link", goal=goal, level=Level.LOW)


class IdentityUnlinkView(FreshProofRequired):
    """Ends the link of one of the person's identities."""

    http_method_names = ("post",)
    act_label = _("Remove the digital identity")

    def post(self, request: HttpRequest, public_id: Any) -> HttpResponse:
        user = self.viewer.user
        row = usable_identities(user).filter(public_id=public_id).first()
        if row is not None:  # a second click finds it gone
            try:
                unlink(user=user, identity=row)
            except DomainError as refusal:
                messages.error(request, str(refusal))
            else:
                messages.success(request, _("The digital identity no longer opens your account."))
        return redirect("security")


class KeysView(View):
    """Our public keys for identity providers (RFC 7517); the first request makes them."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        ensure_keys()
        keys = public_keys()
        response = JsonResponse({"keys": keys})
        response.headers["Content-Type"] = "application/jwk-set+json"
        response.headers["Cache-Control"] = f"public, max-age={KEYS_KEPT}"
        etag = quote_etag("-".join(key["kid"] for key in keys))
        response.headers["ETag"] = etag
        return get_conditional_response(request, etag=etag, response=response)


@method_decorator(never_cache, name="dispatch")
class ProviderLogoutView(View):
    """After our own logout: one button that logs out at the provider too."""

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        speak(request, request.GET.get("language"))
        offer = provider_logout.offered(request)
        if offer is None or offer.provider.key != key:
            return redirect(f"/{get_language()}/")
        try:
            address = provider_logout.address_of(offer.provider)
        except DomainError:
            address = ""
        if not address:
            messages.warning(request, _("We cannot log you out there now. Close the browser."))
            return redirect(f"/{get_language()}/")
        request.session[LANGUAGE_KEY] = get_language()
        context = {
            "offer": offer,
            "address": address,
            "return_address": provider_logout.return_address(offer.provider),
        }
        response = render(request, "identity/provider_logout.html", context)
        target = urlsplit(address)
        policy = {
            **settings.CONTENT_SECURITY_POLICIES["citizen"],
            "form-action": f"'self' {target.scheme}://{target.netloc}",
        }
        response.headers["Content-Security-Policy"] = "; ".join(
            f"{name} {value}" for name, value in policy.items()
        )
        return response


class ProviderLoggedOutView(View):
    """Where a provider leads back after logging out there."""

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        provider = openid_provider(key)
        speak(request, request.session.pop(LANGUAGE_KEY, None))
        provider_logout.forget(request)
        messages.success(
            request, _("You are logged out at %(provider)s too.") % {"provider": provider.name}
        )
        return redirect(f"/{get_language()}/")
