"""Fixtures of sign-in: letters that really leave, and the way through both steps."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from django_otp.plugins.otp_email.models import EmailDevice

from eservices.actions.mails import deliver_mail
from eservices.enums import MailState
from eservices.models import OutgoingMail
from tests.addresses import at, forget_addresses
from tests.eservices.identity.fixtures_providers import forger, forging, quick_keys  # noqa: F401
from tests.factories.eservices import PASSWORD


@pytest.fixture(autouse=True)
def _words_of_the_code(settings: Any) -> Iterator[None]:
    """Read pages and letters as they stand in the code; translations are read in tests/e2e."""
    paths = settings.LOCALE_PATHS
    settings.LOCALE_PATHS = []
    forget_addresses()
    yield
    settings.LOCALE_PATHS = paths
    forget_addresses()


@pytest.fixture
def letters(db: None) -> Callable[[], list[EmailMultiAlternatives]]:
    """Send what waits, as the worker does, and return all letters, oldest first."""

    def send() -> list[EmailMultiAlternatives]:
        for row in OutgoingMail.objects.filter(state=MailState.TO_SEND).order_by("pk"):
            deliver_mail(mail=row)
        return mail.outbox

    return send


def code_in(letter: EmailMultiAlternatives) -> str:
    """The six digits of a letter."""
    found = re.search(r"^(\d{6})$", letter.body, re.MULTILINE)
    assert found, letter.body
    return found.group(1)


def link_in(letter: EmailMultiAlternatives) -> str:
    """The path behind the button of a letter."""
    found = re.search(r"https?://[^/\s]+(/\S+)", letter.body)
    assert found, letter.body
    return found.group(1)


def give_password(
    client: Client, email: str, password: str = PASSWORD, path: str = "", **headers: Any
) -> Any:
    """Send the form of the first step."""
    data = {
        "login-current_step": "auth",
        "auth-username": email,
        "auth-password": password,
    }
    return client.post(path or at("login"), data, **headers)


def give_code(client: Client, code: str, path: str = "") -> Any:
    """Send the form of the second step."""
    return client.post(
        path or at("login-code"), {"login-current_step": "token", "token-otp_token": code}
    )


def wait_over(email: str) -> None:
    """Let the waiting times of a person's device pass."""
    EmailDevice.objects.filter(user__email=email).update(
        last_generated_timestamp=None, throttling_failure_timestamp=None
    )
