"""Opening and checking the tokens of identity providers (OpenID Connect Core 3.1.3.7, RFC 7516, RFC 7519).

A token is exactly what was agreed: signed, then encrypted, with the agreed algorithms. Nothing is guessed from the
token itself.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.crypto import constant_time_compare
from joserfc import jwe, jwt
from joserfc.errors import BadSignatureError, DecodeError, JoseError
from joserfc.jwe import JWERegistry
from joserfc.util import urlsafe_b64decode

from eservices.enums import Level, Method
from eservices.errors import (
    IdentityAudience,
    IdentityAuthorisedParty,
    IdentityExpired,
    IdentityIssuerMismatch,
    IdentityMalformed,
    IdentityNonceMismatch,
    IdentityNotEncrypted,
    IdentitySignature,
    IdentityStale,
    IdentityUndecryptable,
    IdentityUnsigned,
)
from eservices.identity.metadata import keys_of
from eservices.identity.providers import Provider
from eservices.queries.client_keys import opening_keys

#: Clocks may differ by so much (seconds).
LEEWAY = 60
#: Parts between the dots: signed, and encrypted.
_SIGNED, _ENCRYPTED = 3, 5


def opened(token: Any, provider: Provider) -> str:
    """Return the signed token inside an encrypted one; a token that need not be encrypted comes back as it is.

    Raises IdentityNotEncrypted, IdentityUndecryptable, IdentityMalformed.
    """
    if not isinstance(token, str):
        raise IdentityMalformed
    parts = token.count(".") + 1
    if provider.require_jwe and parts != _ENCRYPTED:
        raise IdentityNotEncrypted
    if parts == _SIGNED:
        return token
    if parts != _ENCRYPTED:
        raise IdentityMalformed
    header = _header(token)
    if (header.get("alg"), header.get("enc")) != tuple(provider.encryption) or "zip" in header:
        raise IdentityUndecryptable
    if str(header.get("cty", "JWT")).upper() != "JWT":
        raise IdentityMalformed
    # Providers repeat claims in the header (RFC 7519, 5.3), which joserfc would refuse.
    registry = JWERegistry(algorithms=list(provider.encryption), strict_check_header=False)
    for key in opening_keys(str(header.get("kid", ""))):
        try:
            plain = jwe.decrypt_compact(token, key, registry=registry).plaintext
        except (JoseError, ValueError):
            continue
        inner = (plain or b"").decode("ascii", errors="replace")
        if inner.count(".") + 1 != _SIGNED:
            raise IdentityUnsigned
        return inner
    raise IdentityUndecryptable


def verified(token: str, provider: Provider) -> dict[str, Any]:
    """Return the claims of a signed token whose signature is the provider's.

    Raises IdentityUnsigned for `none`, IdentitySignature for a wrong one or another algorithm than agreed.
    """
    header = _header(token)
    algorithm = str(header.get("alg", ""))
    if algorithm.lower() in ("", "none") or token.endswith("."):
        raise IdentityUnsigned
    if algorithm != provider.signature:
        raise IdentitySignature
    keys = keys_of(provider, kid=str(header.get("kid", "")))
    try:
        claims = jwt.decode(token, keys, algorithms=[provider.signature]).claims
    except BadSignatureError as error:
        raise IdentitySignature from error
    except DecodeError as error:
        raise IdentityMalformed from error
    except (JoseError, ValueError) as error:  # no such key, or not one for this algorithm
        raise IdentitySignature from error
    if not isinstance(claims, dict):
        raise IdentityMalformed
    return claims


def check_id_token(
    claims: dict[str, Any], provider: Provider, *, issuer: str, nonce: str, now: datetime
) -> None:
    """Raise the first thing that is wrong with an ID token: issuer, audience, party, time, nonce, subject."""
    if claims.get("iss") != issuer:
        raise IdentityIssuerMismatch
    check_audience(claims, provider)
    seconds = now.timestamp()
    expires, issued, begins = (_number(claims.get(name)) for name in ("exp", "iat", "nbf"))
    if expires is None or issued is None:
        raise IdentityMalformed
    if seconds >= expires + LEEWAY or issued > seconds + LEEWAY:
        raise IdentityExpired
    if begins is not None and begins > seconds + LEEWAY:
        raise IdentityExpired
    if not constant_time_compare(str(claims.get("nonce", "")), nonce):
        raise IdentityNonceMismatch
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= 255:
        raise IdentityMalformed


def check_audience(claims: dict[str, Any], provider: Provider) -> None:
    """Raise when a token was made for somebody else, or asked by somebody else."""
    audience = claims.get("aud")
    named = [audience] if isinstance(audience, str) else audience
    if not isinstance(named, list) or provider.client_id not in named:
        raise IdentityAudience
    party = claims.get("azp")
    if (len(named) > 1 or party is not None) and party != provider.client_id:
        raise IdentityAuthorisedParty


def check_fresh(claims: dict[str, Any], *, since: datetime, now: datetime) -> None:
    """Raise IdentityStale unless the provider says that the person proved who they are after `since`."""
    proved = _number(claims.get("auth_time"))
    if proved is None:
        raise IdentityStale
    if not since.timestamp() - LEEWAY <= proved <= now.timestamp() + LEEWAY:
        raise IdentityStale


def level_of(provider: Provider, *sources: dict[str, Any]) -> tuple[Level, Method | None]:
    """Return what the provider's words are worth: the best of those that the table of levels holds, else nothing.

    The first of `sources` (claims) that holds the claim counts; none of them counts as the empty word.
    """
    values: Sequence[Any] = [""]
    for claims in sources:
        told = claims.get(provider.level_claim)
        if told not in (None, "", []):
            values = told if isinstance(told, list) else [told]
            break
    known = [provider.levels[value] for value in map(str, values) if value in provider.levels]
    return max(known, default=(Level.ANONYMOUS, None), key=lambda row: row[0])


def _header(token: str) -> dict[str, Any]:
    try:
        header = json.loads(urlsafe_b64decode(token.partition(".")[0].encode()))
    except ValueError as error:
        raise IdentityMalformed from error
    if not isinstance(header, dict):
        raise IdentityMalformed
    return header


def _number(value: Any) -> float | None:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return float(value) if is_number else None
