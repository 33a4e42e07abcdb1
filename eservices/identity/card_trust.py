"""Whether the certificate of an identity card is to be believed: its issuer, its purpose, and that it is not revoked.

The roots are pinned by their fingerprint; certificates of the authorities between them and the cards lie in the same
folder. A card is asked about at its authority each time (OCSP, RFC 6960): an answer is never kept.
"""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import requests
from asn1crypto import ocsp as asn1_ocsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID
from django.core.exceptions import ImproperlyConfigured
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import (
    ExpiredError,
    InvalidCertificateError,
    NotYetValidError,
    PathBuildingError,
    PathValidationError,
    RevokedError,
)
from pyhanko_certvalidator.path import ValidationPath
from pyhanko_certvalidator.policy_decl import (
    CertRevTrustPolicy,
    RevocationCheckingPolicy,
    RevocationCheckingRule,
)

from eservices.errors import (
    WebEidExpired,
    WebEidPurpose,
    WebEidRevocationUnknown,
    WebEidRevoked,
    WebEidUntrusted,
)

log = logging.getLogger("guichet.identity")

#: No answer about one certificate is longer (bytes).
LONGEST_ANSWER = 64 * 1024
#: How far the clock of an authority may go before ours.
SKEW = timedelta(minutes=5)

_UNCHECKED = RevocationCheckingPolicy(
    ee_certificate_rule=RevocationCheckingRule.NO_CHECK,
    intermediate_ca_cert_rule=RevocationCheckingRule.NO_CHECK,
)
_ASKED = RevocationCheckingPolicy(
    ee_certificate_rule=RevocationCheckingRule.OCSP_REQUIRED,
    # Authorities are pinned: who takes one out of the folder revokes it.
    intermediate_ca_cert_rule=RevocationCheckingRule.NO_CHECK,
)


@dataclass(frozen=True, kw_only=True)
class CardTrust:
    """Which cards the municipality believes, from the `options` of the provider.

    `oldest_answer` is how long ago an authority may have looked; `revocation` says what happens when it does not
    answer: "require" refuses the card, "prefer" lets it pass (demo only).
    """

    roots: tuple[x509.Certificate, ...]
    between: tuple[x509.Certificate, ...]
    revocation: Literal["require", "prefer"] = "require"
    timeout: float = 5
    oldest_answer: timedelta = timedelta(hours=12)


def trust_of(options: Mapping[str, Any]) -> CardTrust:
    """Read the trust from options; ImproperlyConfigured says what is wrong.

    `authorities` is a folder of PEM files. Each self-signed certificate in it needs its SHA-256 fingerprint
    (hexadecimal, colons allowed) in `roots`; each fingerprint needs its certificate.
    """
    folder = Path(str(options.get("authorities", "")))
    if not options.get("authorities") or not folder.is_dir():
        raise ImproperlyConfigured("Web eID: “authorities” must be a folder of PEM files.")
    revocation = options.get("revocation", "require")
    if revocation not in ("require", "prefer"):
        raise ImproperlyConfigured("Web eID: “revocation” must be “require” or “prefer”.")
    found = [found for path in sorted(folder.glob("*.pem")) for found in _certificates(path)]
    roots = tuple(one for one in found if one.subject == one.issuer)
    pinned = {text.replace(":", "").strip().lower() for text in options.get("roots", ())}
    prints = {one.fingerprint(hashes.SHA256()).hex(): one for one in roots}
    if not pinned:
        raise ImproperlyConfigured("Web eID: “roots” names no fingerprint.")
    for fingerprint in pinned ^ set(prints):
        if fingerprint in prints:
            raise ImproperlyConfigured(
                f"Web eID: “roots” lacks the fingerprint {fingerprint} of a root in “authorities”."
            )
        raise ImproperlyConfigured(
            f"Web eID: no root in “authorities” has the fingerprint {fingerprint}."
        )
    return CardTrust(
        roots=roots,
        between=tuple(one for one in found if one.subject != one.issuer),
        revocation=revocation,
        timeout=float(options.get("timeout", 5)),
        oldest_answer=timedelta(minutes=float(options.get("oldest_answer_minutes", 720))),
    )


def _certificates(path: Path) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(path.read_bytes())
    except ValueError as error:
        raise ImproperlyConfigured(f"Web eID: {path.name} holds no certificate.") from error


