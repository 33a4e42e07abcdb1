"""The second step by app, backup code and passkey; what each tells, refuses and leaves in the log."""

import json
from datetime import timedelta

import pyotp
import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from eservices.actions.backup_codes import make_backup_codes
from eservices.actions.passkeys import add_passkey, ask_to_register
from eservices.enums import Method
from eservices.models import AuthenticationEvent, AuthenticatorApp, LoginPreference, PortalSession
from tests.addresses import at
from tests.eservices.identity.conftest import code_in, give_code, give_password, wait_over
from tests.factories.eservices import make_user
from tests.factories.login_methods import SoftDevice, make_app

pytestmark = pytest.mark.django_db

EMAIL = "claire@example.org"


@pytest.fixture
def claire():
    return make_user(EMAIL)


def prefer(user, method):
    LoginPreference.objects.create(user=user, method=method)


def way(method, **parts):
    """The address of the second step by one method."""
    return f"{at('login-code')}?way={method.value}" + "".join(f"&{k}={v}" for k, v in parts.items())


def proofs():
    """What the last session has proved."""
    return [row["method"] for row in PortalSession.objects.latest("pk").proofs]


def device_of(user, settings):
    """A device in software with a passkey of the person."""
    settings.PUBLIC_BASE_URL = "http://testserver"
    device = SoftDevice(origin="http://testserver", party="testserver")
    question = ask_to_register(user=user, portal="Valmont")
    answer = device.register(json.loads(question.options))
    add_passkey(user=user, answer=answer, challenge=question.challenge, name="Laptop")
    return device


def prove(client, device, **data):
    """Ask for a question and answer it, as the element does."""
    question = client.post(at("passkey-question"), data).json()
    answer = device.prove(question["options"])
    return client.post(at("passkey-login"), {"answer": answer, **data})


@pytest.mark.feature("C3")
def test_the_preferred_app_is_asked_first_and_no_mail_is_sent_until_asked_for(
    client, claire, letters
):
    _app, secret = make_app(claire)
    prefer(claire, Method.AUTHENTICATOR)

    first = give_password(client, EMAIL)
    page = client.get(first.url).content.decode()
    assert letters() == []
    assert "Enter the code of your app" in page
    assert "Code by e-mail" in page  # the other way
    code = pyotp.TOTP(secret).now()
    second = give_code(client, f"{code[:3]} {code[3:]}", path=first.url)

    assert second.url == "/fr/" or second.url.startswith("/fr/")
    assert proofs() == ["authenticator"]
    assert letters() == []


@pytest.mark.feature("C3")
def test_another_way_is_one_link_away_and_mail_comes_when_asked_for(client, claire, letters):
    make_app(claire)
    prefer(claire, Method.AUTHENTICATOR)
    give_password(client, EMAIL)

    page = client.get(way(Method.MAIL_CODE)).content.decode()
    assert "Ask for a code" in page
    assert letters() == []
    client.post(at("login-code"), {"resend": "1"})
    answer = give_code(client, code_in(letters()[-1]), path=way(Method.MAIL_CODE))

    assert answer.status_code == 302
    assert proofs() == ["mail_code"]


def test_only_what_the_person_has_is_offered(client, claire, letters):
    give_password(client, EMAIL)
    alone = client.get(at("login-code")).content.decode()
    foreign = client.get(way(Method.AUTHENTICATOR)).content.decode()
    make_backup_codes(user=claire)
    with_codes = client.get(at("login-code")).content.decode()

    assert "Use another way" not in alone
    assert "Enter the code from the e-mail" in foreign
    assert "Use another way" in with_codes
    assert f"?way={Method.BACKUP_CODE.value}" in with_codes
    assert f"?way={Method.AUTHENTICATOR.value}" not in with_codes


