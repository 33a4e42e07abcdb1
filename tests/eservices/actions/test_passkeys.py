"""Passkeys, judged by a device in software that shares no code with the product."""

import json

import pytest

from eservices.actions.passkeys import (
    add_passkey,
    ask_to_prove,
    ask_to_register,
    check_passkey,
    origin,
    relying_party,
)
from eservices.errors import MethodsFull, PasskeyCopied, PasskeyKnown, PasskeyRefused
from eservices.models import AuthenticationEvent, OutgoingMail, Passkey, User
from tests.factories.eservices import make_user
from tests.factories.login_methods import SoftDevice, coded

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _address(settings):
    settings.PUBLIC_BASE_URL = "http://localhost:8000"


def registered(user, device=None, name="Laptop"):
    """A device with a passkey of `user`."""
    device = device or SoftDevice()
    question = ask_to_register(user=user, portal="Valmont")
    answer = device.register(json.loads(question.options))
    add_passkey(user=user, answer=answer, challenge=question.challenge, name=name)
    return device


def prove(device, user=None, question=None):
    question = question or ask_to_prove(user=user)
    answer = device.prove(json.loads(question.options))
    return check_passkey(answer=answer, challenge=question.challenge, user=user)


@pytest.mark.parametrize(
    ("base", "party", "address"),
    [
        ("https://guichet.valmont.be", "guichet.valmont.be", "https://guichet.valmont.be"),
        ("http://127.0.0.1:8000", "localhost", "http://localhost:8000"),
        ("http://[::1]:8000", "localhost", "http://localhost:8000"),
    ],
)
def test_names_come_from_the_settings(settings, base, party, address):
    settings.PUBLIC_BASE_URL = base

    assert (relying_party(), origin()) == (party, address)


def test_the_question_asks_for_a_verified_person_and_a_key_that_can_be_found():
    user = make_user()
    device = registered(user)

    options = json.loads(ask_to_register(user=user, portal="Valmont").options)

    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert options["user"]["id"] == coded(user.public_id.bytes)
    assert [item["id"] for item in options["excludeCredentials"]] == [coded(device.credential_id)]
    assert options["excludeCredentials"][0]["transports"] == ["internal"]
    assert json.loads(ask_to_prove().options).get("allowCredentials", []) == []


def test_a_passkey_proves_its_person_without_being_told_who():
    user = make_user()
    device = registered(user)

    passkey = prove(device)

    assert (passkey.user, passkey.name) == (user, "Laptop")
    assert passkey.last_used_at is not None
    event = AuthenticationEvent.objects.get()
    assert (event.kind, event.method) == ("method_added", "passkey")
    assert OutgoingMail.objects.get().template == "security_changed"


@pytest.mark.parametrize(
    "change",
    [
        {"origin": "https://guichet-valmont.example"},
        {"origin": "http://localhost:8001"},
        {"party": "guichet-valmont.example"},
        {"verified": False},
    ],
    ids=lambda change: next(iter(change)),
)
def test_an_answer_for_another_place_or_of_nobody_verified_is_refused(change):
    user = make_user()
    device = registered(user)
    for name, value in change.items():
        setattr(device, name, value)

    with pytest.raises(PasskeyRefused):
        prove(device)
    with pytest.raises(PasskeyRefused):
        registered(make_user(), SoftDevice(**change))
    assert Passkey.objects.count() == 1


def test_an_answer_to_another_question_is_refused():
    device = registered(make_user())
    answer = device.prove(json.loads(ask_to_prove().options))

    with pytest.raises(PasskeyRefused):
        check_passkey(answer=answer, challenge=ask_to_prove().challenge)


def test_another_key_under_a_known_name_is_refused():
    device = registered(make_user())
    forger = SoftDevice(credential_id=device.credential_id, user_handle=device.user_handle, count=9)

    with pytest.raises(PasskeyRefused):
        prove(forger)


def test_a_passkey_of_somebody_else_is_refused_where_the_person_is_known():
    device = registered(make_user())
    question = ask_to_prove()
    answer = device.prove(json.loads(question.options))

    with pytest.raises(PasskeyRefused):
        check_passkey(answer=answer, challenge=question.challenge, user=make_user())


def test_a_handle_of_somebody_else_is_refused():
    device = registered(make_user())
    device.user_handle = make_user().public_id.bytes

    with pytest.raises(PasskeyRefused):
        prove(device)


@pytest.mark.parametrize("answer", ["", "{}", "[]", "null", "not json", '{"id": "x"}'])
def test_what_is_no_answer_is_refused(answer):
    user = make_user()

    with pytest.raises(PasskeyRefused):
        check_passkey(answer=answer, challenge=b"x" * 64)
    with pytest.raises(PasskeyRefused):
        add_passkey(user=user, answer=answer, challenge=b"x" * 64, name="x")


def test_a_closed_account_is_refused():
    user = make_user()
    device = registered(user)
    User.objects.filter(pk=user.pk).update(is_active=False)

    with pytest.raises(PasskeyRefused):
        prove(device)


def test_a_counter_that_went_back_says_that_the_key_was_copied():
    device = registered(make_user())
    prove(device)
    prove(device)
    device.count = 0

    with pytest.raises(PasskeyCopied):
        prove(device)
    assert Passkey.objects.get().sign_count == 2


def test_devices_that_do_not_count_stay_at_nought():
    device = registered(make_user(), SoftDevice(counts=False))

    prove(device)
    prove(device)

    assert Passkey.objects.get().sign_count == 0


def test_one_key_belongs_to_one_account_once():
    user = make_user()
    device = registered(user)

    for person in (user, make_user()):
        with pytest.raises(PasskeyKnown):
            registered(person, device)
    assert Passkey.objects.count() == 1


def test_an_account_has_at_most_ten():
    user = make_user()
    for _number in range(10):
        registered(user)

    with pytest.raises(MethodsFull):
        registered(user)
