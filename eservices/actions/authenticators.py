"""Authenticator apps: adding one, checking the codes it shows (TOTP, RFC 6238)."""

import base64
import os
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django_otp.oath import hotp

from eservices import keyring
from eservices.actions.code_tries import count_wrong, forget_wrong, refusal_now
from eservices.actions.login_methods import MOST_METHODS, tell_change
from eservices.enums import AuthenticationEventKind, Method
from eservices.errors import (
    AppCodeUsed,
    AppCodeWrong,
    DomainError,
    MethodsFull,
    MethodUnknown,
)
from eservices.models import AuthenticatorApp, PortalSession, User

#: A code lasts so many seconds; the one before and the one after are taken too (clocks differ).
STEP_SECONDS = 30
SKEW = 1
#: RFC 4226 (R6) recommends 160 bits.
SECRET_BYTES = 20


def new_secret() -> str:
    """Return a secret as apps take it: 32 characters of base32."""
    return base64.b32encode(os.urandom(SECRET_BYTES)).decode()


def place_of(app: AuthenticatorApp) -> str:
    """Return the place to which the secret of an app is sealed."""
    return f"authenticator-app:{app.public_id}"


@transaction.atomic
def add_app(
    *,
    user: User,
    secret: str,
    code: str,
    name: str,
    browser: str = "",
    session: PortalSession | None = None,
    now: datetime | None = None,
) -> AuthenticatorApp:
    """Add an app once it shows a right code for its new secret; that code is used up.

    Raises AppCodeWrong, and MethodsFull above ten apps.
    """
    now = now or timezone.now()
    locked = User.objects.select_for_update().get(pk=user.pk)
    if AuthenticatorApp.objects.filter(user=locked, confirmed=True).count() >= MOST_METHODS:
        raise MethodsFull(limit=MOST_METHODS)
    step = _step_of(secret, code, now=now)
    if step is None:
        raise AppCodeWrong(field="otp_token")
    app = AuthenticatorApp(user=locked, name=name, confirmed=True, last_step=step)
    app.sealed_secret = keyring.seal(secret, place=place_of(app))
    app.save(force_insert=True)
    kind = AuthenticationEventKind.METHOD_ADDED
    tell_change(
        user=locked,
        kind=kind,
        method=Method.AUTHENTICATOR,
        browser=browser,
        session=session,
        now=now,
    )
    return app


def check_app_code(*, user: User, code: str, now: datetime | None = None) -> AuthenticatorApp:
    """Return the app of the person that shows `code` now; each code works once.

    Raises AppCodeWrong with the tries that are left, AppCodeUsed, TooMany with the seconds to wait, MethodTriesOver
    after five wrong codes, MethodUnknown without an app. Counting happens under a lock.
    """
    now = now or timezone.now()
    with transaction.atomic():
        apps = list(
            AuthenticatorApp.objects.select_for_update()
            .filter(user=user, confirmed=True)
            .order_by("pk")
        )
        if not apps:
            raise MethodUnknown(field="otp_token")
        refusal: DomainError | None = refusal_now(apps, field="otp_token", now=now)
        found: AuthenticatorApp | None = None
        if refusal is None:
            found = next((app for app in apps if _use(app, code, now=now)), None)
            if found:
                forget_wrong(apps)
            elif any(_shown_by(app, code, now=now) for app in apps):
                refusal = AppCodeUsed(field="otp_token")
            else:
                refusal = AppCodeWrong(field="otp_token", tries=count_wrong(apps, now=now))
    if found is None:  # raised here: inside, it would undo the counting
        raise refusal or MethodUnknown(field="otp_token")
    return found


def _use(app: AuthenticatorApp, code: str, *, now: datetime) -> bool:
    step = _shown_by(app, code, now=now)
    if step is None or step <= app.last_step:
        return False
    app.last_step = step
    app.last_used_at = now
    app.save(update_fields=["last_step", "last_used_at"])
    return True


def _shown_by(app: AuthenticatorApp, code: str, *, now: datetime) -> int | None:
    return _step_of(keyring.unseal(bytes(app.sealed_secret), place=place_of(app)), code, now=now)


def _step_of(secret: str, code: str, *, now: datetime) -> int | None:
    """Return the step of time whose code this is, the newest first; None when it is none of three."""
    key = base64.b32decode(secret)
    current = int(now.timestamp()) // STEP_SECONDS
    found = None
    for step in range(current - SKEW, current + SKEW + 1):  # all three: the time tells nothing
        if constant_time_compare(f"{hotp(key, step):06d}", code):
            found = step
    return found
