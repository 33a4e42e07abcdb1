"""One's own account: details, password, mail address, forgotten password, session."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from eservices.actions import accounts
from eservices.errors import FieldLocked, Invalid
from eservices.models import EmailChange, JournalEntry, OutgoingMail, User
from tests.addresses import at
from tests.eservices.identity.conftest import code_in, give_code, give_password, link_in
from tests.factories.eservices import PASSWORD, log_in, make_user

pytestmark = pytest.mark.django_db

NEW = "Another-password-2026"
DETAILS = {"first_name": "Claire", "last_name": "Dumont", "language": "fr", "phone": ""}


@pytest.fixture
def claire(client):
    user = make_user("claire@example.org", first_name="Claire", last_name="Dumont")
    log_in(client, user)
    return user


@pytest.mark.feature("A6", "A7")
def test_details_are_stored_and_the_language_is_followed(client, claire, letters):
    answer = client.post(
        at("details"),
        {"first_name": "Klara", "last_name": "Berg", "language": "de", "phone": "0470 12 34 56"},
    )

    claire.refresh_from_db()
    assert answer.url == at("details", "de")
    assert (claire.display_name, claire.language) == ("Klara Berg", "de")
    assert (claire.citizen_profile.name, claire.citizen_profile.phone) == (
        "Klara Berg",
        "+32470123456",
    )
    give_password(Client(), "claire@example.org")
    assert letters()[-1].extra_headers["Content-Language"] == "de"


def test_wrong_phone_number_is_explained_and_kept(client, claire):
    answer = client.post(at("details"), {**DETAILS, "phone": "12"})

    assert answer.status_code == 422
    assert "for example 04 123 45 67" in answer.content.decode()
    assert 'value="12"' in answer.content.decode()


@pytest.mark.feature("A7")
def test_locked_details_are_shown_and_no_route_changes_them(client, claire):
    claire.locked_fields = {"last_name": "register"}
    claire.save()

    page = client.get(at("details")).content.decode()
    forged = client.post(at("details"), {**DETAILS, "last_name": "Forged"})
    plain = client.post(at("details"), {**DETAILS, "first_name": "Clara"})

    assert 'name="last_name"' not in page
    assert "Comes from the National Register." in page
    assert forged.status_code == 403
    assert str(FieldLocked()) in forged.content.decode()
    claire.refresh_from_db()
    assert (claire.first_name, claire.last_name, plain.status_code) == ("Clara", "Dumont", 302)
    with pytest.raises(FieldLocked):
        accounts.update_details(user=claire, values={"last_name": "Forged"}, by=claire)


def test_only_known_details_are_taken(claire):
    with pytest.raises(Invalid):
        accounts.update_details(user=claire, values={"is_staff": "1"}, by=claire)


@pytest.mark.feature("A8")
def test_changed_password_ends_other_sessions_and_is_told_by_mail(client, claire, letters):
    other = log_in(Client(), claire)
    key = client.session.session_key

    answer = client.post(at("account-password"), {"current": PASSWORD, "password": NEW})

    assert answer.url == at("security")
    assert client.get("/api/v1/session/").json()["authenticated"] is True
    assert client.session.session_key != key
    assert other.get("/api/v1/session/").json()["authenticated"] is False
    assert letters()[-1].subject == "Your password was changed"
    assert at("password-reset") in letters()[-1].body
    claire.refresh_from_db()
    assert claire.check_password(NEW)


@pytest.mark.parametrize(
    ("current", "new", "words"),
    [
        ("wrong", NEW, "This is not your current password."),
        (PASSWORD, "short", "Choose another password:"),
        (PASSWORD, "claire@example.org", "Choose another password:"),
        (PASSWORD, PASSWORD, "it is the one that you have now"),
    ],
)
def test_refused_passwords_change_nothing(client, claire, letters, current, new, words):
    answer = client.post(at("account-password"), {"current": current, "password": new})

    claire.refresh_from_db()
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert claire.check_password(PASSWORD)
    assert letters() == []


def test_guessing_the_current_password_ends_after_ten_tries(client, claire):
    answers = [
        client.post(at("account-password"), {"current": "wrong", "password": NEW}).status_code
        for _number in range(11)
    ]

    assert answers == [422] * 10 + [429]


@pytest.mark.feature("A8")
@pytest.mark.parametrize(
    ("typed", "met"),
    [
        ("", set()),
        ("735190264817", {"length", "different", "uncommon"}),
        ("claire@example.org", {"length", "uncommon", "letters"}),
        ("Guichet", {"different", "uncommon", "letters"}),
        (NEW, {"length", "different", "uncommon", "letters"}),
    ],
)
def test_live_criteria_are_those_of_the_server(client, claire, typed, met):
    answer = client.post(at("password-criteria"), {"password": typed})

    criteria = answer.json()["criteria"]
    assert {name for name, is_met in criteria.items() if is_met} == met
    assert client.get(f"{at('password-criteria')}?password={typed}").status_code == 405


def ask_reset(client, email):
    return client.post(at("password-reset"), {"email": email}, follow=True)


@pytest.mark.feature("A9")
def test_forgotten_password_by_mailed_link(client, letters):
    user = make_user("claire@example.org")
    elsewhere = log_in(Client(), user)
    ask_reset(client, "CLAIRE@example.org")
    path = link_in(letters()[-1])

    opened = client.get(path)
    stored = client.post(opened.url, {"password": NEW})

    assert (opened.url, opened.headers["Referrer-Policy"]) == (
        at("password-reset-set"),
        "no-referrer",
    )
    assert stored.url == at("login")
    assert client.get("/api/v1/session/").json()["authenticated"] is False
    assert elsewhere.get("/api/v1/session/").json()["authenticated"] is False
    assert letters()[-1].subject == "Your password was changed"
    assert give_password(client, "claire@example.org", NEW).url == at("login-code")
    assert user.emaildevice_set.count() == 1
    assert Client().get(path, follow=True).status_code == 410  # once


def test_reset_link_lives_for_one_hour(client, letters):
    make_user("claire@example.org")
    ask_reset(client, "claire@example.org")
    path = link_in(letters()[-1])

    with time_machine.travel(timezone.localtime() + timedelta(minutes=59), tick=True):
        before = Client().get(path, follow=True).status_code
    with time_machine.travel(timezone.localtime() + timedelta(minutes=61), tick=True):
        after = Client().get(path, follow=True).status_code

    assert (before, after) == (200, 410)


def test_opening_the_reset_link_changes_nothing(client, letters):
    user = make_user("claire@example.org")
    ask_reset(client, "claire@example.org")
    path = link_in(letters()[-1])
    before = User.objects.values().get(pk=user.pk)

    for _number in range(3):
        Client().get(path, follow=True)

    assert User.objects.values().get(pk=user.pk) == before
    assert path.rstrip("/").rsplit("/", 1)[-1] not in str(list(OutgoingMail.objects.values()))


def test_reset_tells_nothing_about_addresses(client, letters):
    make_user("claire@example.org")
    make_user("waiting@example.org", is_active=False)

    answers = {
        email: ask_reset(client, email)
        for email in ("claire@example.org", "nobody@example.org", "waiting@example.org")
    }

    assert len({(a.status_code, str(a.redirect_chain), a.content) for a in answers.values()}) == 1
    assert [letter.to for letter in letters()] == [["claire@example.org"]]


def test_reset_limit_is_the_same_for_known_and_unknown(client):
    make_user("claire@example.org")

    codes = {
        email: [
            client.post(at("password-reset"), {"email": email}).status_code for _number in range(6)
        ]
        for email in ("claire@example.org", "nobody@example.org")
    }

    assert codes["claire@example.org"] == [302] * 5 + [429]
    assert codes["nobody@example.org"] == codes["claire@example.org"]


def ask_change(client, email="new@example.org", password=PASSWORD):
    return client.post(at("account-email"), {"email": email, "password": password})


@pytest.mark.feature("A7")
def test_new_address_is_confirmed_from_its_mailbox_and_codes_follow(client, claire, letters):
    asked = ask_change(client, "New@Example.org")
    letter = letters()[-1]
    claire.refresh_from_db()
    assert claire.email == "claire@example.org"

    opened = client.get(link_in(letter))
    claire.refresh_from_db()
    unchanged = claire.email
    client.get(opened.url)
    confirmed = client.post(opened.url)

    claire.refresh_from_db()
    notice = letters()[-1]
    assert (asked.url, letter.to, unchanged) == (
        at("details"),
        ["new@example.org"],
        "claire@example.org",
    )
    assert confirmed.url == at("details")
    assert claire.email == "new@example.org"
    assert (notice.to, notice.subject) == (
        ["claire@example.org"],
        "Your account has a new e-mail address",
    )
    visitor = Client()
    give_password(visitor, "new@example.org")
    assert letters()[-1].to == ["new@example.org"]
    assert give_code(visitor, code_in(letters()[-1])).status_code == 302


def test_undo_from_the_old_mailbox_ends_every_session(client, claire, letters):
    ask_change(client)
    client.get(link_in(letters()[-1]))
    client.post(at("email-change-confirm"))
    path = link_in(letters()[-1])
    owner = Client()

    opened = owner.get(path)
    owner.get(opened.url)
    still = User.objects.get(pk=claire.pk).email
    undone = owner.post(opened.url)

    claire.refresh_from_db()
    assert (still, claire.email) == ("new@example.org", "claire@example.org")
    assert undone.url == at("login")
    assert client.get("/api/v1/session/").json()["authenticated"] is False
    assert claire.has_usable_password() is False
    assert (letters()[-1].to, letters()[-1].subject) == (
        ["claire@example.org"],
        "Choose a new password",
    )
    assert Client().get(link_in(letters()[-1]), follow=True).status_code == 200
    assert Client().get(path, follow=True).status_code == 410


def test_change_to_a_taken_address_looks_the_same_and_warns_its_owner(client, claire, letters):
    make_user("marc@example.org")

    free = ask_change(client, "free@example.org")
    taken = ask_change(client, "marc@example.org")

    assert (free.status_code, free.url) == (taken.status_code, taken.url)
    assert [letter.to for letter in letters()] == [["free@example.org"], ["marc@example.org"]]
    assert letters()[-1].subject == "You already have an account at the online counter"
    assert EmailChange.objects.filter(expires_at__gt=timezone.now()).count() == 1


def test_change_of_address_needs_the_password(client, claire, letters):
    answer = ask_change(client, password="wrong")

    assert answer.status_code == 422
    assert EmailChange.objects.count() == 0


def test_tokens_of_a_change_are_stored_hashed(client, claire, letters):
    ask_change(client)
    token = link_in(letters()[-1]).rstrip("/").rsplit("/", 1)[-1]

    assert token not in str(EmailChange.objects.values().get())
    assert token not in str(list(OutgoingMail.objects.values()))


def test_acts_on_the_account_are_in_the_journal(client, claire):
    client.post(at("account-password"), {"current": PASSWORD, "password": NEW})
    client.post(at("details"), {**DETAILS, "first_name": "Clara"})

    entries = JournalEntry.objects.filter(subject_id=claire.public_id)
    assert [entry.event for entry in entries] == ["password_changed", "details_changed"]
    assert "Clara" not in str(list(entries.values("data", "reason")))


@pytest.mark.feature("A6")
def test_header_offers_this_page_in_the_other_languages(client, claire):
    page = client.get(f"{at('security')}?a=1").content.decode()

    for code in ("nl", "de", "en"):
        assert f'href="{at("security", code)}?a=1"' in page


def test_account_menu_stands_behind_the_name(client, claire):
    page = client.get(at("security")).content.decode()

    assert "Claire Dumont" in page
    assert f'href="{at("details")}"' in page


def test_personal_pages_are_not_kept_by_browsers(client, claire):
    for path in (at("details"), at("security"), at("account-password")):
        assert client.get(path).headers["Cache-Control"] == "private, no-store"
