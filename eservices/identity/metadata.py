"""What an identity provider publishes about itself: addresses and keys, fetched with time limits, kept for an hour."""

import json
import time
from dataclasses import dataclass
from threading import Lock
from typing import Any

import requests
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from urllib3.exceptions import HTTPError

from eservices.errors import IdentityIssuerMismatch, IdentityMalformed, IdentityUnavailable
from eservices.identity.providers import Provider

#: How long a document is believed (seconds).
KEPT = 3600
#: An unknown key makes us ask again, so often at most (seconds).
ASK_AGAIN = 30
#: No document of a provider is longer (bytes).
LONGEST = 1024 * 1024
#: OpenID Connect Discovery 1.0, section 4.
WELL_KNOWN = "/.well-known/openid-configuration"
#: What we use of a discovery document.
_NEEDED = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")

_documents: dict[str, tuple[float, dict[str, Any]]] = {}
_lock = Lock()


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """What a provider answered: its bytes and their media type, in lower case and without parameters."""

    content: bytes
    media_type: str


def fetch(provider: Provider, address: str, *, headers: dict[str, str] | None = None) -> Fetched:
    """Return the answer to a GET at the provider, which leads nowhere else.

    Raises IdentityUnavailable for time-outs and everything but 200, IdentityMalformed above a megabyte.
    """
    limits = (3, provider.timeout)
    try:
        with requests.get(
            address, headers=headers, timeout=limits, allow_redirects=False, stream=True
        ) as response:
            content = response.raw.read(LONGEST + 1, decode_content=True)
    except (requests.RequestException, HTTPError, OSError) as error:
        raise IdentityUnavailable from error
    if response.status_code != 200:
        raise IdentityUnavailable
    if len(content) > LONGEST:
        raise IdentityMalformed
    media_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    return Fetched(content=content, media_type=media_type)


def metadata_of(provider: Provider) -> dict[str, Any]:
    """Return the provider's discovery document, with the issuer that its tokens name.

    Raises IdentityIssuerMismatch when the document speaks for another issuer than its address (unless the settings name
    one), IdentityMalformed, IdentityUnavailable.
    """
    document = dict(_document(provider, provider.discovery))
    if not all(isinstance(document.get(name), str) for name in _NEEDED):
        raise IdentityMalformed
    if provider.expected_issuer:
        document["issuer"] = provider.expected_issuer
    elif document["issuer"].rstrip("/") + WELL_KNOWN != provider.discovery:
        raise IdentityIssuerMismatch
    return document


def keys_of(provider: Provider, *, kid: str) -> KeySet:
    """Return the keys by which the provider signs; asked anew when none has this name: it may have replaced them."""
    address = metadata_of(provider)["jwks_uri"]
    keys = _key_set(_document(provider, address))
    if kid and kid not in {key.kid for key in keys.keys}:
        keys = _key_set(_document(provider, address, at_most=ASK_AGAIN))
    return keys


def forget() -> None:
    """Forget every document: for tests, and after a provider moved."""
    with _lock:
        _documents.clear()


def _document(provider: Provider, address: str, *, at_most: float = KEPT) -> dict[str, Any]:
    known = _documents.get(address)
    now = time.monotonic()
    if known is not None and now - known[0] < at_most:
        return known[1]
    try:
        content = json.loads(fetch(provider, address).content)
    except ValueError as error:
        raise IdentityMalformed from error
    if not isinstance(content, dict):
        raise IdentityMalformed
    with _lock:
        _documents[address] = (now, content)
    return content


def _key_set(content: dict[str, Any]) -> KeySet:
    """Return the public keys for signatures of a document; kinds that we do not know are left out."""
    usable = [
        row
        for row in content.get("keys", [])
        if isinstance(row, dict) and row.get("kty") in ("RSA", "EC") and row.get("use") != "enc"
    ]
    try:
        return KeySet.import_key_set({"keys": usable})
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise IdentityMalformed from error
