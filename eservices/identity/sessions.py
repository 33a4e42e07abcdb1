"""Sessions: begun with two factors, ended eight hours later at the latest."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth import SESSION_KEY, login, update_session_auth_hash
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils import timezone
from django_otp import login as otp_login
from django_otp.models import Device

from eservices.models import User

BACKEND = "django.contrib.auth.backends.ModelBackend"


def begin(request: HttpRequest, *, user: User, device: Device) -> None:
    """Log `user` in with a second factor that `device` has just proved.

    The session's key changes, and its end is fixed now: no activity moves it (8 hours, SESSION_COOKIE_AGE).
    """
    login(request, user, backend=BACKEND)
    otp_login(request, device)
    request.session.set_expiry(timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE))


def keep_after_password_change(request: HttpRequest, user: User) -> None:
    """Renew this session under the new password; all others of the account are over."""
    update_session_auth_hash(request, user)


def has_password_session(request: HttpRequest) -> bool:
    """Whether somebody gave a password in this session, with or without a second factor."""
    return SESSION_KEY in request.session


def second_factor_user(user: User | AnonymousUser) -> User | AnonymousUser:
    """Return the person of a session if the second factor is proved in it, else nobody.

    `user` comes from django-otp's middleware, which knows the device of the session.
    """
    if user.is_authenticated and user.is_verified():
        return user
    return AnonymousUser()


def seconds_left(request: HttpRequest) -> int:
    """Return how long this session lasts at most."""
    return max(0, request.session.get_expiry_age())
