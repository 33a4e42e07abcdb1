"""Opening accounts: what every account has, and what stops it."""

import pytest
from django.db import IntegrityError
from django_otp.plugins.otp_email.models import EmailDevice

from eservices.actions import accounts
from eservices.errors import Conflict, PasswordRefused, TermsNotAccepted
from eservices.models import TermsVersion, User
from tests.factories.eservices import PASSWORD, make_terms, make_user

pytestmark = pytest.mark.django_db


def test_register_gives_profile_and_device():
    user = accounts.register(
        email=" Claire@Example.org", password=PASSWORD, first_name="Claire", last_name="Dumont"
    )

    assert user.email == "claire@example.org"
    assert user.citizen_profile.name == "Claire Dumont"
    device = EmailDevice.objects.get(user=user)
    assert (device.name, device.confirmed, device.email) == ("default", True, None)


def test_register_refuses_a_second_account_for_an_address():
    make_user("claire@example.org")

    with pytest.raises(Conflict):
        accounts.register(email="CLAIRE@example.org", password=PASSWORD)


def test_the_database_refuses_a_second_account_whatever_the_case():
    make_user("claire@example.org")

    with pytest.raises(IntegrityError):
        User.objects.bulk_create([User(email="CLAIRE@example.org")])


@pytest.mark.parametrize(
    "password", ["short", "123456789012", "1qaz2wsx3edc", "claire@example.org"]
)
def test_register_refuses_weak_passwords_and_stores_nothing(password):
    with pytest.raises(PasswordRefused):
        accounts.register(email="claire@example.org", password=password)

    assert not User.objects.exists()


def test_terms_are_published_once_for_each_text():
    first = accounts.publish_terms(texts={"fr": "<p>Un</p>", "nl": "<p>Een</p>"})
    same = accounts.publish_terms(texts={"nl": "<p>Een</p>", "fr": "<p>Un</p>"})
    second = accounts.publish_terms(texts={"fr": "<p>Deux</p>"})

    assert (first.number, same, second.number) == (1, first, 2)
    assert TermsVersion.objects.count() == 2


def test_terms_must_be_accepted():
    with pytest.raises(TermsNotAccepted):
        accounts.accept_terms(user=make_user(), version=make_terms(), accepted=False, language="fr")
