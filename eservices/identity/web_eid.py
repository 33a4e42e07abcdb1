"""Logging in with an identity card in a reader: the Web eID token, checked completely before anybody is believed.

The card signs `H(origin) || H(challenge)`, where H is the hash of the token's algorithm, the origin has no slash at the
end, and the challenge is hashed as the base64 text that the browser got (web-eid-system-architecture-doc, "Web eID
authentication token format"). The order of checks: form, signature, chain, purpose, revocation, person.
"""

import base64
import binascii
import hashlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.x509.oid import NameOID

from eservices.contract import VerifiedIdentity
from eservices.enums import Level, Method
from eservices.errors import (
    WebEidAlgorithm,
    WebEidChallengeExpired,
    WebEidCountry,
    WebEidMalformed,
    WebEidPersonUnknown,
    WebEidSignature,
)
from eservices.identity.card_trust import check_card, trust_of
from eservices.identity.providers import Provider
from eservices.queries.identifiers import facts_of

#: How long a card has to answer.
LIFETIME = timedelta(minutes=5)
#: A token with a certificate of 4096 bits stays far below (characters).
LONGEST_TOKEN = 16_000
#: Under which name the number of a card is known as its subject; it outlives the card.
ISSUER = "urn:be:eid:card"

_FORMAT = re.compile(r"web-eid:1(\.\d{1,3})?", re.ASCII)
_ALGORITHM = re.compile(r"(ES|RS|PS)(256|384|512)", re.ASCII)
_HASHES: Mapping[str, hashes.HashAlgorithm] = {
    "256": hashes.SHA256(),
    "384": hashes.SHA384(),
    "512": hashes.SHA512(),
}
#: Which curve goes with which algorithm (RFC 7518, 3.4).
_CURVES = {"256": "secp256r1", "384": "secp384r1", "512": "secp521r1"}
_SMALLEST_RSA = 2048


@dataclass(frozen=True, kw_only=True)
class Challenge:
    """What a card is asked to sign: 44 random bytes as base64 text, and since when."""

    text: str
    at: datetime

    @classmethod
    def new(cls, *, now: datetime) -> "Challenge":
        """Return one that nobody can guess."""
        return cls(text=base64.b64encode(secrets.token_bytes(44)).decode(), at=now)


def verify(
    token: Any, *, challenge: Challenge, origin: str, provider: Provider, now: datetime
) -> VerifiedIdentity:
    """Return who holds the card that answered `challenge` for the page at `origin` (scheme and host, no slash).

    Raises a subclass of WebEidRefused that names the check that failed, or WebEidRevocationUnknown when the authority
    of the card does not answer.
    """
    if now - challenge.at > LIFETIME:
        raise WebEidChallengeExpired
    algorithm, signature, card = _read(token)
    _check_signature(card, algorithm, signature, origin=origin, challenge=challenge)
    check_card(card, trust=trust_of(provider.options), now=now)
    return _person(card, provider=provider, now=now)


def _read(token: Any) -> tuple[re.Match[str], bytes, x509.Certificate]:
    """Return algorithm, signature and certificate of a token of the agreed form."""
    if not isinstance(token, dict):
        raise WebEidMalformed
    parts = [
        token.get(name) for name in ("format", "algorithm", "signature", "unverifiedCertificate")
    ]
    if not all(isinstance(part, str) and len(part) <= LONGEST_TOKEN for part in parts):
        raise WebEidMalformed
    form, name, signature, certificate = (str(part) for part in parts)
    if not _FORMAT.fullmatch(form):
        raise WebEidMalformed
    algorithm = _ALGORITHM.fullmatch(name)
    if algorithm is None:
        raise WebEidAlgorithm
    try:
        card = x509.load_der_x509_certificate(base64.b64decode(certificate, validate=True))
        return algorithm, base64.b64decode(signature, validate=True), card
    except (binascii.Error, ValueError) as error:
        raise WebEidMalformed from error


def _check_signature(
    card: x509.Certificate,
    algorithm: re.Match[str],
    signature: bytes,
    *,
    origin: str,
    challenge: Challenge,
) -> None:
    family, size = algorithm[1], algorithm[2]
    digest = _HASHES[size]
    signed = b"".join(
        hashlib.new(f"sha{size}", text.encode()).digest() for text in (origin, challenge.text)
    )
    try:
        key = card.public_key()
    except (UnsupportedAlgorithm, ValueError) as error:
        raise WebEidAlgorithm from error
    try:
        if family == "ES" and isinstance(key, ec.EllipticCurvePublicKey):
            if key.curve.name != _CURVES[size]:
                raise WebEidAlgorithm
            key.verify(_der(signature, key), signed, ec.ECDSA(digest))
        elif family != "ES" and isinstance(key, rsa.RSAPublicKey):
            if key.key_size < _SMALLEST_RSA:
                raise WebEidAlgorithm
            key.verify(signature, signed, _padding(family, digest), digest)
        else:
            raise WebEidAlgorithm
    except InvalidSignature as error:
        raise WebEidSignature from error


def _der(signature: bytes, key: ec.EllipticCurvePublicKey) -> bytes:
    """Return the raw `r || s` of a card as DER."""
    length = (key.curve.key_size + 7) // 8
    if len(signature) != 2 * length:
        raise WebEidSignature
    r, s = signature[:length], signature[length:]
    return utils.encode_dss_signature(int.from_bytes(r, "big"), int.from_bytes(s, "big"))


def _padding(family: str, digest: hashes.HashAlgorithm) -> padding.AsymmetricPadding:
    if family == "RS":
        return padding.PKCS1v15()
    return padding.PSS(mgf=padding.MGF1(digest), salt_length=digest.digest_size)


def _person(card: x509.Certificate, *, provider: Provider, now: datetime) -> VerifiedIdentity:
    """Return the holder from the subject of a certificate that was checked."""
    if _values(card, NameOID.COUNTRY_NAME) != ["BE"]:
        raise WebEidCountry
    numbers = _values(card, NameOID.SERIAL_NUMBER)
    facts = facts_of(numbers[0]) if len(numbers) == 1 else None
    first, last = _values(card, NameOID.GIVEN_NAME), _values(card, NameOID.SURNAME)
    if facts is None or not (first or last):
        raise WebEidPersonUnknown
    level, method = provider.levels.get("card", (Level.ANONYMOUS, Method.EID))
    return VerifiedIdentity(
        provider=provider.key,
        issuer=ISSUER,
        subject=facts.number,
        method=method,
        level=level,
        at=now,
        source=provider.source,
        national_number=facts.number,
        first_name=" ".join(first),
        last_name=" ".join(last),
        birth_date=facts.birth_date,
    )


def _values(card: x509.Certificate, oid: x509.ObjectIdentifier) -> list[str]:
    return [str(found.value).strip() for found in card.subject.get_attributes_for_oid(oid)]
