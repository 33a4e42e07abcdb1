"""The portal as a relying party of OpenID Connect providers: the way there, and what comes back.

Authorization code flow with PKCE (RFC 7636), `private_key_jwt` (RFC 7523), signed and encrypted tokens, the issuer in
the answer (RFC 9207). Authlib speaks to the token endpoint; which answers are believed is decided here and in
`id_tokens`, one refusal for each check.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from joserfc import jwt

from eservices.actions.client_keys import ensure_keys, usable_key
from eservices.contract import VerifiedIdentity
from eservices.enums import ClientKeyUse, Level
from eservices.errors import (
    IdentityCancelled,
    IdentityIssuerMismatch,
    IdentityLevelTooLow,
    IdentityMalformed,
    IdentityProviderError,
    IdentityStateInvalid,
    IdentitySubjectMismatch,
    IdentityUnavailable,
)
from eservices.identity.id_tokens import (
    check_audience,
    check_fresh,
    check_id_token,
    level_of,
    opened,
    verified,
)
from eservices.identity.metadata import fetch, metadata_of
from eservices.identity.providers import Provider
from eservices.queries.client_keys import private_key

#: Where Django's session keeps the logins that were begun, by state.
FLOWS_KEY = "identity_flows"
#: So many logins may be under way in one browser; an older one is forgotten.
FLOWS = 5
#: The person has so long at the provider.
FLOW_LASTS = timedelta(minutes=15)
#: A client assertion is valid for so long (seconds).
ASSERTION_LASTS = 90
#: What a person may come for.
PURPOSES = ("login", "step_up", "link")
#: Errors by which a provider says that it cannot prove the level that was asked.
_LEVEL_ERRORS = frozenset({"unmet_authentication_requirements", "invalid_acr_values"})


@dataclass(frozen=True, kw_only=True)
class Flow:
    """One way to a provider and back: why, where to afterwards, who was logged in (public id, or empty)."""

    provider: str
    purpose: str
    goal: str
    level: Level
    user: str
    language: str
    began_at: datetime
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back and was believed; `hint` is the signed ID token, for logging out at the provider."""

    identity: VerifiedIdentity
    hint: str = field(repr=False)


class ShortAssertion(PrivateKeyJWT):
    """Our signed assertion: a minute and a half, named once. Authlib's own lasts an hour."""

    def sign(self, auth: Any, token_endpoint: str) -> str:
        """Return a new assertion for the provider's token endpoint."""
        return client_assertion(client_id=auth.client_id, audience=token_endpoint)


def client_assertion(*, client_id: str, audience: str, now: datetime | None = None) -> str:
    """Return a signed statement of who we are (RFC 7523, section 2.2), valid for 90 seconds."""
    row = usable_key(use=ClientKeyUse.SIGN)
    seconds = int((now or timezone.now()).timestamp())
    claims = {
        "iss": client_id,
        "sub": client_id,
        "aud": audience,
        "jti": secrets.token_urlsafe(24),
        "iat": seconds,
        "exp": seconds + ASSERTION_LASTS,
    }
    return jwt.encode({"alg": "RS256", "kid": row.kid}, claims, private_key(row))


def redirect_address(provider: Provider) -> str:
    """Return the one address to which this provider leads back; it is registered there letter by letter."""
    return settings.PUBLIC_BASE_URL + reverse("oidc-callback", args=[provider.key])


def begin(
    request: HttpRequest,
    provider: Provider,
    *,
    purpose: str,
    goal: str,
    level: Level,
    language: str,
    user: str = "",
    now: datetime | None = None,
) -> str:
    """Remember why the person goes to the provider and return the address that leads there.

    For anything but a first login the provider must ask anew. Raises what `metadata_of` raises.
    """
    metadata = metadata_of(provider)
    ensure_keys()  # the provider reads our keys as soon as the person arrives
    now = now or timezone.now()
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    parameters: dict[str, str] = {
        "nonce": nonce,
        "ui_locales": language,
        "claims": json.dumps(provider.claims),
    }
    if acr := provider.asked_acr(level):
        parameters["acr_values"] = " ".join(acr)
    if purpose != "login":
        parameters |= {"prompt": "login", "max_age": "1"}
    address, _state = _client(provider, purpose=purpose).create_authorization_url(
        metadata["authorization_endpoint"], state=state, code_verifier=verifier, **parameters
    )
    flows = request.session.get(FLOWS_KEY, {})
    newest = sorted(flows.items(), key=lambda item: item[1]["began_at"])[-(FLOWS - 1) :]
    row = {
        "provider": provider.key,
        "purpose": purpose,
        "goal": goal,
        "level": int(level),
        "user": user,
        "language": language,
        "began_at": now.isoformat(),
        "nonce": nonce,
        "verifier": verifier,
    }
    request.session[FLOWS_KEY] = {**dict(newest), state: row}
    return str(address)


def take_flow(request: HttpRequest, provider: Provider, *, now: datetime | None = None) -> Flow:
    """Return why the person who comes back went there, once; raises IdentityStateInvalid.

    Whatever is wrong with the answer later: this state is used up.
    """
    flows = dict(request.session.get(FLOWS_KEY, {}))
    row = flows.pop(request.GET.get("state", ""), None)
    if row is None:
        raise IdentityStateInvalid
    request.session[FLOWS_KEY] = flows
    flow = Flow(
        **{
            **row,
            "level": Level(row["level"]),
            "began_at": datetime.fromisoformat(row["began_at"]),
        }
    )
    if flow.provider != provider.key or (now or timezone.now()) - flow.began_at > FLOW_LASTS:
        raise IdentityStateInvalid
    return flow


