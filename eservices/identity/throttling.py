"""Limits on tries: how django-axes counts wrong passwords, and the page that a locked person sees."""

from typing import Any

from axes.helpers import get_cool_off
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from eservices.identifiers import normal_email


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


def client_address(request: HttpRequest) -> str:
    """Return the address that the server sees; the proxy sets it (RFC 7239), never the client."""
    return str(request.META.get("REMOTE_ADDR", ""))
