"""Answers about our keys towards identity providers: what is public, which one signs, which ones open."""

import json
from typing import TYPE_CHECKING, Any

from eservices import keyring
from eservices.enums import ClientKeyState, ClientKeyUse
from eservices.models import ClientKey

if TYPE_CHECKING:
    from joserfc.jwk import RSAKey

#: States in which a key's public half is shown and its private half still opens what was made for it.
PUBLIC_STATES = (ClientKeyState.ACTIVE, ClientKeyState.NEXT, ClientKeyState.RETIRING)


def key_place_of(row: ClientKey) -> str:
    """Return the place to which a sealed private key is tied (see `keyring.seal`)."""
    return f"client-key:{row.kid}"


def public_keys() -> list[dict[str, Any]]:
    """Return the public halves of our keys (RFC 7517), the ones in use first; empty before the first were made."""
    rows = ClientKey.objects.filter(state__in=PUBLIC_STATES)
    ranked = sorted(rows, key=lambda row: (row.use, PUBLIC_STATES.index(ClientKeyState(row.state))))
    return [row.public_jwk for row in ranked]


def active_key(use: ClientKeyUse) -> ClientKey | None:
    """Return the key that is in use; None before the first was made."""
    return ClientKey.objects.filter(use=use, state=ClientKeyState.ACTIVE).first()


def opening_keys(kid: str = "") -> "list[RSAKey]":
    """Return our private keys that may open a token: the one it names, or all when it names none.

    Providers keep our keys for hours: the one before and the one to come open too.
    """
    rows = ClientKey.objects.filter(use=ClientKeyUse.ENCRYPT, state__in=PUBLIC_STATES)
    if kid:
        rows = rows.filter(kid=kid)
    return [private_key(row) for row in rows]


def private_key(row: ClientKey) -> "RSAKey":
    """Return the private half of a key, ready to be used."""
    from joserfc.jwk import RSAKey  # heavy: OpenSSL

    sealed = bytes(row.sealed_private_jwk)
    return RSAKey.import_key(json.loads(keyring.unseal(sealed, place=key_place_of(row))))