def check_card(card: x509.Certificate, *, trust: CardTrust, now: datetime) -> None:
    """Raise what speaks against the certificate of a card; its authority is asked only after the chain holds.

    Raises WebEidUntrusted, WebEidExpired, WebEidPurpose, WebEidRevoked, WebEidRevocationUnknown.
    """
    path = _check_path(card, trust=trust, now=now)
    try:
        _check_revocation(card, path, trust=trust, now=now)
    except WebEidRevocationUnknown as refusal:
        if trust.revocation == "require":
            raise
        log.warning("card_not_checked", extra={"error": refusal.code, "provider": "web_eid"})


def _check_path(card: x509.Certificate, *, trust: CardTrust, now: datetime) -> ValidationPath:
    context = _context(trust, now=now, policy=_UNCHECKED)
    validator = CertificateValidator(_asn1(card), validation_context=context)
    try:
        # Without EKU "client_auth" a certificate of the same card signs documents (non-repudiation).
        return asyncio.run(validator.async_validate_usage({"digital_signature"}, {"client_auth"}))
    except (ExpiredError, NotYetValidError) as error:
        raise WebEidExpired from error
    except InvalidCertificateError as error:
        raise WebEidPurpose from error
    except (PathBuildingError, PathValidationError) as error:
        raise WebEidUntrusted from error


def _check_revocation(
    card: x509.Certificate, path: ValidationPath, *, trust: CardTrust, now: datetime
) -> None:
    issuer = x509.load_der_x509_certificate(list(path.iter_certs(include_root=True))[-2].dump())
    answer = _ask(card, issuer, timeout=trust.timeout)
    _check_time(answer, trust=trust, now=now)
    context = _context(trust, now=now, policy=_ASKED, answer=answer)
    validator = CertificateValidator(_asn1(card), validation_context=context)
    try:
        asyncio.run(validator.async_validate_path())
    except RevokedError as error:
        raise WebEidRevoked from error
    except PathValidationError as error:  # signed by nobody who may, or about another certificate
        raise WebEidRevocationUnknown from error


def _ask(card: x509.Certificate, issuer: x509.Certificate, *, timeout: float) -> bytes:
    """Return the authority's answer (DER); WebEidRevocationUnknown when there is none."""
    # Authorities know their certificates by SHA-1 of names and keys (RFC 5019): it protects nothing here.
    request = ocsp.OCSPRequestBuilder().add_certificate(card, issuer, hashes.SHA1())  # noqa: S303
    body = request.build().public_bytes(serialization.Encoding.DER)
    try:
        with requests.post(
            _address_of(card),
            data=body,
            headers={"Content-Type": "application/ocsp-request"},
            timeout=timeout,
            allow_redirects=False,
            stream=True,
        ) as response:
            if response.status_code != 200:
                raise WebEidRevocationUnknown
            answer = response.raw.read(LONGEST_ANSWER + 1, decode_content=True)
    except (requests.RequestException, OSError) as error:
        raise WebEidRevocationUnknown from error
    if len(answer) > LONGEST_ANSWER:
        raise WebEidRevocationUnknown
    return bytes(answer)


def _address_of(card: x509.Certificate) -> str:
    try:
        access = card.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except x509.ExtensionNotFound as error:
        raise WebEidRevocationUnknown from error
    for entry in access:
        location = entry.access_location
        if entry.access_method == AuthorityInformationAccessOID.OCSP and isinstance(
            location, x509.UniformResourceIdentifier
        ):
            return str(location.value)
    raise WebEidRevocationUnknown


def _check_time(answer: bytes, *, trust: CardTrust, now: datetime) -> None:
    """Refuse what is no answer, or says how things were long ago."""
    try:
        read = ocsp.load_der_ocsp_response(answer)
        if read.response_status != ocsp.OCSPResponseStatus.SUCCESSFUL:
            raise WebEidRevocationUnknown
        begins, ends = read.this_update_utc, read.next_update_utc
    except ValueError as error:
        raise WebEidRevocationUnknown from error
    is_early = begins > now + SKEW
    is_late = begins < now - trust.oldest_answer or (ends is not None and ends < now - SKEW)
    if is_early or is_late:
        raise WebEidRevocationUnknown


def _context(
    trust: CardTrust,
    *,
    now: datetime,
    policy: RevocationCheckingPolicy,
    answer: bytes | None = None,
) -> ValidationContext:
    answers = [asn1_ocsp.OCSPResponse.load(answer)] if answer else []
    return ValidationContext(
        trust_roots=[_asn1(root) for root in trust.roots],
        other_certs=[_asn1(one) for one in trust.between],
        ocsps=answers,
        moment=now,
        allow_fetching=False,
        revinfo_policy=CertRevTrustPolicy(policy),
        time_tolerance=SKEW,
    )


def _asn1(one: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(one.public_bytes(serialization.Encoding.DER))
