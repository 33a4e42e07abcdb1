"""Passkeys (WebAuthn level 3): asking a device, checking its answer, keeping its public key.

A passkey proves two things at once, the device and the person before it (user verification), so that it opens the
account without a password. The names that devices check (relying party, origin) come from PUBLIC_BASE_URL, never from
a request.
"""

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

import webauthn
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from webauthn.helpers import (
    parse_authentication_credential_json,
    parse_registration_credential_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from eservices.actions.login_methods import MOST_METHODS, tell_change
from eservices.enums import AuthenticationEventKind, Method
from eservices.errors import MethodsFull, PasskeyCopied, PasskeyKnown, PasskeyRefused
from eservices.models import Passkey, PortalSession, User

#: A question to a device can be answered once, within so many seconds.
CHALLENGE_SECONDS = 300
_LOOPBACK = ("127.0.0.1", "::1")


@dataclass(frozen=True, kw_only=True)
class Question:
    """What a device is asked: the options of the browser's call as JSON, and the challenge it must sign."""

    options: str
    challenge: bytes


def origin() -> str:
    """Return the address whose pages may use passkeys.

    A device knows a portal by a name, never by a number: on one's own machine the name is localhost.
    """
    parts = urlsplit(settings.PUBLIC_BASE_URL)
    host = "localhost" if parts.hostname in _LOOPBACK else parts.hostname
    return f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port else "")


def relying_party() -> str:
    """Return the name by which devices know this portal."""
    return urlsplit(origin()).hostname or ""


def ask_to_register(*, user: User, portal: str) -> Question:
    """Return the question that makes a device create a passkey; `portal` is the name that it shows."""
    options = webauthn.generate_registration_options(
        rp_id=relying_party(),
        rp_name=portal,
        user_id=user.public_id.bytes,
        user_name=user.email,
        user_display_name=user.display_name,
        timeout=1000 * CHALLENGE_SECONDS,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=_descriptors(user),
    )
    return Question(options=webauthn.options_to_json(options), challenge=options.challenge)


def ask_to_prove(*, user: User | None = None) -> Question:
    """Return the question that makes a device prove a passkey: any of this portal's, or one of `user`."""
    options = webauthn.generate_authentication_options(
        rp_id=relying_party(),
        timeout=1000 * CHALLENGE_SECONDS,
        allow_credentials=_descriptors(user) if user else None,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return Question(options=webauthn.options_to_json(options), challenge=options.challenge)


def add_passkey(
    *,
    user: User,
    answer: str,
    challenge: bytes,
    name: str,
    browser: str = "",
    session: PortalSession | None = None,
    now: datetime | None = None,
) -> Passkey:
    """Keep the passkey that a device has made. Raises PasskeyRefused, PasskeyKnown, MethodsFull above ten."""
    try:
        credential = parse_registration_credential_json(answer)
        verified = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=relying_party(),
            expected_origin=origin(),
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError) as error:
        raise PasskeyRefused from error
    with transaction.atomic():
        locked = User.objects.select_for_update().get(pk=user.pk)
        if Passkey.objects.filter(user=locked).count() >= MOST_METHODS:
            raise MethodsFull(limit=MOST_METHODS)
        passkey = Passkey(
            user=locked,
            name=name,
            confirmed=True,
            credential_id=verified.credential_id,
            credential_hash=_hash(verified.credential_id),
            public_key=verified.credential_public_key,
            sign_count=verified.sign_count,
            transports=[way.value for way in credential.response.transports or []],
        )
        try:
            with transaction.atomic():
                passkey.save(force_insert=True)
        except IntegrityError as error:
            raise PasskeyKnown from error
        kind = AuthenticationEventKind.METHOD_ADDED
        tell_change(
            user=locked, kind=kind, method=Method.PASSKEY, browser=browser, session=session, now=now
        )
    return passkey


def check_passkey(
    *, answer: str, challenge: bytes, user: User | None = None, now: datetime | None = None
) -> Passkey:
    """Return the passkey that a device has proved, with its person; `user` is who it must be, if that is known.

    Raises PasskeyRefused for an answer that proves nothing (an unknown key, another origin, nobody verified, an account
    that is closed), and PasskeyCopied when the counter of the device went back.
    """
    try:
        credential = parse_authentication_credential_json(answer)
    except (WebAuthnException, ValueError) as error:
        raise PasskeyRefused from error
    with transaction.atomic():
        passkey: Passkey | None = (
            Passkey.objects.select_for_update(of=("self",))
            .select_related("user")
            .filter(credential_hash=_hash(credential.raw_id), confirmed=True, user__is_active=True)
            .first()
        )
        if passkey is None or not _is_of(passkey, credential, user):
            raise PasskeyRefused
        count = _proved_count(passkey, credential, challenge)
        if passkey.sign_count and count <= passkey.sign_count:
            raise PasskeyCopied
        passkey.sign_count = count
        passkey.last_used_at = now or timezone.now()
        passkey.save(update_fields=["sign_count", "last_used_at"])
    return passkey


def _is_of(passkey: Passkey, credential: AuthenticationCredential, user: User | None) -> bool:
    handle = credential.response.user_handle
    named = handle is None or handle == passkey.user.public_id.bytes
    return named and (user is None or passkey.user_id == user.pk)


def _proved_count(passkey: Passkey, credential: AuthenticationCredential, challenge: bytes) -> int:
    """Return the counter that the device signed; ours is compared by the caller, who can say why."""
    try:
        verified = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=relying_party(),
            expected_origin=origin(),
            credential_public_key=bytes(passkey.public_key),
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError) as error:
        raise PasskeyRefused from error
    return verified.new_sign_count


def _descriptors(user: User) -> list[PublicKeyCredentialDescriptor]:
    rows = Passkey.objects.filter(user=user, confirmed=True).order_by("pk")
    return [
        PublicKeyCredentialDescriptor(id=bytes(row.credential_id), transports=_ways(row.transports))
        for row in rows
    ]


def _ways(names: Iterable[str]) -> list[AuthenticatorTransport]:
    """Return the ways to reach a device that this release knows."""
    ways = []
    for name in names:
        with suppress(ValueError):
            ways.append(AuthenticatorTransport(name))
    return ways


def _hash(credential_id: bytes) -> str:
    return hashlib.sha256(bytes(credential_id)).hexdigest()
