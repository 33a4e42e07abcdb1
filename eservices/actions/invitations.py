"""Inviting people to open an account, and what they do with the invitation."""

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from eservices.actions import journal, mails, ratelimits
from eservices.actions.accounts import (
    accept_terms,
    check_password_criteria,
    ensure_device,
    register,
)
from eservices.enums import InvitationState, Side
from eservices.errors import Conflict, InvitationInvalid
from eservices.identifiers import normal_email
from eservices.identity.tokens import secret_token, token_hash
from eservices.models import Invitation, TermsVersion, User
from eservices.queries.people import usable_invitation


def _renew_token(invitation: Invitation, *, now: datetime) -> None:
    """Give the invitation a new link and a new term; the link before it is dead."""
    invitation.sent_count += 1
    token = secret_token("invitation", invitation.public_id, invitation.sent_count)
    invitation.token_hash = token_hash(token)
    invitation.expires_at = now + timedelta(days=settings.INVITATION_DAYS)


def _send(invitation: Invitation) -> None:
    mails.send(
        template="invitation",
        address=invitation.email,
        language=invitation.language,
        key=f"invitation:{invitation.public_id}:{invitation.sent_count}",
        context={"invitation": str(invitation.public_id)},
        priority=40,
    )


def _side(by: User | None) -> Side:
    """Return on whose side somebody invites: administrators of a space are citizens."""
    return Side.AGENT if by is not None and by.is_staff else Side.CITIZEN


def token_of(invitation: Invitation) -> str:
    """Return the secret of the invitation's last link; only the mail may hold it."""
    return secret_token("invitation", invitation.public_id, invitation.sent_count)


@transaction.atomic
def invite(
    *,
    email: str,
    by: User | None,
    language: str = settings.LANGUAGE_CODE,
    first_name: str = "",
    last_name: str = "",
    destination: str = "",
    now: datetime | None = None,
) -> Invitation:
    """Invite the owner of an address; mails a link that works once, for 14 days.

    A pending invitation to the same address is sent again instead. `destination` is the path to open afterwards,
    such as a document. Raises Conflict when the destination lies outside the portal.
    """
    if destination and (not destination.startswith("/") or destination.startswith("//")):
        raise Conflict(field="destination")
    address = normal_email(email)
    pending = (
        Invitation.objects.select_for_update()
        .filter(email=address, state=InvitationState.PENDING)
        .first()
    )
    if pending:
        return resend(invitation=pending, by=by, now=now)
    invitation = Invitation(
        email=address,
        first_name=first_name.strip(),
        last_name=last_name.strip(),
        language=language,
        destination=destination,
        created_by=by,
        token_hash=token_hash(secrets.token_urlsafe(32)),
    )
    _renew_token(invitation, now=now or timezone.now())
    invitation.save(force_insert=True)
    journal.record(subject=invitation, event="invited", actor=by, side=_side(by))
    _send(invitation)
    return invitation


@transaction.atomic
def resend(*, invitation: Invitation, by: User | None, now: datetime | None = None) -> Invitation:
    """Mail the invitation again with a new link; the old link is dead. Raises Conflict unless it is pending."""
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if invitation.state != InvitationState.PENDING:
        raise Conflict
    _renew_token(invitation, now=now or timezone.now())
    invitation.save(update_fields=["sent_count", "token_hash", "expires_at"])
    journal.record(subject=invitation, event="invitation_resent", actor=by, side=_side(by))
    _send(invitation)
    return invitation


@transaction.atomic
def revoke(*, invitation: Invitation, by: User) -> Invitation:
    """Withdraw a pending invitation; its link is dead. Raises Conflict unless it is pending."""
    changed = Invitation.objects.filter(pk=invitation.pk, state=InvitationState.PENDING).update(
        state=InvitationState.REVOKED
    )
    if not changed:
        raise Conflict
    invitation.refresh_from_db()
    journal.record(subject=invitation, event="invitation_revoked", actor=by, side=Side.AGENT)
    return invitation