@pytest.mark.feature("C3")
def test_a_backup_code_opens_the_space_once_and_says_how_many_are_left(client, claire, letters):
    codes = make_backup_codes(user=claire)
    give_password(client, EMAIL)

    answer = client.post(
        way(Method.BACKUP_CODE), {"token-backup_code": codes[0].lower().replace("-", " ")}
    )
    home = client.get(answer.url, follow=True).content.decode()
    other = Client()
    wait_over(EMAIL)
    give_password(other, EMAIL)
    again = other.post(way(Method.BACKUP_CODE), {"token-backup_code": codes[0]})

    assert "You have 9 codes left." in home
    assert proofs() == ["backup_code"]
    assert again.status_code == 422
    assert "none of your unused backup codes" in again.content.decode()
    assert "A backup code was used" in [letter.subject for letter in letters()]


def test_the_last_codes_remind_to_make_new_ones(client, claire):
    codes = make_backup_codes(user=claire)
    claire.backupcodes_set.get().rows.exclude(
        pk__in=claire.backupcodes_set.get().rows.order_by("pk")[:2]
    ).update(used_at=timezone.now())
    give_password(client, EMAIL)

    answer = client.post(way(Method.BACKUP_CODE), {"token-backup_code": codes[0]})

    home = client.get(answer.url, follow=True).content.decode()
    assert "You have 1 code left. Make new ones" in home


@pytest.mark.parametrize(
    ("method", "field", "typed", "words"),
    [
        (Method.AUTHENTICATOR, "token-otp_token", "12 34", "The code has six digits"),
        (Method.BACKUP_CODE, "token-backup_code", "K7M2", "ten letters and digits"),
    ],
)
def test_what_cannot_be_a_code_costs_no_try(client, claire, method, field, typed, words):
    make_app(claire)
    make_backup_codes(user=claire)
    give_password(client, EMAIL)

    answer = client.post(way(method), {field: typed})

    assert words in answer.content.decode()
    assert AuthenticatorApp.objects.get().throttling_failure_count == 0
    assert claire.backupcodes_set.get().throttling_failure_count == 0
    assert not AuthenticationEvent.objects.filter(kind="code_refused").exists()


def test_a_right_code_during_the_wait_is_refused_with_seconds_and_logged(client, claire):
    _app, secret = make_app(claire)
    give_password(client, EMAIL)
    code = pyotp.TOTP(secret).now()
    wrong = "000000" if code != "000000" else "111111"

    with time_machine.travel(timezone.now(), tick=False):
        give_code(client, wrong, path=way(Method.AUTHENTICATOR))
        answer = give_code(client, code, path=way(Method.AUTHENTICATOR))

    assert answer.status_code == 422
    assert "Try again in 1 seconds." in answer.content.decode()
    events = AuthenticationEvent.objects.filter(user=claire, kind="code_refused").order_by("pk")
    assert [(event.method, event.code) for event in events] == [
        ("authenticator", "accounts.app_code_wrong"),
        ("authenticator", "too_many"),
    ]


@pytest.mark.feature("C3")
def test_five_wrong_codes_lead_to_another_way_which_opens_the_app_again(client, claire, letters):
    app, secret = make_app(claire)
    prefer(claire, Method.AUTHENTICATOR)
    give_password(client, EMAIL)
    near = {pyotp.TOTP(secret).at(timezone.now() + timedelta(seconds=30 * n)) for n in range(-2, 3)}
    wrong = next(code for code in ("000000", "111111", "222222") if code not in near)
    for _try in range(5):
        AuthenticatorApp.objects.update(
            throttling_failure_timestamp=timezone.now() - timedelta(minutes=1)
        )
        give_code(client, wrong, path=way(Method.AUTHENTICATOR))

    closed = give_code(client, pyotp.TOTP(secret).now(), path=way(Method.AUTHENTICATOR))
    client.post(at("login-code"), {"resend": "1"})
    opened = give_code(client, code_in(letters()[-1]), path=way(Method.MAIL_CODE))

    assert "Use another way, or wait 15 minutes." in closed.content.decode()
    assert opened.status_code == 302
    app.refresh_from_db()
    assert app.throttling_failure_count == 0


def test_the_code_of_the_app_in_the_form_of_the_mail_is_refused(client, claire, letters):
    _app, secret = make_app(claire)
    give_password(client, EMAIL)
    assert pyotp.TOTP(secret).now() != code_in(letters()[-1])

    answer = give_code(client, pyotp.TOTP(secret).now(), path=way(Method.MAIL_CODE))

    assert answer.status_code == 422


