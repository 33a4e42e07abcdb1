"""From the invitation to the personal space, and everything that may be wrong on the way."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from django_otp.plugins.otp_email.models import EmailDevice

from eservices.actions import invitations
from eservices.enums import InvitationState
from eservices.errors import Conflict
from eservices.models import Invitation, JournalEntry, OutgoingMail, TermsAcceptance, User
from tests.addresses import at
from tests.eservices.identity.conftest import code_in, give_code, give_password, link_in, wait_over
from tests.factories.eservices import (
    PASSWORD,
    log_in,
    make_agent,
    make_invitation,
    make_terms,
    make_user,
)

pytestmark = pytest.mark.django_db

ANSWERS = {
    "first_name": "Anna",
    "last_name": "Keller",
    "password": PASSWORD,
    "terms": "on",
}


@pytest.fixture(autouse=True)
def _terms(db):
    make_terms()


def give_first_code(client, code):
    return client.post(at("invitation-code", "de"), {"otp_token": code})


@pytest.mark.feature("A1")
def test_invitation_leads_to_an_active_account_in_its_language(client, letters):
    agent = make_agent()
    invitations.invite(
        email="Anna@Example.org", by=agent, language="de", destination=at("security", "de")
    )
    letter = letters()[-1]

    opened = client.get(link_in(letter))
    page = client.get(opened.url).content.decode()
    sent = client.post(opened.url, ANSWERS)
    waiting = User.objects.get(email="anna@example.org")
    code_letter = letters()[-1]
    done = give_first_code(client, code_in(code_letter))

    assert letter.to == ["anna@example.org"]
    assert opened.url == at("invitation", "de")
    assert opened.headers["Referrer-Policy"] == "no-referrer"
    assert "anna@example.org" in page
    assert "Terms 1 (de)" in page
    assert sent.url == at("invitation-code", "de")
    assert waiting.is_active is False
    assert done.url == at("security", "de")
    user = User.objects.get(email="anna@example.org")
    assert (user.is_active, user.language, user.display_name) == (True, "de", "Anna Keller")
    assert user.citizen_profile.name == "Anna Keller"
    acceptance = TermsAcceptance.objects.get(user=user)
    assert (acceptance.version.number, acceptance.language) == (1, "de")
    assert EmailDevice.objects.get(user=user, confirmed=True).email is None
    assert client.get("/api/v1/session/").json()["level"] == "low"
    assert Invitation.objects.get().state == InvitationState.ACCEPTED


def test_opening_the_link_changes_nothing(client, letters):
    invitations.invite(email="anna@example.org", by=make_agent())
    path = link_in(letters()[-1])

    def state():
        return (
            list(Invitation.objects.values()),
            User.objects.count(),
            JournalEntry.objects.count(),
            OutgoingMail.objects.count(),
        )

    before = state()

    for visitor in (client, Client(), Client()):
        visitor.get(path, follow=True)
        visitor.head(path)

    assert state() == before


def test_the_secret_is_in_no_row(letters):
    invitation = invitations.invite(email="anna@example.org", by=make_agent())
    token = link_in(letters()[-1]).rstrip("/").rsplit("/", 1)[-1]

    invitation.refresh_from_db()

    assert len(token) == 43
    assert token not in str(vars(invitation))
    assert token not in str(list(OutgoingMail.objects.values()))
    assert len(invitation.token_hash) == 64


def test_an_account_is_inactive_until_the_code_and_cannot_log_in(client, letters):
    make_invitation("anna@example.org", token="secret")
    client.get(at("invitation-open", "de", token="secret"))
    client.post(at("invitation", "de"), ANSWERS)

    answer = give_password(Client(), "anna@example.org")

    assert answer.status_code == 422
    assert client.get("/api/v1/session/").json()["authenticated"] is False


def test_somebody_who_stopped_before_the_code_may_begin_again(client, letters):
    make_invitation("anna@example.org", token="secret")
    client.get(at("invitation-open", "de", token="secret"))
    client.post(at("invitation", "de"), ANSWERS)
    wait_over("anna@example.org")
    again = Client()

    again.get(at("invitation-open", "de", token="secret"))
    again.post(at("invitation", "de"), {**ANSWERS, "password": "Another-password-2026"})
    done = give_first_code(again, code_in(letters()[-1]))

    assert done.status_code == 302
    assert User.objects.get(email="anna@example.org").check_password("Another-password-2026")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"password": "short"}, "Choose another password:"),
        ({"password": "123456789012"}, "Choose another password:"),
        ({"password": "anna@example.org"}, "Choose another password:"),
        ({"terms": ""}, "Tick the box to accept the terms of use."),
        ({"first_name": ""}, "Enter your first name."),
    ],
)
def test_refusals_keep_what_was_typed_and_open_nothing(client, change, words):
    make_invitation("anna@example.org", token="secret")
    client.get(at("invitation-open", "de", token="secret"))

    answer = client.post(at("invitation", "de"), {**ANSWERS, **change})

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "Keller" in answer.content.decode()
    assert not User.objects.exists()


def test_all_errors_are_shown_at_once(client):
    make_invitation("anna@example.org", token="secret")
    client.get(at("invitation-open", "de", token="secret"))

    page = client.post(at("invitation", "de"), {"first_name": "Anna", "password": "1234"})

    for words in (
        "Enter your last name.",
        "Choose another password:",
        "Tick the box to accept the terms of use.",
    ):
        assert page.content.decode().count(words) == 2  # in the summary and at the question


def invitation_in(state: str) -> str:
    """Make an invitation that cannot be used and return its token."""
    past = timezone.now() - timedelta(minutes=1)
    if state == "expired":
        make_invitation(token="secret", expires_at=past)
    elif state != "unknown":
        make_invitation(token="secret", state=state)
    return "secret"


def test_used_expired_and_unknown_links_meet_one_page():
    pages = {}
    for state in ("unknown", "expired", "accepted", "revoked"):
        Invitation.objects.all().delete()
        visitor = Client()
        answer = visitor.get(at("invitation-open", token=invitation_in(state)), follow=True)
        text = answer.content.decode()
        pages[state] = (
            answer.status_code,
            [line for line in text.splitlines() if "csrf" not in line],
        )

    assert pages["unknown"][0] == 410
    assert len({str(page) for page in pages.values()}) == 1
    assert "Send me a new invitation" in "".join(pages["unknown"][1])


def test_asking_for_a_new_invitation_tells_nothing(client, letters):
    make_user("known@example.org")
    make_invitation("invited@example.org")

    answers, mails = {}, {}
    for email in ("known@example.org", "invited@example.org", "nobody@example.org"):
        before = len(letters())
        answer = client.post(at("invitation-again"), {"email": email}, follow=True)
        answers[email] = (answer.status_code, answer.redirect_chain, answer.content)
        mails[email] = [letter.subject for letter in letters()[before:]]

    assert len(set(map(str, answers.values()))) == 1
    assert mails == {
        "known@example.org": ["You already have an account at the online counter"],
        "invited@example.org": ["Activate your account at the online counter"],
        "nobody@example.org": [],
    }


def test_asking_too_often_is_refused_alike(client):
    make_invitation("invited@example.org")

    codes = {
        email: [
            client.post(at("invitation-again"), {"email": email}).status_code for _n in range(4)
        ]
        for email in ("invited@example.org", "nobody@example.org")
    }

    assert codes["invited@example.org"] == [302, 302, 302, 429]
    assert codes["invited@example.org"] == codes["nobody@example.org"]


def test_sending_again_kills_the_link_before(client, letters):
    agent = make_agent()
    invitation = invitations.invite(email="anna@example.org", by=agent)
    old = link_in(letters()[-1])

    invitations.resend(invitation=invitation, by=agent)
    new = link_in(letters()[-1])

    assert old != new
    assert client.get(old, follow=True).status_code == 410
    assert client.get(new, follow=True).status_code == 200


def test_inviting_twice_sends_the_first_one_again(letters):
    agent = make_agent()

    first = invitations.invite(email="anna@example.org", by=agent)
    second = invitations.invite(email="ANNA@example.org", by=agent)

    assert first == second
    assert second.sent_count == 2
    assert len(letters()) == 2


def test_a_link_lives_for_fourteen_days(client, letters):
    invitations.invite(email="anna@example.org", by=make_agent())
    path = link_in(letters()[-1])

    with time_machine.travel(timezone.now() + timedelta(days=13, hours=23), tick=True):
        before = client.get(path, follow=True).status_code
    with time_machine.travel(timezone.now() + timedelta(days=14, hours=1), tick=True):
        after = Client().get(path, follow=True).status_code

    assert (before, after) == (200, 410)


def test_only_a_pending_invitation_is_withdrawn_or_sent_again():
    agent = make_agent()
    used = make_invitation(state=InvitationState.ACCEPTED)

    with pytest.raises(Conflict):
        invitations.revoke(invitation=used, by=agent)
    with pytest.raises(Conflict):
        invitations.resend(invitation=used, by=agent)


def test_withdrawn_before_the_code_opens_no_account(client, letters):
    agent = make_agent()
    invitation = make_invitation("anna@example.org", token="secret")
    client.get(at("invitation-open", "de", token="secret"))
    client.post(at("invitation", "de"), ANSWERS)
    code = code_in(letters()[-1])
    invitations.revoke(invitation=invitation, by=agent)

    answer = give_first_code(client, code)

    assert answer.status_code == 410
    assert User.objects.get(email="anna@example.org").is_active is False


def test_somebody_with_an_account_logs_in_and_keeps_the_invitation(client, letters):
    make_user("anna@example.org", language="de")
    make_invitation("anna@example.org", token="secret", destination=at("security", "de"))
    client.get(at("invitation-open", "de", token="secret"))

    page = client.get(at("invitation", "de")).content.decode()
    give_password(client, "anna@example.org", path=at("login", "de"))
    done = give_code(client, code_in(letters()[-1]), path=at("login-code", "de"))

    assert "You already have an account" in page
    assert f'href="{at("login", "de")}"' in page
    assert done.url == at("security", "de")
    assert Invitation.objects.get().state == InvitationState.ACCEPTED


def test_an_invitation_for_somebody_else_is_not_attached(client, letters):
    make_user("marc@example.org")
    make_invitation("anna@example.org", token="secret")
    client.get(at("invitation-open", "de", token="secret"))

    give_password(client, "marc@example.org")
    give_code(client, code_in(letters()[-1]))

    assert Invitation.objects.get().state == InvitationState.PENDING


def test_the_code_page_needs_the_session_that_chose_the_password(client, letters):
    make_invitation("anna@example.org", token="secret")
    client.get(at("invitation-open", "de", token="secret"))
    client.post(at("invitation", "de"), ANSWERS)
    thief = Client()
    thief.get(at("invitation-open", "de", token="secret"))

    answer = give_first_code(thief, code_in(letters()[-1]))

    assert answer.url == at("invitation", "de")


def test_destination_outside_the_portal_is_refused():
    for destination in ("https://evil.example/", "//evil.example/"):
        with pytest.raises(Conflict):
            invitations.invite(email="anna@example.org", by=make_agent(), destination=destination)


def test_agents_invite_send_again_and_withdraw_in_the_back_office(client, letters):
    agent = make_agent("marc@example.org")
    log_in(client, agent)
    form = client.get("/admin/invitations/new/").content.decode()

    created = client.post(
        "/admin/invitations/new/",
        {"email": "anna@example.org", "language": "nl", "first_name": "Anna", "last_name": ""},
    )
    invitation = Invitation.objects.get()
    listed = client.get("/admin/invitations/").content.decode()
    client.post(f"/admin/invitations/{invitation.pk}/resend/")
    client.post(f"/admin/invitations/{invitation.pk}/revoke/")

    assert 'name="email"' in form
    assert created.status_code == 302
    assert "anna@example.org" in listed
    assert f"/admin/invitations/{invitation.pk}/resend/" in listed
    invitation.refresh_from_db()
    assert (invitation.state, invitation.sent_count, invitation.created_by) == (
        InvitationState.REVOKED,
        2,
        agent,
    )
    assert [letter.extra_headers["Content-Language"] for letter in letters()] == ["nl", "nl"]


def test_editors_do_not_invite(client):
    from django.contrib.auth.models import Group

    editor = make_user(is_staff=True)
    editor.groups.add(Group.objects.get(name="Editors"))
    invitation = make_invitation()
    log_in(client, editor)

    client.post("/admin/invitations/new/", {"email": "x@example.org", "language": "nl"})
    act = client.post(f"/admin/invitations/{invitation.pk}/revoke/")

    assert Invitation.objects.count() == 1
    assert (act.status_code, act.url) == (302, "/admin/")  # Wagtail's way to say no
    invitation.refresh_from_db()
    assert invitation.state == InvitationState.PENDING