def ask_for_account(*, email: str, language: str, destination: str = "", network: str = "") -> None:
    """Mail the owner of an address the link to open an account, without having been invited.

    The caller learns nothing, and every address gets one mail: the owner of an account one that says so. `destination`
    is the path to open with the account. Raises TooMany when one address, or one `network`, asks too often.
    """
    address = normal_email(email)
    hour = timedelta(hours=1)
    ratelimits.allow(bucket="register-network", key=network, limit=30, window=hour)
    ratelimits.allow(bucket="register", key=address, limit=3, window=hour)
    with transaction.atomic():
        user = User.objects.filter(email=address, is_active=True).first()
        if user:
            _tell_of_account(user)
        else:
            invite(email=address, by=None, language=language, destination=destination)


def _tell_of_account(user: User) -> None:
    mails.send(
        template="account_exists",
        to_user=user,
        key=f"account-exists:{user.public_id}:{timezone.now().timestamp():.6f}",
        priority=40,
    )


def ask_again(*, email: str) -> None:
    """Mail a new link to somebody whose invitation is too old or was used.

    The caller learns nothing: a pending invitation is sent again, the owner of an account gets a mail that says so,
    any other address gets no mail. Raises TooMany when one address is asked for too often, known or not.
    """
    address = normal_email(email)
    ratelimits.allow(bucket="invitation-again", key=address, limit=3, window=timedelta(hours=1))
    with transaction.atomic():
        user = User.objects.filter(email=address, is_active=True).first()
        if user:
            _tell_of_account(user)
            return
        pending = Invitation.objects.filter(email=address, state=InvitationState.PENDING).first()
        if pending:
            resend(invitation=pending, by=None)


@transaction.atomic
def accept(
    *,
    hashed: str,
    password: str,
    accepted_terms: bool,
    terms: TermsVersion | None,
    language: str,
    first_name: str = "",
    last_name: str = "",
) -> User:
    """Open the invited person's account; it stays inactive until the first mailed code is typed in.

    Somebody who stopped before the code may do this again, with another password. Raises InvitationInvalid,
    TermsNotAccepted, PasswordRefused, and Conflict when the address has an active account.
    """
    invitation = usable_invitation(hashed=hashed)
    user = User.objects.select_for_update().filter(email=invitation.email).first()
    first_name = (first_name or invitation.first_name).strip()
    last_name = (last_name or invitation.last_name).strip()
    if user is None:
        user = register(
            email=invitation.email,
            password=password,
            first_name=first_name,
            last_name=last_name,
            language=language,
            active=False,
        )
    elif user.is_active or invitation.user != user:
        raise Conflict(field="email")
    else:
        user.first_name, user.last_name, user.language = first_name, last_name, language
        check_password_criteria(password=password, user=user)
        user.set_password(password)
        user.save()
        user.citizen_profile.name = user.display_name
        user.citizen_profile.save(update_fields=["name"])
        ensure_device(user)
    accept_terms(user=user, version=terms, accepted=accepted_terms, language=language)
    invitation.user = user
    invitation.save(update_fields=["user"])
    return user


@transaction.atomic
def activate(*, hashed: str, user: User) -> Invitation:
    """Activate the account after its first right code, which proves the mailbox; the invitation is used up.

    Raises InvitationInvalid when it was withdrawn meanwhile.
    """
    used = Invitation.objects.filter(
        token_hash=hashed, user=user, state=InvitationState.PENDING
    ).update(state=InvitationState.ACCEPTED)
    if not used:
        raise InvitationInvalid
    User.objects.filter(pk=user.pk).update(is_active=True)
    user.is_active = True
    invitation = Invitation.objects.get(token_hash=hashed)
    journal.record(subject=user, event="account_activated", actor=user, side=Side.CITIZEN)
    journal.record(subject=invitation, event="invitation_accepted", actor=user, side=Side.CITIZEN)
    return invitation


@transaction.atomic
def attach(*, hashed: str, user: User) -> Invitation:
    """Give the invitation to somebody who has an account with its address already and has just logged in.

    Raises InvitationInvalid when it is for another address or no longer pending.
    """
    used = Invitation.objects.filter(
        token_hash=hashed,
        email=user.email,
        state=InvitationState.PENDING,
        expires_at__gt=timezone.now(),
    ).update(state=InvitationState.ACCEPTED, user=user)
    if not used:
        raise InvitationInvalid
    invitation = Invitation.objects.get(token_hash=hashed)
    journal.record(subject=invitation, event="invitation_accepted", actor=user, side=Side.CITIZEN)
    return invitation
