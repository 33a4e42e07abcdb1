"""The page "Security": what it shows, the proof it asks for, what it changes and tells."""

import json
import re
from datetime import timedelta
from html import unescape
from urllib.parse import unquote

import pyotp
import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from eservices.actions.backup_codes import make_backup_codes
from eservices.actions.passkeys import add_passkey, ask_to_register
from eservices.enums import Level, Method
from eservices.models import (
    AuthenticationEvent,
    AuthenticatorApp,
    ExternalIdentity,
    JournalEntry,
    LoginPreference,
    Passkey,
    PortalSession,
)
from eservices.queries.login_methods import login_methods_of
from tests.addresses import at
from tests.eservices.identity.conftest import code_in, give_password
from tests.factories.eservices import PASSWORD, log_in, make_user
from tests.factories.login_methods import SoftDevice, make_app

pytestmark = pytest.mark.django_db

EMAIL = "claire@example.org"
TEN_MINUTES = timedelta(minutes=10, seconds=1)


@pytest.fixture
def claire(client):
    user = make_user(EMAIL)
    log_in(client, user)
    return user


@pytest.fixture
def later():
    """Eleven minutes after the login: the proof is too old for changes, the session lasts."""
    with time_machine.travel(timezone.now() + TEN_MINUTES, tick=True) as travel:
        yield travel


def secret_on(page: str) -> str:
    """The secret that a page shows in groups of four."""
    groups = re.findall(r"<span>([A-Z2-7]{4})</span>", page)
    assert len(groups) == 8
    return "".join(groups)


def add_app(client, name="My phone"):
    """Walk through the page that adds an app; returns its secret and the answer."""
    secret = secret_on(client.get(at("app-add")).content.decode())
    code = pyotp.TOTP(secret).now()
    answer = client.post(at("app-add"), {"name": name, "otp_token": f"{code[:3]} {code[3:]}"})
    return secret, answer


# What is there


@pytest.mark.feature("C3", "B7")
def test_the_page_lists_what_the_person_has_and_nothing_of_others(client, claire):
    make_app(claire, "Tablet of Claire")
    make_app(make_user(), "Phone of somebody else")
    make_backup_codes(user=claire)
    ExternalIdentity.objects.create(
        user=claire, provider="csam", issuer="x", subject_lookup="a" * 64, level=Level.HIGH
    )

    page = client.get(at("security")).content.decode()

    assert "Tablet of Claire" in page
    assert "Phone of somebody else" not in page
    assert "10 codes left." in page
    assert "c•••••e@example.org" in page
    assert "csam" in page.lower()
    assert "Unlink" in page
    assert 'data-help="password"' in page
    assert 'data-help="second-step"' in page


@pytest.mark.parametrize("number", [1, 3])
def test_the_number_of_queries_does_not_grow(client, claire, django_assert_max_num_queries, number):
    for index in range(number):
        make_app(claire, f"App {index}")
    client.get(at("security"))

    with django_assert_max_num_queries(25):
        page = client.get(at("security")).content.decode()
    assert page.count("eg-method-row") == number + 2


def test_nobody_is_asked_to_log_in(client):
    answer = client.get(at("app-add"))

    assert answer.url.startswith(at("login"))


# A fresh proof


ACTS = ["app-add", "passkey-add", "first-method", "backup-codes"]


@pytest.mark.parametrize("name", ACTS)
def test_every_change_asks_for_a_proof_of_the_last_ten_minutes(client, claire, name):
    fresh = client.get(at(name))
    with time_machine.travel(timezone.now() + TEN_MINUTES, tick=True):
        stale = client.get(at(name))
        posted = client.post(at(name))

    assert fresh.status_code == 200
    assert stale.url.startswith(f"{at('reauthenticate')}?next=")
    if name != "passkey-add":
        assert posted.url.startswith(f"{at('reauthenticate')}?next=")
    assert AuthenticationEvent.objects.filter(user=claire, kind__startswith="method").count() == 0


@pytest.mark.parametrize("kind", ["app", "passkey"])
@pytest.mark.parametrize("act", ["rename", "remove"])
def test_so_do_renaming_and_removing(client, claire, later, kind, act):
    app, _secret = make_app(claire)

    answer = client.post(at(f"{kind}-{act}", public_id=app.public_id), {"name": "Forged"})

    assert answer.url.startswith(at("reauthenticate"))
    app.refresh_from_db()
    assert app.name == "My phone"


