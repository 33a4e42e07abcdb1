"""Changing a password that one knows, and one that one has forgotten."""

from datetime import timedelta

from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from eservices.actions import journal, mails, ratelimits, sessions
from eservices.actions.accounts import check_password_criteria
from eservices.enums import SessionEnd, Side
from eservices.errors import PasswordRefused, PasswordWrong, ResetLinkInvalid
from eservices.identifiers import normal_email
from eservices.models import User

#: Reset mails to one address an hour; more would be a nuisance sent in our name.
RESETS_PER_HOUR = 5


def change_password(*, user: User, current: str, new: str) -> User:
    """Give the account a new password; every session made with the old one ends, a mail tells the person.

    The caller renews its own session. Raises PasswordWrong (ten tries an hour, then TooMany) and PasswordRefused.
    """
    ratelimits.allow(
        bucket="password-change", key=str(user.public_id), limit=10, window=timedelta(hours=1)
    )
    if not user.check_password(current):
        raise PasswordWrong(field="current")
    if current == new:
        raise PasswordRefused(field="password", reasons=_("it is the one that you have now."))
    return _store(user=user, password=new, event="password_changed")


def request_reset(*, email: str) -> None:
    """Mail a link that lets the owner of the address choose a new password.

    Nothing tells the caller whether there is an account: an unknown address gets no mail and the same answer. Raises
    TooMany when one address is asked for too often, known or not.
    """
    address = normal_email(email)
    ratelimits.allow(
        bucket="password-reset", key=address, limit=RESETS_PER_HOUR, window=timedelta(hours=1)
    )
    with transaction.atomic():
        user = User.objects.filter(email=address, is_active=True).first()
        if user:
            mails.send(
                template="password_reset",
                to_user=user,
                key=f"password-reset:{user.public_id}:{timezone.now().timestamp():.6f}",
                priority=40,
            )


def user_for_reset(*, public_id: str, token: str) -> User:
    """Return the account a reset link was mailed to; raises ResetLinkInvalid when it was used or is too old."""
    user = User.objects.filter(public_id=public_id, is_active=True).first() if public_id else None
    if user is None or not default_token_generator.check_token(user, token):
        raise ResetLinkInvalid
    return user


def reset_password(*, public_id: str, token: str, new: str) -> User:
    """Give the account of a mailed link a new password: ends all sessions, logs nobody in, keeps the second step.

    The link dies with the old password. Raises ResetLinkInvalid and PasswordRefused.
    """
    with transaction.atomic():
        user = user_for_reset(public_id=public_id, token=token)
        locked = User.objects.select_for_update().get(pk=user.pk)
        if not default_token_generator.check_token(locked, token):  # another tab was faster
            raise ResetLinkInvalid
        sessions.end_all(user=locked, reason=SessionEnd.PASSWORD)
        return _store(user=locked, password=new, event="password_reset")


@transaction.atomic
def _store(*, user: User, password: str, event: str) -> User:
    check_password_criteria(password=password, user=user)
    user.set_password(password)
    user.save(update_fields=["password"])
    entry = journal.record(subject=user, event=event, actor=user, side=Side.CITIZEN)
    mails.send(
        template="password_changed",
        to_user=user,
        key=f"password-changed:{user.public_id}:{entry.sequence}",
        priority=30,
    )
    return user
