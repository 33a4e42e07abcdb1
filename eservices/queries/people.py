"""Answers about people: who looks, which invitation a link belongs to, what an account says."""

import math
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone
from django_otp.plugins.otp_email.models import EmailDevice

from eservices.contract import Viewer
from eservices.enums import InvitationState, Level, MailState
from eservices.errors import InvitationInvalid, ResetLinkInvalid
from eservices.identity.tokens import token_hash
from eservices.models import (
    EmailChange,
    Invitation,
    OutgoingMail,
    PortalSession,
    TermsVersion,
    User,
)
from eservices.queries.profiles import acting_profile
from eservices.queries.sessions import level_of, proofs_of

#: The owner of the old address can undo a change for so long.
UNDO_WITHIN = timedelta(days=7)

#: What Django's validators say, and the name of the criterion on our pages.
CRITERIA = {
    "password_too_short": "length",
    "password_too_similar": "different",
    "password_too_common": "uncommon",
    "password_entirely_numeric": "letters",
}


def viewer_for(
    user: User | None, *, session: PortalSession | None = None, has_password: bool = False
) -> Viewer:
    """Return who looks: `user` is the person of `session`, which has proved at least level low; or None.

    `has_password` tells that a password alone was given: such a session sees what everybody sees.
    """
    if user is None or session is None:
        return Viewer(user=None, level=Level.PASSWORD if has_password else Level.ANONYMOUS)
    profile, membership = acting_profile(session)
    proofs = proofs_of(session)
    return Viewer(
        user=user,
        profile=profile,
        level=level_of(proofs),
        proofs=proofs,
        membership=membership,
        session=session,
    )


def seconds_until_next_code(device: EmailDevice, *, now: datetime | None = None) -> int:
    """Return how long to wait before another code may be mailed; 0 when it may be now."""
    if device.last_generated_timestamp is None:
        return 0
    free_at: datetime = device.last_generated_timestamp + timedelta(
        seconds=settings.OTP_EMAIL_COOLDOWN_DURATION
    )
    return max(0, math.ceil((free_at - (now or timezone.now())).total_seconds()))


def masked_email(address: str) -> str:
    """Return an address that its owner recognises and a passer-by cannot use: a•••••d@example.org."""
    name, _at, domain = address.partition("@")
    last = name[-1] if len(name) > 2 else ""
    return f"{name[:1]}•••••{last}@{domain}"


def current_terms() -> TermsVersion | None:
    """Return the terms of use in force; None before the first are published."""
    return TermsVersion.objects.order_by("-number").first()


def terms_text(version: TermsVersion, language: str) -> str:
    """Return the HTML of the terms in `language`, else in the main language."""
    return str(version.texts.get(language) or version.texts.get(settings.LANGUAGE_CODE, ""))


def usable_invitation(*, hashed: str | None, now: datetime | None = None) -> Invitation:
    """Return the pending invitation whose token has this hash; raises InvitationInvalid for every other case."""
    invitation = (
        Invitation.objects.select_related("user")
        .filter(
            token_hash=hashed or "",
            state=InvitationState.PENDING,
            expires_at__gt=now or timezone.now(),
        )
        .first()
    )
    if invitation is None:
        raise InvitationInvalid
    return invitation


def invitation_for_token(token: str) -> Invitation:
    """Return the pending invitation of a mailed link; raises InvitationInvalid for every other case."""
    return usable_invitation(hashed=token_hash(token))


def has_account(email: str) -> bool:
    """Whether an active account has this address (already in its normal form)."""
    return User.objects.filter(email=email, is_active=True).exists()


def usable_email_change(*, hashed: str, now: datetime) -> EmailChange:
    """Return the change that a confirmation link belongs to; raises ResetLinkInvalid for every other case."""
    change = EmailChange.objects.filter(token_hash=hashed, used_at=None, expires_at__gt=now).first()
    if change is None or User.objects.filter(email=change.new_email).exists():
        raise ResetLinkInvalid
    return change


def undoable_email_change(*, hashed: str, now: datetime) -> EmailChange:
    """Return the change that an undo link belongs to; raises ResetLinkInvalid for every other case."""
    change = EmailChange.objects.filter(
        undo_hash=hashed, undone_at=None, used_at__gt=now - UNDO_WITHIN
    ).first()
    if change is None or User.objects.filter(email=change.old_email).exists():
        raise ResetLinkInvalid
    return change


def code_state(user: User, *, now: datetime | None = None) -> dict[str, Any]:
    """Return what the code page tells: masked address, until when the code is valid, seconds to the next one.

    `valid_until` is None when no code can be typed in any more; `mail_failed` says that the last mail did not leave.
    """
    now = now or timezone.now()
    device = EmailDevice.objects.get(user=user, name="default")
    last_mail = OutgoingMail.objects.filter(to_user=user, template="login_code").first()
    return {
        "masked_email": masked_email(user.email),
        "valid_until": device.valid_until if device.token and device.valid_until > now else None,
        "wait": seconds_until_next_code(device, now=now),
        "mail_failed": bool(last_mail and last_mail.state == MailState.FAILED),
    }


def password_criteria(*, password: str, user: User) -> dict[str, bool]:
    """Return which criteria a password meets, by name; the same validators judge it when it is sent."""
    unmet = set()
    try:
        validate_password(password, user)
    except ValidationError as error:
        unmet = {CRITERIA.get(str(single.code), "") for single in error.error_list}
    return {name: bool(password) and name not in unmet for name in CRITERIA.values()}