def test_the_right_password_and_mailed_code_lead_back_to_the_act(client, claire, letters, later):
    goal = client.get(at("app-add")).url
    page = client.get(goal).content.decode()
    assert "Send me a code" in page
    assert letters() == []
    sent = client.post(goal, {"resend": "1"})
    code = code_in(letters()[-1])
    key = client.session.session_key

    no_password = client.post(sent.url, {"otp_token": code})
    wrong = client.post(sent.url, {"password": "Wrong-password-2026", "otp_token": code})
    right = client.post(sent.url, {"password": PASSWORD, "otp_token": code})

    assert "Enter your password." in no_password.content.decode()
    assert "This is not your current password." in wrong.content.decode()
    assert right.url == at("app-add")
    assert client.session.session_key != key
    assert client.get(right.url).status_code == 200
    assert [event.kind for event in AuthenticationEvent.objects.order_by("pk")] == [
        "code_refused",
        "step_up",
    ]


def test_a_wrong_password_uses_up_no_code_and_costs_no_try_of_it(client, claire, letters, later):
    _app, secret = make_app(claire)
    url = f"{at('reauthenticate')}?way=authenticator"
    code = pyotp.TOTP(secret).now()

    client.post(url, {"password": "Wrong-password-2026", "otp_token": code})
    right = client.post(url, {"password": PASSWORD, "otp_token": code})

    assert right.url == at("security")


def test_guessing_the_password_there_ends_after_ten_tries(client, claire, later):
    _app, secret = make_app(claire)
    url = f"{at('reauthenticate')}?way=authenticator"

    pages = [
        client.post(url, {"password": "wrong", "otp_token": "123456"}).content.decode()
        for _try in range(11)
    ]

    assert "This is not your current password." in pages[9]
    assert "There were too many tries." in pages[10]


@pytest.mark.feature("C3")
def test_an_account_without_password_proves_by_its_code_alone(client, claire, later):
    claire.set_unusable_password()
    claire.save()
    log_in(client, claire)
    PortalSession.objects.update(proofs=[])
    _app, secret = make_app(claire)
    log_in(client, claire)
    with time_machine.travel(timezone.now() + TEN_MINUTES, tick=True):
        url = f"{at('reauthenticate')}?way=authenticator"
        page = client.get(url).content.decode()
        answer = client.post(url, {"otp_token": pyotp.TOTP(secret).now()})

    assert 'name="password"' not in page
    assert answer.url == at("security")


def test_a_passkey_proves_again_and_only_the_same_persons(client, claire, settings):
    settings.PUBLIC_BASE_URL = "http://testserver"
    own, foreign = (SoftDevice(origin="http://testserver", party="testserver") for _n in range(2))
    for user, device in ((claire, own), (make_user(), foreign)):
        question = ask_to_register(user=user, portal="x")
        answer = device.register(json.loads(question.options))
        add_passkey(user=user, answer=answer, challenge=question.challenge, name="Key")

    answers = []
    with time_machine.travel(timezone.now() + TEN_MINUTES, tick=True):
        for device in (foreign, own):
            options = client.post(at("passkey-question")).json()["options"]
            data = {"answer": device.prove(options), "next": at("app-add")}
            answers.append(client.post(at("passkey-login"), data))
        after = client.get(at("app-add"))

    assert answers[0].json()["code"] == "accounts.passkey_refused"
    assert answers[1].json() == {"url": at("app-add")}
    assert after.status_code == 200
    assert client.get("/api/v1/session/").json()["user"]["email"] == EMAIL
    refused = AuthenticationEvent.objects.get(kind="step_up_refused")
    assert (refused.user, refused.method) == (claire, "passkey")


def test_what_was_typed_before_the_proof_is_filled_in_again(client, claire, later):
    app, _secret = make_app(claire)
    url = at("app-rename", public_id=app.public_id)

    asked = client.post(url, {"name": "Phone of the kitchen"})
    log_in_again(client, claire)
    page = client.get(url).content.decode()

    assert asked.url == f"{at('reauthenticate')}?next={url.replace('/', '%2F')}"
    assert 'value="Phone of the kitchen"' in page


