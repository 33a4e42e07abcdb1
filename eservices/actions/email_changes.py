"""Moving an account to another mail address: confirmed from the new mailbox, undone from the old one."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from eservices.actions import journal, mails, ratelimits, sessions
from eservices.actions.login_methods import remove_added_since
from eservices.enums import SessionEnd, Side
from eservices.errors import FieldLocked, Invalid, PasswordWrong
from eservices.identifiers import normal_email
from eservices.identity.tokens import secret_token, token_hash
from eservices.models import EmailChange, User
from eservices.queries.people import undoable_email_change, usable_email_change

CONFIRM_WITHIN = timedelta(hours=24)


def token_of(change: EmailChange) -> str:
    """Return the secret of the confirmation link; only the mail to the new address may hold it."""
    return secret_token("email-change", change.public_id)


def undo_token_of(change: EmailChange) -> str:
    """Return the secret of the undo link; only the mail to the old address may hold it."""
    return secret_token("email-undo", change.public_id)


def ask_for_change(
    *, user: User, new_email: str, password: str, now: datetime | None = None
) -> EmailChange:
    """Mail a confirmation link to the new address; until it is used nothing changes.

    When the address belongs to an account its owner is told instead, and the caller sees no difference. Raises
    PasswordWrong, FieldLocked, Invalid when the address is the present one, TooMany above five an hour.
    """
    now = now or timezone.now()
    if "email" in user.locked_fields:
        raise FieldLocked(field="email")
    ratelimits.allow(
        bucket="email-change", key=str(user.public_id), limit=5, window=timedelta(hours=1)
    )
    if not user.check_password(password):
        raise PasswordWrong(field="password")
    address = normal_email(new_email)
    if address == user.email:
        raise Invalid(field="email")
    with transaction.atomic():
        user.email_changes.filter(used_at=None).update(expires_at=now)  # one open change at a time
        change = EmailChange(
            user=user, new_email=address, old_email=user.email, expires_at=now + CONFIRM_WITHIN
        )
        change.token_hash = token_hash(token_of(change))
        change.undo_hash = token_hash(undo_token_of(change))
        change.save(force_insert=True)
        journal.record(subject=user, event="email_change_asked", actor=user, side=Side.CITIZEN)
        owner = User.objects.filter(email=address).first()
        mails.send(
            template="account_exists" if owner else "new_address",
            to_user=owner,
            address=None if owner else address,
            language=None if owner else user.language,
            key=f"new-address:{change.public_id}",
            context={"change": str(change.public_id)},
            priority=40,
        )
    return change


@transaction.atomic
def confirm_change(*, hashed: str, now: datetime | None = None) -> User:
    """Move the account to the new address and tell the old one how to undo it.

    The codes of the second step follow. Raises ResetLinkInvalid when the link was used, is too old or the address
    was taken meanwhile.
    """
    now = now or timezone.now()
    change = usable_email_change(hashed=hashed, now=now)
    user = User.objects.select_for_update().get(pk=change.user_id)
    user.email, user.mail_bounced_at = change.new_email, None
    user.save(update_fields=["email", "mail_bounced_at"])
    change.used_at = now
    change.save(update_fields=["used_at"])
    journal.record(subject=user, event="email_changed", actor=user, side=Side.CITIZEN)
    mails.send(
        template="address_changed",
        address=change.old_email,
        language=user.language,
        key=f"address-changed:{change.public_id}",
        context={"change": str(change.public_id)},
        priority=40,
    )
    return user


@transaction.atomic
def undo_change(*, hashed: str, now: datetime | None = None) -> User:
    """Move the account back to the old address, end every session and make the password useless.

    Whoever changed the address knew the password: the owner chooses a new one with a link mailed to the old address.
    Methods to log in and identities that were added since are gone.
    Raises ResetLinkInvalid when the link was used or is older than seven days.
    """
    now = now or timezone.now()
    change = undoable_email_change(hashed=hashed, now=now)
    user = User.objects.select_for_update().get(pk=change.user_id)
    user.email, user.mail_bounced_at = change.old_email, None
    user.set_unusable_password()
    user.save(update_fields=["email", "mail_bounced_at", "password"])
    change.undone_at = now
    change.save(update_fields=["undone_at"])
    user.email_changes.filter(used_at=None).update(expires_at=now)
    sessions.end_all(user=user, reason=SessionEnd.PASSWORD, now=now)
    remove_added_since(user=user, since=change.created_at)
    journal.record(subject=user, event="email_change_undone", actor=user, side=Side.CITIZEN)
    mails.send(
        template="password_reset",
        to_user=user,
        key=f"password-reset:{change.public_id}",
        priority=40,
    )
    return user
