"""Many wrong passwords for one address from many networks: each try waits, nobody is locked out."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from eservices.actions import password_tries
from eservices.errors import TooMany
from eservices.models import PortalSession
from tests.addresses import at
from tests.eservices.identity.conftest import give_password
from tests.factories.eservices import log_in, make_user

pytestmark = pytest.mark.django_db

START = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
ADDRESS = "claire@example.org"


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def attack(clock, email=ADDRESS, tries=10):
    """Wrong passwords, each from a network of its own, as slowly as is asked."""
    for number in range(tries):
        answer = give_password(
            Client(REMOTE_ADDR=f"198.51.{number}.7"), email, "Wrong-password-2026"
        )
        assert answer.status_code == 422
        clock.shift(60)


def test_ten_wrong_passwords_from_everywhere_make_the_next_wait(client, clock):
    make_user(ADDRESS)
    attack(clock)
    first = give_password(Client(REMOTE_ADDR="203.0.113.9"), ADDRESS, "Wrong-password-2026")

    waiting = give_password(client, ADDRESS.upper())
    clock.shift(4)
    after = give_password(client, ADDRESS)

    assert "do not belong together" in first.content.decode()
    assert waiting.status_code == 422
    assert "Try again in 4 seconds." in waiting.content.decode()
    assert after.url == at("login-code"), "the right password works after the wait"


def test_the_wait_grows_to_a_minute_and_no_further(db):
    waits = []
    for _try in range(20):
        waits.append(password_tries.wait_for(ADDRESS, now=START))
        password_tries.count_wrong(address=ADDRESS, now=START)

    assert waits == [0] * 10 + [2, 4, 8, 16, 32, 60, 60, 60, 60, 60]
    assert password_tries.wait_for(ADDRESS, now=START + timedelta(hours=1)) == 0
    assert password_tries.wait_for("marc@example.org", now=START) == 0


def test_an_unknown_address_waits_just_as_long(clock):
    make_user(ADDRESS)
    seen = []
    for address in (ADDRESS, "nobody@example.org"):
        for _try in range(12):
            password_tries.count_wrong(address=address)
        give_password(Client(), address, "Wrong-password-2026")
        page = give_password(Client(), address, "Wrong-password-2026").content.decode()
        seen.append("Try again in 8 seconds." in page)

    assert seen == [True, True]


def test_where_the_person_logged_in_before_a_stranger_takes_no_turn(client, clock):
    user = make_user(ADDRESS)
    log_in(client, user)
    PortalSession.objects.update(network="192.0.2.0")
    for _try in range(20):
        password_tries.count_wrong(address=ADDRESS)

    with pytest.raises(TooMany) as refusal:
        password_tries.allow_try(address=ADDRESS, network="198.51.100.0")
    password_tries.allow_try(address=ADDRESS, network="192.0.2.0")
    with pytest.raises(TooMany):
        password_tries.allow_try(address=ADDRESS, network="192.0.2.0")

    assert refusal.value.params["seconds"] <= 60


def test_one_network_cannot_try_a_list_of_addresses(client, monkeypatch):
    monkeypatch.setattr("eservices.identity.throttling.FROM_ONE_NETWORK", 3)

    answers = [give_password(client, f"person{n}@example.org", "Wrong-2026") for n in range(4)]
    elsewhere = give_password(Client(REMOTE_ADDR="203.0.113.9"), "person9@example.org", "Wrong")

    assert [answer.status_code for answer in answers] == [422, 422, 422, 429]
    assert "There were too many tries." in answers[3].content.decode()
    assert elsewhere.status_code == 422


def test_one_network_cannot_send_mail_to_a_list_of_addresses(client, monkeypatch):
    monkeypatch.setattr("eservices.identity.throttling.MAILS_FROM_ONE_NETWORK", 3)

    asked = [client.post(at("password-reset"), {"email": f"p{n}@example.org"}) for n in range(3)]
    again = client.post(at("invitation-again"), {"email": "p9@example.org"})

    assert [answer.status_code for answer in asked] == [302, 302, 302]
    assert again.status_code == 429
    assert "There were too many tries." in again.content.decode()
