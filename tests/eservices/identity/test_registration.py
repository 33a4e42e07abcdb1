"""Opening an account with a mail address: every address gets the same answer and one mail."""

import re
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone

from eservices.enums import Side
from eservices.models import Invitation, JournalEntry, User
from tests.addresses import at
from tests.eservices.identity.conftest import code_in, link_in
from tests.factories.eservices import PASSWORD, log_in, make_invitation, make_terms, make_user

pytestmark = pytest.mark.django_db

ANSWERS = {"first_name": "Lena", "last_name": "Maes", "password": PASSWORD, "terms": "on"}


def ask(client, email, language="nl", **more):
    return client.post(at("register", language), {"email": email, **more})


@pytest.mark.feature("A1", "C1")
def test_an_address_becomes_an_account_by_the_mailed_link(client, letters):
    make_terms()

    sent = ask(client, " Lena@Example.org ", next=at("security", "nl"))
    letter = letters()[-1]
    opened = client.get(link_in(letter))
    client.post(opened.url, ANSWERS)
    done = client.post(at("invitation-code", "nl"), {"otp_token": code_in(letters()[-1])})

    assert sent.url == at("register-sent", "nl")
    assert letter.to == ["lena@example.org"]
    assert "You asked for an account" in letter.body
    assert done.url == at("security", "nl")
    user = User.objects.get(email="lena@example.org")
    assert (user.is_active, user.language, user.display_name) == (True, "nl", "Lena Maes")
    invited = JournalEntry.objects.get(event="invited")
    assert (invited.actor, invited.side) == (None, Side.CITIZEN)


def test_i12_registering_tells_nothing_about_an_address(letters):
    make_user("known@example.org")
    make_user("closed@example.org", is_active=False)
    make_invitation("invited@example.org")
    seen = []
    for address in (
        "known@example.org",
        "new@example.org",
        "closed@example.org",
        "invited@example.org",
    ):
        client = Client()
        before = len(letters())
        answer = ask(client, address)
        page = client.get(answer.url).content.decode()
        body = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)
        sent = letters()[before:]
        seen.append((answer.status_code, answer.url, body, len(sent)))
        assert sent[0].to == [address]

    assert len({str(row) for row in seen}) == 1
    assert seen[0][3] == 1
    assert not User.objects.filter(email="new@example.org").exists()


def test_the_owner_of_an_account_is_told_by_mail_only(client, letters):
    make_user("known@example.org")

    ask(client, "KNOWN@example.org")

    assert "It has an account already" in letters()[-1].body
    assert not Invitation.objects.exists()


def test_a_fourth_mail_within_an_hour_is_refused_for_any_address(client, letters):
    make_user("known@example.org")
    answers = {}
    for address in ("known@example.org", "new@example.org"):
        answers[address] = [ask(client, address) for _try in range(4)]

    statuses = {tuple(answer.status_code for answer in rows) for rows in answers.values()}
    assert statuses == {(302, 302, 302, 429)}
    assert len(letters()) == 6


def test_a_new_link_ends_the_one_before(client, letters):
    ask(client, "new@example.org")
    first = link_in(letters()[-1])
    ask(client, "new@example.org")
    second = link_in(letters()[-1])

    assert first != second
    assert client.get(client.get(first).url).status_code == 410
    assert client.get(client.get(second).url).status_code == 200


@pytest.mark.parametrize(
    "foreign", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"]
)
def test_a_foreign_goal_is_forgotten(client, foreign):
    ask(client, "new@example.org", next=foreign)

    invitation = Invitation.objects.get()
    assert invitation.destination == ""
    assert invitation.expires_at > timezone.now() + timedelta(
        days=django_settings.INVITATION_DAYS - 1
    )


def test_somebody_who_is_logged_in_has_no_account_to_create(client):
    log_in(client, make_user())

    assert client.get(at("register")).url == at("dashboard")
