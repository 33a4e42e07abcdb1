"""Changing how a person logs in: every change is written down and told by mail."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from eservices.actions import journal, mails, ratelimits
from eservices.actions.code_tries import forget_wrong
from eservices.actions.security import record_event
from eservices.enums import AuthenticationEventKind, Method, Side
from eservices.errors import MethodUnknown, NotFound, PasswordWrong
from eservices.models import (
    AuthenticatorApp,
    BackupCodes,
    LoginPreference,
    Passkey,
    PortalSession,
    User,
)
from eservices.queries.login_methods import login_methods_of

#: So many apps, and so many passkeys, an account can have.
MOST_METHODS = 10

#: The models of the methods that a person adds, names and removes.
DEVICES: dict[Method, type[AuthenticatorApp] | type[Passkey]] = {
    Method.AUTHENTICATOR: AuthenticatorApp,
    Method.PASSKEY: Passkey,
}


def tell_change(
    *,
    user: User,
    kind: AuthenticationEventKind,
    method: Method,
    browser: str = "",
    session: PortalSession | None = None,
    now: datetime | None = None,
) -> None:
    """Write a change of somebody's methods into the security log and the journal, and tell it by mail.

    In the caller's transaction. The mail says what, when and with which browser; no name of a device.
    """
    now = now or timezone.now()
    record_event(
        kind=kind,
        user=user,
        method=method,
        browser=browser,
        network=session.network if session else "",
        session=session.public_id if session else None,
        now=now,
    )
    entry = journal.record(
        subject=user, event=kind.value, actor=user, side=Side.CITIZEN, data={"method": method.value}
    )
    mails.send(
        template="security_changed",
        to_user=user,
        key=f"security-changed:{user.public_id}:{entry.sequence}",
        context={
            "change": kind.value,
            "method": method.value,
            "browser": browser,
            "at": now.isoformat(),
        },
        priority=30,
    )


def prove_password(*, user: User, password: str) -> None:
    """Check the password of somebody who proves again who they are.

    Raises PasswordWrong, and TooMany above ten tries an hour, right ones included.
    """
    hour = timedelta(hours=1)
    ratelimits.allow(bucket="password-proof", key=str(user.public_id), limit=10, window=hour)
    if not user.check_password(password):
        raise PasswordWrong(field="password")


def forget_wrong_codes(*, user: User) -> None:
    """Open every method again after a right proof of any kind."""
    with transaction.atomic():
        for model in (AuthenticatorApp, BackupCodes):
            forget_wrong(list(model.objects.select_for_update().filter(user=user)))


@transaction.atomic
def rename_method(
    *,
    user: User,
    method: Method,
    public_id: UUID,
    name: str,
    browser: str = "",
    session: PortalSession | None = None,
) -> AuthenticatorApp | Passkey:
    """Give an app or a passkey of the person another name. Raises NotFound for anybody else's."""
    device = _own(user=user, method=method, public_id=public_id)
    if device.name != name:
        device.name = name
        device.save(update_fields=["name"])
        kind = AuthenticationEventKind.METHOD_RENAMED
        tell_change(user=user, kind=kind, method=method, browser=browser, session=session)
    return device


@transaction.atomic
def remove_method(
    *,
    user: User,
    method: Method,
    public_id: UUID,
    browser: str = "",
    session: PortalSession | None = None,
) -> None:
    """Remove an app or a passkey of the person; the code by mail cannot be removed (invariant I2).

    Where it was the last of the kind that is asked first, the code by mail is asked first again. Raises NotFound.
    """
    _own(user=user, method=method, public_id=public_id).delete()
    if not DEVICES[method].objects.filter(user=user, confirmed=True).exists():
        LoginPreference.objects.filter(user=user, method=method).delete()
    kind = AuthenticationEventKind.METHOD_REMOVED
    tell_change(user=user, kind=kind, method=method, browser=browser, session=session)


@transaction.atomic
def choose_first(
    *, user: User, method: Method, browser: str = "", session: PortalSession | None = None
) -> Method:
    """Choose which second step is asked first. Raises MethodUnknown for one that the person does not have."""
    methods = login_methods_of(User.objects.select_for_update().get(pk=user.pk))
    if method not in methods.choices:
        raise MethodUnknown(field="method")
    if method != methods.preferred:
        LoginPreference.objects.update_or_create(user=user, defaults={"method": method})
        kind = AuthenticationEventKind.METHOD_DEFAULT
        tell_change(user=user, kind=kind, method=method, browser=browser, session=session)
    return method


def remove_added_since(*, user: User, since: datetime) -> int:
    """Remove every app, passkey, backup code and linked identity that came after `since`; returns how many.

    For an account that comes back from a stranger, in the caller's transaction: what the stranger added must not open
    it again.
    """
    rows: list[QuerySet[Any]] = [
        model.objects.filter(user=user, created_at__gte=since)
        for model in (AuthenticatorApp, Passkey, BackupCodes)
    ]
    count = sum(row.delete() is not None for found in rows for row in found)
    linked = user.identities.filter(revoked_at=None, linked_at__gte=since)
    count += linked.update(revoked_at=timezone.now())
    LoginPreference.objects.filter(user=user).delete()
    return count


def _own(*, user: User, method: Method, public_id: UUID) -> AuthenticatorApp | Passkey:
    model = DEVICES.get(method)
    device: AuthenticatorApp | Passkey | None = (
        model.objects.select_for_update()
        .filter(user=user, public_id=public_id, confirmed=True)
        .first()
        if model
        else None
    )
    if device is None:
        raise NotFound
    return device
