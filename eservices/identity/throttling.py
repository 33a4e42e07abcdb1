"""Limits on tries: how django-axes counts wrong passwords, and the page that a locked person sees."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from axes.helpers import get_cool_off
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from eservices.actions import ratelimits
from eservices.identifiers import normal_email
from eservices.identity.origins import client_address

#: From one address of the network in ten minutes: a town hall or a school behind one address still gets in.
FROM_ONE_NETWORK = 300
#: From one address of the network in an hour: forms that send a mail to whatever address is typed.
MAILS_FROM_ONE_NETWORK = 60


def count_logins(request: HttpRequest) -> None:
    """Count one password from this address of the network, for whomever; raises TooMany."""
    ratelimits.allow(
        bucket="login-network",
        key=client_address(request),
        limit=FROM_ONE_NETWORK,
        window=timedelta(minutes=10),
    )


def count_mails(request: HttpRequest) -> None:
    """Count one form by which somebody without account has a mail sent; raises TooMany.

    Whatever the typed address: each has a limit of its own, which a list of addresses gets round.
    """
    ratelimits.allow(
        bucket="mail-network",
        key=client_address(request),
        limit=MAILS_FROM_ONE_NETWORK,
        window=timedelta(hours=1),
    )


def counted(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Return a view of Wagtail that takes a shared password, with its tries counted (20 in ten minutes)."""

    @wraps(view)
    def through(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST":
            ratelimits.allow(
                bucket="shared-password",
                key=client_address(request),
                limit=20,
                window=timedelta(minutes=10),
            )
        return view(request, *args, **kwargs)

    return through


def axes_username(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """Return the address under which wrong passwords are counted, whatever its case."""
    typed = (credentials or {}).get("username") or request.POST.get("auth-username", "")
    return normal_email(str(typed))


def axes_lockout(
    request: HttpRequest, original: HttpResponse | None, credentials: dict[str, Any] | None = None
) -> HttpResponse:
    """Say that there were too many wrong passwords, how long to wait and how to choose a new one (429)."""
    cool_off = get_cool_off(request)
    minutes = round(cool_off.total_seconds() / 60) if cool_off else 0
    return render(request, "accounts/locked_out.html", {"minutes": minutes}, status=429)