def test_an_act_without_a_page_of_its_own_is_offered_after_the_proof(
    client, claire, later, letters
):
    claire.set_unusable_password()
    claire.save()
    log_in(client, claire)
    with time_machine.travel(timezone.now() + TEN_MINUTES, tick=True):
        asked = client.post(at("password-by-mail"))
        assert at("reauthenticated").replace("/", "%2F") in asked.url
        log_in_again(client, claire)
        page = client.get(at("reauthenticated")).content.decode()
        client.post(at("password-by-mail"))
        empty = client.get(at("reauthenticated"))

    assert f'action="{at("password-by-mail")}"' in page
    assert "Send me the link" in page
    assert [letter.to for letter in letters()] == [[EMAIL]]
    assert empty.url == at("security")


def test_scripts_are_told_where_to_prove(client, claire, later):
    answer = client.post(
        at("passkey-register-question"),
        headers={
            "X-Requested-With": "XMLHttpRequest",
            "Referer": f"http://testserver{at('passkey-add')}",
        },
    )

    assert answer.status_code == 403
    assert answer.json()["code"] == "accounts.proof_too_old"
    assert unquote(answer.json()["url"]) == f"{at('reauthenticate')}?next={at('passkey-add')}"


def log_in_again(client, user):
    """Give the session of the client a proof of just now, as the page does."""
    row = PortalSession.objects.filter(user=user).latest("pk")
    row.proofs = [{**row.proofs[0], "at": timezone.now().isoformat()}]
    row.save()


@pytest.mark.parametrize(
    "goal", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"]
)
def test_the_proof_never_leads_away(client, claire, goal):
    _app, secret = make_app(claire)

    answer = client.post(
        f"{at('reauthenticate')}?way=authenticator&next={goal}",
        {"password": PASSWORD, "otp_token": pyotp.TOTP(secret).now()},
    )

    assert answer.url == at("security")


# Apps


@pytest.mark.feature("C3")
def test_an_app_is_added_confirmed_told_and_leaves_no_secret_in_the_session(
    client, claire, letters
):
    page = client.get(at("app-add")).content.decode()
    secret = secret_on(page)
    uri = unescape(re.search(r'href="(otpauth:[^"]+)"', page).group(1))
    parsed = pyotp.parse_uri(uri)
    assert (parsed.secret, parsed.name, parsed.digits, parsed.interval) == (secret, EMAIL, 6, 30)
    assert parsed.issuer
    assert 'src="data:image/svg+xml;base64,' in page
    assert secret == secret_on(client.get(at("app-add")).content.decode())  # a reload keeps it
    assert secret not in str(Session.objects.get(pk=client.session.session_key).get_decoded())

    wrong = client.post(at("app-add"), {"name": "My phone", "otp_token": "000000"})
    right = client.post(
        at("app-add"), {"name": "My phone", "otp_token": pyotp.TOTP(secret).now()}, follow=True
    )

    assert "The app does not show this code now." in wrong.content.decode()
    assert secret == secret_on(wrong.content.decode())
    assert "Your authenticator app is added." in right.content.decode()
    assert "My phone" in right.content.decode()
    assert "app_setup" not in client.session
    letter = letters()[-1]
    assert letter.subject == "Your way to log in was changed"
    assert "Login method added: Authenticator app" in letter.body
    assert at("sessions") in letter.body
    assert JournalEntry.objects.filter(event="method_added").count() == 1


def test_a_secret_older_than_half_an_hour_is_replaced(client, claire):
    secret = secret_on(client.get(at("app-add")).content.decode())

    with time_machine.travel(timezone.now() + timedelta(minutes=31), tick=True):
        log_in(client, claire)
        answer = client.post(at("app-add"), {"name": "x", "otp_token": pyotp.TOTP(secret).now()})

    assert answer.status_code in (409, 422)
    assert not AuthenticatorApp.objects.exists()


def test_an_app_is_renamed_and_removed_and_the_mail_comes_first_again(client, claire, letters):
    add_app(client)
    app = AuthenticatorApp.objects.get()
    client.post(at("first-method"), {"method": "authenticator"})
    assert login_methods_of(claire).preferred == Method.AUTHENTICATOR

    client.post(at("app-rename", public_id=app.public_id), {"name": "Phone of the kitchen"})
    page = client.get(at("security")).content.decode()
    asked = client.get(at("app-remove", public_id=app.public_id)).content.decode()
    client.post(at("app-remove", public_id=app.public_id))

    assert "Phone of the kitchen" in page
    assert "Remove “Phone of the kitchen”?" in asked
    assert not AuthenticatorApp.objects.exists()
    assert not LoginPreference.objects.exists()
    assert login_methods_of(claire).preferred == Method.MAIL_CODE
    kinds = AuthenticationEvent.objects.filter(user=claire).order_by("pk").values_list("kind")
    assert [kind for (kind,) in kinds] == [
        "method_added",
        "method_default",
        "method_renamed",
        "method_removed",
    ]
    assert len(letters()) == 4


