"""Logging out at the identity provider too: offered after our own logout, never done by itself.

The provider may serve other services in the same browser, so only the person can say (OpenID Connect RP-Initiated
Logout 1.0). The ID token that the provider wants to see is kept encrypted; it goes in the body of a form, since an
address may hold no personal data.
"""

import base64
import json
from dataclasses import dataclass, field

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from eservices import keyring
from eservices.errors import DomainError
from eservices.identity.metadata import metadata_of
from eservices.identity.providers import Provider, openid_provider

LOGOUT_KEY = "provider_logout"
_PLACE = "provider-logout"


@dataclass(frozen=True, kw_only=True)
class ProviderLogout:
    """A provider at which the person may still be logged in; `hint` is the signed ID token."""

    provider: Provider
    hint: str = field(repr=False)


def remember(request: HttpRequest, *, provider: str, hint: str) -> None:
    """Remember by which provider the person came; without a hint there is nothing to log out of."""
    if hint:
        text = json.dumps({"provider": provider, "hint": hint})
        sealed = keyring.seal(text, place=_PLACE)
        request.session[LOGOUT_KEY] = base64.b64encode(sealed).decode()


def kept(request: HttpRequest) -> str | None:
    """Return what a session remembers, sealed: take it before the session ends, `restore` it afterwards."""
    return request.session.get(LOGOUT_KEY)


def restore(request: HttpRequest, sealed: str | None) -> None:
    """Put what `kept` returned into the session that follows."""
    if sealed:
        request.session[LOGOUT_KEY] = sealed


def offered(request: HttpRequest) -> ProviderLogout | None:
    """Return the provider at which this browser may still be logged in, for the link after our logout."""
    sealed = request.session.get(LOGOUT_KEY)
    if not sealed:
        return None
    row = json.loads(keyring.unseal(base64.b64decode(sealed), place=_PLACE))
    try:
        return ProviderLogout(provider=openid_provider(row["provider"]), hint=row["hint"])
    except DomainError:
        return None


def forget(request: HttpRequest) -> None:
    """Forget the provider."""
    request.session.pop(LOGOUT_KEY, None)


def address_of(provider: Provider) -> str:
    """Return where the provider logs people out; empty when it does not say. Raises what `metadata_of` raises."""
    address = metadata_of(provider).get("end_session_endpoint")
    return address if isinstance(address, str) else ""


def return_address(provider: Provider) -> str:
    """Return the address to which the provider leads back; it is registered there."""
    return settings.PUBLIC_BASE_URL + reverse("oidc-logged-out", args=[provider.key])
