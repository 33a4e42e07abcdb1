"""Encryption of the few columns that need it, with keys of their own (never SECRET_KEY).

AES-256-GCM; a sealed value is `id length, key id, nonce, ciphertext`. The newest key seals, every
key opens, so that keys rotate without a pause. The associated data ties a value to its place: moved
elsewhere it does not open.
"""

import base64
import binascii
import hashlib
import hmac
import os
from collections.abc import Sequence

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

_NONCE_BYTES = 12


def _keys() -> dict[bytes, bytes]:
    return ring(settings.FIELD_ENCRYPTION_KEYS)


def ring(entries: Sequence[str], *, name: str = "FIELD_ENCRYPTION_KEYS") -> dict[bytes, bytes]:
    """Return keys by id, newest first, from "id:base64" texts; ImproperlyConfigured says what is
    wrong with one, and that it stands in the setting `name`.
    """
    keys: dict[bytes, bytes] = {}
    for entry in entries:
        key_id, _, encoded = entry.partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except binascii.Error as error:
            raise ImproperlyConfigured(f"{name}: the key “{key_id}” is not base64.") from error
        if len(key) != 32:
            raise ImproperlyConfigured(f"{name}: the key “{key_id}” is not 32 bytes long.")
        keys[key_id.encode()] = key
    if not keys:
        raise ImproperlyConfigured(f"{name} holds no key.")
    return keys


def seal(plain: str, *, place: str) -> bytes:
    """Encrypt a text for one place (for example `submission:<uuid>`)."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # heavy: OpenSSL

    key_id, key = next(iter(_keys().items()))
    nonce = os.urandom(_NONCE_BYTES)
    return (
        bytes([len(key_id)])
        + key_id
        + nonce
        + AESGCM(key).encrypt(nonce, plain.encode(), place.encode())
    )


def unseal(sealed: bytes, *, place: str) -> str:
    """Decrypt what `seal` made for the same place; raises cryptography's InvalidTag otherwise.

    ImproperlyConfigured when its key has left the ring: the value is lost until the key is back.
    """
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # heavy: OpenSSL

    sealed = bytes(sealed)
    length = sealed[0]
    key_id, rest = sealed[1 : 1 + length], sealed[1 + length :]
    nonce, cipher = rest[:_NONCE_BYTES], rest[_NONCE_BYTES:]
    key = _keys().get(key_id)
    if key is None:
        name = key_id.decode(errors="replace")
        raise ImproperlyConfigured(f"FIELD_ENCRYPTION_KEYS: the key “{name}” is missing.")
    return AESGCM(key).decrypt(nonce, cipher, place.encode()).decode()


def is_newest(sealed: bytes) -> bool:
    """Whether a value was sealed with the newest key; `actions.rotation` seals the others anew."""
    sealed = bytes(sealed)
    return sealed[1 : 1 + sealed[0]] == next(iter(_keys()))


def lookup(value: str, *, kind: str) -> str:
    """Return a keyed hash (HMAC-SHA256, newest key) by which an encrypted value such as a national
    number is stored to be found again.
    """
    return lookups(value, kind=kind)[0]


def lookups(value: str, *, kind: str) -> list[str]:
    """Return the hashes of a value under every key, newest first: search with all of them, so that
    rows written before a rotation are found too.
    """
    keys = ring(settings.LOOKUP_HMAC_KEYS, name="LOOKUP_HMAC_KEYS")
    text = f"{kind}:{value}".encode()
    return [hmac.new(key, text, hashlib.sha256).hexdigest() for key in keys.values()]