@pytest.mark.parametrize("act", ["rename", "remove"])
def test_the_app_of_somebody_else_is_not_there(client, claire, act):
    foreign, _secret = make_app(make_user(), "Foreign")

    answer = client.post(at(f"app-{act}", public_id=foreign.public_id), {"name": "Forged"})

    assert answer.status_code == 404
    foreign.refresh_from_db()
    assert foreign.name == "Foreign"


def test_what_one_does_not_have_cannot_be_asked_first(client, claire):
    answer = client.post(at("first-method"), {"method": "authenticator"})
    codes = make_backup_codes(user=claire)
    emergency = client.post(at("first-method"), {"method": "backup_code"})

    assert (answer.status_code, emergency.status_code) == (422, 422)
    assert codes
    assert not LoginPreference.objects.exists()


# Passkeys


@pytest.mark.feature("C3")
def test_a_passkey_is_added_by_a_script_and_removed_without_one(client, claire, settings, letters):
    settings.PUBLIC_BASE_URL = "http://testserver"
    device = SoftDevice(origin="http://testserver", party="testserver")
    question = client.post(at("passkey-register-question")).json()
    answer = client.post(
        at("passkey-register"), {"answer": device.register(question["options"]), "name": "Laptop"}
    )
    page = client.get(answer.json()["url"]).content.decode()
    again = client.post(at("passkey-register-question")).json()["options"]
    client.post(at("passkey-remove", public_id=Passkey.objects.get().public_id))

    assert "Your passkey is added." in page
    assert "Laptop" in page
    assert len(again["excludeCredentials"]) == 1
    assert not Passkey.objects.exists()
    assert "Login method added: Passkey" in letters()[0].body
    assert "Login method removed: Passkey" in letters()[1].body


# Backup codes


def codes_on(page: str) -> list[str]:
    return re.findall(r"<li>([A-Z2-9]{5}-[A-Z2-9]{5})</li>", page)


@pytest.mark.feature("C3")
def test_codes_are_shown_once_and_given_as_a_file(client, claire, letters):
    shown = client.post(at("backup-codes")).content.decode()
    codes = codes_on(shown)
    page = client.get(at("backup-codes")).content.decode()
    security = client.get(at("security")).content.decode()
    file = client.post(at("backup-codes-file"), {"code": codes})
    forged = client.post(at("backup-codes-file"), {"code": ["AAAAA-AAAAA"]})

    assert len(codes) == 10
    assert not set(codes_on(page)) | set(codes_on(security))
    assert not any(code in page + security for code in codes)
    assert file.headers["Content-Disposition"] == 'attachment; filename="backup-codes.txt"'
    assert all(code in file.content.decode() for code in codes)
    assert file.headers["Cache-Control"] == "private, no-store"
    assert forged.url == at("backup-codes")
    assert "New backup codes made: Backup code" in letters()[-1].body


def test_another_browser_cannot_fetch_the_file(client, claire):
    codes = codes_on(client.post(at("backup-codes")).content.decode())
    other = log_in(Client(), make_user())

    answer = other.post(at("backup-codes-file"), {"code": codes})

    assert answer.url == at("backup-codes")


def test_no_code_stands_in_the_session(client, claire):
    codes = codes_on(client.post(at("backup-codes")).content.decode())
    stored = str(Session.objects.get(pk=client.session.session_key).get_decoded())

    assert len(codes) == 10
    assert not any(code in stored for code in codes)


def test_recovery_without_the_app_is_always_there(client, letters):
    """A lost phone: the code by mail is one link away, whatever is asked first (research, 6.2)."""
    user = make_user("marc@example.org")
    make_app(user)
    LoginPreference.objects.create(user=user, method=Method.AUTHENTICATOR)
    give_password(client, "marc@example.org")

    page = client.get(at("login-code")).content.decode()

    assert f"?way={Method.MAIL_CODE.value}" in page