def finish(
    query: Mapping[str, str], provider: Provider, flow: Flow, *, now: datetime | None = None
) -> Answer:
    """Return who came back, after every check; each refusal has its own class (see `errors.providers`)."""
    metadata = metadata_of(provider)
    _check_issuer(query.get("iss"), metadata)
    if error := query.get("error"):
        raise _refusal_of(error)
    if not query.get("code"):
        raise IdentityMalformed
    tokens = _exchange(provider, metadata, code=query["code"], flow=flow)
    now = now or timezone.now()
    signed = opened(tokens.get("id_token"), provider)
    claims = verified(signed, provider)
    check_id_token(claims, provider, issuer=metadata["issuer"], nonce=flow.nonce, now=now)
    if flow.purpose != "login":
        check_fresh(claims, since=flow.began_at, now=now)
    details = _userinfo(provider, metadata, tokens, subject=claims["sub"])
    level, method = level_of(provider, claims, details)
    if method is None or level < max(flow.level, Level.LOW):
        raise IdentityLevelTooLow
    identity = VerifiedIdentity(
        provider=provider.key,
        issuer=metadata["issuer"],
        subject=claims["sub"],
        method=method,
        level=level,
        at=now,
        source=provider.source,
        **_details(provider, {**claims, **details}),
    )
    return Answer(identity=identity, hint=signed)


def _client(provider: Provider, *, purpose: str = "login") -> OAuth2Session:
    client = OAuth2Session(
        client_id=provider.client_id,
        client_secret="",
        token_endpoint_auth_method=ShortAssertion.name,
        scope=" ".join(provider.asked_scopes(purpose=purpose)),
        redirect_uri=redirect_address(provider),
        code_challenge_method="S256",
    )
    client.register_client_auth_method(ShortAssertion())
    return client


def _check_issuer(told: str | None, metadata: Mapping[str, Any]) -> None:
    """Raise when the answer names another issuer, or none although the provider says that it names it (RFC 9207)."""
    must = metadata.get("authorization_response_iss_parameter_supported") is True
    if told is None and not must:
        return
    if not constant_time_compare(told or "", metadata["issuer"]):
        raise IdentityIssuerMismatch


def _refusal_of(error: str) -> Exception:
    if error == "access_denied":
        return IdentityCancelled()
    if error in _LEVEL_ERRORS:
        return IdentityLevelTooLow()
    if error == "temporarily_unavailable":
        return IdentityUnavailable()
    return IdentityProviderError()


def _exchange(
    provider: Provider, metadata: Mapping[str, Any], *, code: str, flow: Flow
) -> Mapping[str, Any]:
    """Give the code for the tokens; raises IdentityProviderError or IdentityUnavailable."""
    try:
        with _client(provider, purpose=flow.purpose) as client:
            tokens: Mapping[str, Any] = client.fetch_token(
                metadata["token_endpoint"],
                grant_type="authorization_code",
                code=code,
                code_verifier=flow.verifier,
                timeout=(3, provider.timeout),
                allow_redirects=False,
            )
    except OAuthError as error:
        raise IdentityProviderError from error
    except (requests.RequestException, ValueError) as error:
        raise IdentityUnavailable from error
    return tokens


def _userinfo(
    provider: Provider,
    metadata: Mapping[str, Any],
    tokens: Mapping[str, Any],
    *,
    subject: str,
) -> dict[str, Any]:
    """Return the provider's details about the person, in the agreed form and about the same person."""
    if provider.userinfo_format == "none":
        return {}
    address, token = metadata.get("userinfo_endpoint"), tokens.get("access_token")
    if not isinstance(address, str) or not isinstance(token, str):
        raise IdentityMalformed
    answer = fetch(provider, address, headers={"Authorization": f"Bearer {token}"})
    wanted = "application/jwt" if provider.userinfo_format == "jwt" else "application/json"
    if answer.media_type != wanted:
        raise IdentityMalformed
    text = answer.content.decode("utf-8", errors="replace").strip()
    if provider.userinfo_format == "jwt":
        details = verified(opened(text, provider), provider)
        if "iss" in details and details["iss"] != metadata["issuer"]:
            raise IdentityIssuerMismatch
        if "aud" in details:
            check_audience(details, provider)
    else:
        details = _object(text)
    if details.get("sub") != subject:
        raise IdentitySubjectMismatch
    return details


def _object(text: str) -> dict[str, Any]:
    try:
        content = json.loads(text)
    except ValueError as error:
        raise IdentityMalformed from error
    if not isinstance(content, dict):
        raise IdentityMalformed
    return content


def _details(provider: Provider, claims: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the claims say about the person; a claim of another form counts as missing."""

    def text(name: str) -> str:
        value = claims.get(name) if name else None
        return value.strip() if isinstance(value, str) else ""

    allowed = bool(settings.NATIONAL_NUMBER_AUTHORISATION)
    return {
        "national_number": text(provider.number_claim) if allowed else "",
        "first_name": text(provider.first_name_claim),
        "last_name": text(provider.last_name_claim),
        "birth_date": _date(text(provider.birth_date_claim)),
        "email": text(provider.email_claim),
        "language": provider.locale_map.get(text(provider.language_claim), ""),
    }


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