def test_a_mailed_code_belongs_to_the_person_not_to_the_browser(client, claire, letters):
    """Known of django-otp's devices: a code read out to a stranger who has the password opens the account.

    That is why the mail names the browser, the code lives five minutes, and the level is low.
    """
    give_password(client, EMAIL)
    stranger = Client()
    give_password(stranger, EMAIL)

    assert len(letters()) == 1
    assert give_code(stranger, code_in(letters()[-1])).status_code == 302
    assert proofs() == ["mail_code"]


@pytest.mark.parametrize("method", [Method.AUTHENTICATOR, Method.BACKUP_CODE, Method.PASSKEY])
def test_no_method_is_asked_without_a_password_of_the_last_ten_minutes(client, claire, method):
    make_app(claire)
    codes = make_backup_codes(user=claire)

    never = client.get(way(method))
    give_password(client, EMAIL)
    with time_machine.travel(timezone.now() + timedelta(minutes=11), tick=True):
        late = client.post(way(method), {"token-backup_code": codes[0]})

    assert never.url == at("login")
    assert late.url == at("login")
    assert PortalSession.objects.count() == 0


# Passkeys


@pytest.mark.feature("C3")
def test_a_passkey_logs_in_without_a_password(client, claire, settings):
    device = device_of(claire, settings)

    answer = prove(client, device, next=at("security"))

    assert answer.json() == {"url": at("security")}
    assert client.get("/api/v1/session/").json()["level"] == "low"
    assert proofs() == ["passkey"]
    assert AuthenticationEvent.objects.filter(kind="login", method="passkey").count() == 1


def test_a_passkey_never_leads_away(client, claire, settings):
    device = device_of(claire, settings)

    answer = prove(client, device, next="https://evil.example/")

    assert answer.json()["url"].startswith("/fr/")


def test_after_the_password_only_the_persons_own_passkeys_are_asked(client, claire, settings):
    device = device_of(claire, settings)
    prefer(claire, Method.PASSKEY)
    device_of(make_user(), settings)
    nobody = client.post(at("passkey-question"), {"second_step": "1"}).json()

    first = give_password(client, EMAIL)
    page = client.get(first.url).content.decode()
    options = client.post(at("passkey-question"), {"second_step": "1"}).json()["options"]
    answer = prove(client, device, second_step="1")

    assert not nobody["options"].get("allowCredentials")
    assert "<eg-passkey" in page
    assert "A passkey needs JavaScript." in page
    assert len(options["allowCredentials"]) == 1
    assert answer.status_code == 200


def test_a_question_can_be_answered_once_and_within_five_minutes(client, claire, settings):
    device = device_of(claire, settings)
    options = client.post(at("passkey-question")).json()["options"]
    answer = device.prove(options)
    with time_machine.travel(timezone.now() + timedelta(seconds=301), tick=True):
        late = client.post(at("passkey-login"), {"answer": answer})
    options = client.post(at("passkey-question")).json()["options"]
    answer = device.prove(options)
    other = Client().post(at("passkey-login"), {"answer": answer})
    right = client.post(at("passkey-login"), {"answer": answer})
    client.post(at("logout"))
    replayed = client.post(at("passkey-login"), {"answer": answer})

    assert [late.json()["code"], other.json()["code"], replayed.json()["code"]] == [
        "accounts.passkey_too_late"
    ] * 3
    assert right.status_code == 200


def test_a_refused_passkey_says_why_and_is_logged(client, claire, settings):
    device = device_of(claire, settings)
    device.verified = False

    answer = prove(client, device)

    assert (answer.status_code, answer.json()["code"]) == (422, "accounts.passkey_refused")
    assert answer.json()["title"] == "This passkey was not accepted. Try again, or use another way."
    event = AuthenticationEvent.objects.get(kind="login_refused")
    assert (event.user, event.code) == (None, "accounts.passkey_refused")
    assert client.get("/api/v1/session/").json()["authenticated"] is False


def test_questions_are_counted(client, claire):
    statuses = [client.post(at("passkey-question")).status_code for _number in range(121)]

    assert statuses == [200] * 120 + [429]
