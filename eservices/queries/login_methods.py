"""Answers about how a person proves who they are: which methods there are, which is asked first."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from eservices.contract import Proof, Requirement, Viewer
from eservices.enums import Level, Method
from eservices.models import AuthenticatorApp, BackupCode, LoginPreference, Passkey, User


@dataclass(frozen=True, kw_only=True)
class LoginMethods:
    """What one person has beside the code by mail, which everybody has (invariant I2).

    `codes_left` counts unused backup codes; None when none were ever made.
    """

    apps: tuple[AuthenticatorApp, ...]
    passkeys: tuple[Passkey, ...]
    codes_left: int | None
    preferred: Method
    has_password: bool

    @property
    def ways(self) -> tuple[Method, ...]:
        """The second steps that this person can use now, the preferred one first."""
        there = {
            Method.MAIL_CODE: True,
            Method.AUTHENTICATOR: bool(self.apps),
            Method.PASSKEY: bool(self.passkeys),
            Method.BACKUP_CODE: bool(self.codes_left),
        }
        mine = [method for method, has in there.items() if has]
        return tuple(sorted(mine, key=lambda method: method != self.preferred))

    @property
    def choices(self) -> tuple[Method, ...]:
        """The methods that may be asked first: backup codes are for emergencies only."""
        return tuple(method for method in self.ways if method != Method.BACKUP_CODE)


def login_methods_of(user: User) -> LoginMethods:
    """Return the confirmed methods of a person, oldest first, in four queries."""
    apps = tuple(AuthenticatorApp.objects.filter(user=user, confirmed=True).order_by("pk"))
    passkeys = tuple(Passkey.objects.filter(user=user, confirmed=True).order_by("pk"))
    used = BackupCode.objects.filter(codes__user=user).values_list("used_at", flat=True)
    codes = list(used)
    row = LoginPreference.objects.filter(user=user).first()
    wanted = Method(row.method) if row else Method.MAIL_CODE
    is_there = {Method.AUTHENTICATOR: bool(apps), Method.PASSKEY: bool(passkeys)}
    return LoginMethods(
        apps=apps,
        passkeys=passkeys,
        codes_left=sum(at is None for at in codes) if codes else None,
        preferred=wanted if is_there.get(wanted) else Method.MAIL_CODE,
        has_password=user.has_usable_password(),
    )


def fresh_proof_of(viewer: Viewer, *, now: datetime) -> Proof | None:
    """Return a proof of the viewer's session that is young enough to change how the person logs in.

    None when the person must prove again who they are (FRESH_PROOF_SECONDS, ten minutes).
    """
    age = timedelta(seconds=settings.FRESH_PROOF_SECONDS)
    return Requirement(level=Level.LOW, max_age=age).proof_of(viewer, now=now)


def methods_copy(user: User) -> list[dict[str, Any]]:
    """Return a person's methods for the copy of their data: names and dates, never a secret or a key."""
    methods = login_methods_of(user)
    rows: list[dict[str, Any]] = [
        {
            "method": method.value,
            "name": device.name,
            "added_at": device.created_at,
            "last_used_at": device.last_used_at,
        }
        for method, devices in (
            (Method.AUTHENTICATOR, methods.apps),
            (Method.PASSKEY, methods.passkeys),
        )
        for device in devices
    ]
    if methods.codes_left is not None:
        rows.append({"method": Method.BACKUP_CODE.value, "codes_left": methods.codes_left})
    return rows
