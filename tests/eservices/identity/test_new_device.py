"""The mail about a login from a browser and place that an account has not seen for a year."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from django.test import Client
from django.utils import timezone

from eservices.identity import sessions
from eservices.models import AuthenticationEvent, OutgoingMail, User
from eservices.views.login import mail_code_proof
from sandbox.mail import inbox
from tests.addresses import at
from tests.factories.eservices import make_user

pytestmark = pytest.mark.django_db

START = timezone.now()
FIREFOX, CHROME = "Mozilla/5.0 Firefox/140.0", "Mozilla/5.0 Chrome/156.0 Safari/537.36"


@pytest.fixture
def user():
    return make_user(language="en")


def come(user: User, address: str = "192.0.2.7", browser: str = FIREFOX) -> None:
    """Log in as if from this address with this browser."""
    request = HttpRequest()
    request.session, request.user = SessionStore(), user
    request.META |= {"REMOTE_ADDR": address, "HTTP_USER_AGENT": browser}
    sessions.begin(request, user=user, proof=mail_code_proof())


def told() -> int:
    return OutgoingMail.objects.filter(template="new_device").count()


@pytest.mark.feature("C4")
def test_a_login_with_another_browser_or_from_another_network_is_told(user):
    come(user)
    assert told() == 0  # the first login ever

    come(user, browser=CHROME)
    assert told() == 1
    come(user, address="198.51.100.7")

    assert told() == 2
    assert set(OutgoingMail.objects.values_list("to_user", flat=True)) == {user.pk}


@pytest.mark.parametrize(
    ("address", "mails"), [("192.0.2.7", 0), ("192.0.2.200", 0), ("192.0.3.7", 1)]
)
def test_another_address_of_the_same_network_is_nothing_new(user, address, mails):
    come(user)
    come(user, address=address)

    assert told() == mails


def test_a_browser_is_forgotten_after_a_year(user):
    with time_machine.travel(START, tick=False) as clock:
        come(user)
        clock.shift(timedelta(days=200))
        come(user, browser=CHROME)
        clock.shift(timedelta(days=200))
        before = told()
        come(user)

    assert told() == before + 1


def test_logins_of_others_make_nothing_known(user):
    come(make_user("other@example.org"))
    come(user, address="198.51.100.7")
    come(user)

    assert told() == 1


def test_the_notice_can_be_turned_off(user, settings):
    settings.NEW_DEVICE_NOTICE = False
    come(user)
    come(user, browser=CHROME)

    assert told() == 0
    assert AuthenticationEvent.objects.filter(user=user, kind="login").count() == 2


def test_the_letter_tells_where_and_how_and_leads_to_the_sessions(
    user, settings, django_capture_on_commit_callbacks
):
    settings.EMAIL_BACKEND = "sandbox.mail.InboxBackend"
    come(user)
    with django_capture_on_commit_callbacks(execute=True):
        come(user, address="198.51.100.7", browser=CHROME)
    mail = OutgoingMail.objects.get(template="new_device")
    assert "198.51.100" not in str(mail.context)

    from eservices.worker import Worker

    Worker().drain()

    letter = next(iter(inbox(user.email)))
    assert "Chrome, 198.51.100.0" in letter.text
    assert at("sessions", "en") in letter.text
    assert at("password-reset", "en") in letter.text
    assert Client().get(at("sessions", "en")).status_code == 302
