"""Logging in: both steps, their refusals, and the traps of the packages below."""

from datetime import timedelta
from urllib.parse import quote

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.plugins.otp_email.models import EmailDevice

from eservices.models import OutgoingMail
from eservices.views.login import LoginView
from eservices.views.second_step import CodeView
from tests.addresses import at
from tests.eservices.identity.conftest import code_in, give_code, give_password, wait_over
from tests.factories.eservices import PASSWORD, make_user

pytestmark = pytest.mark.django_db


@pytest.mark.feature("A2", "A3")
def test_password_then_mailed_code_opens_the_personal_space(client, letters):
    user = make_user("claire@example.org", language="nl")

    first = give_password(client, "claire@example.org")
    page = client.get(first.url)
    letter = letters()[-1]
    second = give_code(client, f"{code_in(letter)[:3]} {code_in(letter)[3:]}")

    assert first.url == at("login-code")
    assert "c•••••e@example.org" in page.content.decode()
    assert 'autocomplete="one-time-code"' in page.content.decode()
    assert letter.to == ["claire@example.org"]
    assert second.status_code == 302
    assert second.url == "/nl/" or second.url.startswith("/nl/")
    state = client.get("/api/v1/session/").json()
    assert state["authenticated"] is True
    assert state["user"] == {"name": user.display_name, "email": user.email, "language": "nl"}
    assert state["level"] == "low"
    assert 1_190 < state["seconds_left"] <= 1_200


def test_password_alone_opens_nothing(client):
    make_user("claire@example.org")

    give_password(client, "claire@example.org")

    assert client.get(at("details")).url == f"{at('login')}?next={at('details')}"
    assert client.get("/api/v1/session/").json()["authenticated"] is False


@pytest.mark.parametrize(
    "typed", ["CLAIRE@example.org", "  claire@Example.org ", "ｃlaire@example.org"]
)
def test_case_and_width_of_the_address_do_not_matter(client, typed):
    make_user("claire@example.org")

    answer = give_password(client, typed)

    assert answer.url == at("login-code")


@pytest.mark.feature("A2")
def test_wrong_code_tells_the_tries_left_and_the_fifth_kills_it(client, letters):
    make_user("claire@example.org")
    give_password(client, "claire@example.org")
    code = code_in(letters()[-1])
    wrong = "000000" if code != "000000" else "000001"

    left = []
    for _try in range(5):
        answer = give_code(client, wrong)
        left.append(answer.content.decode())
        wait = EmailDevice.objects.filter(user__email="claire@example.org")
        wait.update(throttling_failure_timestamp=timezone.now() - timedelta(hours=1))
    after = give_code(client, code)

    assert "You have 4 tries left." in left[0]
    assert "You have 1 try left." in left[3]
    assert "too many tries with this code" in left[4]
    assert after.status_code == 422
    assert "too many tries with this code" in after.content.decode()


def test_right_code_during_the_wait_is_refused_with_seconds(client, letters):
    make_user("claire@example.org")
    give_password(client, "claire@example.org")
    code = code_in(letters()[-1])

    with time_machine.travel(timezone.now(), tick=False):
        give_code(client, "111111" if code != "111111" else "222222")
        answer = give_code(client, code)

    assert answer.status_code == 422
    assert "Try again in 1 seconds." in answer.content.decode()


def test_malformed_code_costs_no_try(client, letters):
    make_user("claire@example.org")
    give_password(client, "claire@example.org")

    answer = give_code(client, "12 34")

    assert "The code has six digits" in answer.content.decode()
    assert EmailDevice.objects.get().throttling_failure_count == 0


@pytest.mark.feature("A2")
def test_old_code_is_explained(client, letters):
    make_user("claire@example.org")
    give_password(client, "claire@example.org")
    code = code_in(letters()[-1])

    with time_machine.travel(timezone.now() + timedelta(seconds=301), tick=True):
        answer = give_code(client, code)
        page = client.get(at("login-code")).content.decode()

    assert "This code is no longer valid. Ask for a new one." in answer.content.decode()
    assert "is no longer valid. Ask for a new one below." in page


def test_a_code_works_once(client, letters):
    make_user("claire@example.org")
    give_password(client, "claire@example.org")
    code = code_in(letters()[-1])
    give_code(client, code)
    other = Client()
    give_password(other, "claire@example.org")

    answer = give_code(other, code)

    assert answer.status_code == 422


@pytest.mark.feature("A2")
def test_second_password_within_a_minute_sends_nothing_and_says_when_the_next_may_leave(
    client, letters
):
    make_user("claire@example.org")
    give_password(client, "claire@example.org")
    give_password(client, "claire@example.org")

    page = client.get(at("login-code")).content.decode()
    resend = client.post(at("login-code"), {"resend": "1"}, follow=True).content.decode()

    assert len(letters()) == 1
    assert 'data-seconds="60"' in page or 'data-seconds="59"' in page
    assert "You can ask for a new one in" in resend
    assert len(letters()) == 1


def test_new_code_replaces_the_old_one(client, letters):
    make_user("claire@example.org")
    give_password(client, "claire@example.org")
    old = code_in(letters()[-1])
    wait_over("claire@example.org")
    client.post(at("login-code"), {"resend": "1"})
    new = code_in(letters()[-1])
    assert old != new

    refused = give_code(client, old)
    wait_over("claire@example.org")
    accepted = give_code(client, new)

    assert (refused.status_code, accepted.status_code) == (422, 302)


def test_reload_of_the_code_page_sends_no_mail(client, letters):
    make_user("claire@example.org")
    give_password(client, "claire@example.org")
    wait_over("claire@example.org")

    client.get(at("login-code"))
    client.get(at("login-code", "nl"))

    assert len(letters()) == 1


def test_code_page_without_password_leads_back(client):
    answer = client.get(f"{at('login-code')}?next={at('details')}")

    assert answer.url == f"{at('login')}?next={quote(at('details'), safe='')}"


def test_code_page_ten_minutes_later_leads_back(client, letters):
    make_user("claire@example.org")
    give_password(client, "claire@example.org")
    code = code_in(letters()[-1])

    with time_machine.travel(timezone.now() + timedelta(minutes=11), tick=True):
        answer = give_code(client, code)

    assert answer.url == at("login")


def test_no_code_is_stored_with_the_mail(client, letters):
    make_user("claire@example.org")
    give_password(client, "claire@example.org")

    code = code_in(letters()[-1])

    row = OutgoingMail.objects.get()
    assert code not in str(vars(row))
    assert row.context == {"browser": ""}


def test_account_without_device_gets_one_and_is_asked_for_the_code(client, letters):
    user = make_user("claire@example.org")
    EmailDevice.objects.all().delete()

    answer = give_password(client, "claire@example.org")

    assert answer.url == at("login-code")
    assert EmailDevice.objects.get(user=user).name == "default"
    assert client.get("/api/v1/session/").json()["authenticated"] is False


def test_code_of_somebody_else_does_not_log_in(client, letters):
    make_user("claire@example.org")
    make_user("marc@example.org")
    give_password(Client(), "marc@example.org")
    foreign = code_in(letters()[-1])
    give_password(client, "claire@example.org")
    assert code_in(letters()[-1]) != foreign

    answer = give_code(client, foreign)

    assert answer.status_code == 422


def test_interleaved_logins_share_no_forms(rf, client):
    first, second = LoginView(), LoginView()
    shared = LoginView.as_view().view_initkwargs["form_list"]
    before = dict(shared)
    make_user("claire@example.org")
    make_user("marc@example.org")
    one, two = Client(), Client()

    give_password(one, "claire@example.org")
    give_password(two, "marc@example.org")
    pages = [one.get(at("login-code")), two.get(at("login-code"))]

    assert first.form_list is second.form_list  # what the class offers is never written to
    assert dict(shared) == before
    assert ["c•••••e@" in pages[0].content.decode(), "m•••••c@" in pages[1].content.decode()] == [
        True,
        True,
    ]


def test_each_request_has_its_own_form_list(rf):
    seen = []

    class Probe(LoginView):
        def get(self, request, *args, **kwargs):
            seen.append(self.form_list)
            return super().get(request, *args, **kwargs)

    view = Probe.as_view()
    for _number in range(2):
        request = rf.get(at("login"))
        request.user = type("Nobody", (), {"is_authenticated": False})()
        request.session = Client().session
        view(request)

    assert seen[0] == seen[1]
    assert seen[0] is not seen[1]
    assert seen[0] is not view.view_initkwargs["form_list"]


@pytest.mark.parametrize("view", [LoginView, CodeView])
def test_the_wizard_of_the_package_begins_no_session(view):
    with pytest.raises(PermissionDenied):
        view().done([])


@pytest.mark.feature("A4")
def test_deep_link_leads_through_login_to_exactly_that_page(client, letters):
    make_user("claire@example.org")
    wanted = f"{at('security')}?from=mail"

    asked = client.get(wanted)
    first = give_password(client, "claire@example.org", path=asked.url)
    letters()
    second = give_code(client, code_in(letters()[-1]), path=first.url)

    assert asked.url == f"{at('login')}?next={at('security')}%3Ffrom%3Dmail"
    assert second.url == wanted


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "http:///evil.example",
    ],
)
def test_next_never_leads_away(client, letters, target):
    make_user("claire@example.org")

    first = client.post(
        at("login"),
        {
            "login-current_step": "auth",
            "auth-username": "claire@example.org",
            "auth-password": PASSWORD,
            "next": target,
        },
    )
    second = give_code(client, code_in(letters()[-1]), path=f"{at('login-code')}?next={target}")

    assert first.url == at("login-code")
    assert second.url.startswith("/fr/")


def test_next_is_shown_in_the_language_of_the_account(client, letters):
    make_user("claire@example.org", language="de")
    first = give_password(client, "claire@example.org", path=f"{at('login')}?next={at('security')}")

    second = give_code(client, code_in(letters()[-1]), path=first.url)

    assert second.url == at("security", "de")


def test_unknown_address_and_wrong_password_get_the_same_answer(client, letters):
    make_user("claire@example.org")
    make_user("waiting@example.org", is_active=False)

    answers = [
        give_password(client, email, "Wrong-password-2026")
        for email in ("claire@example.org", "nobody@example.org", "waiting@example.org")
    ]
    right_but_inactive = give_password(client, "waiting@example.org")

    def shown(answer):
        text = answer.content.decode()
        for email in ("claire@example.org", "nobody@example.org", "waiting@example.org"):
            text = text.replace(email, "ADDRESS")
        return [line for line in text.splitlines() if "csrf" not in line]

    assert {answer.status_code for answer in (*answers, right_but_inactive)} == {422}
    assert shown(answers[0]) == shown(answers[1]) == shown(answers[2]) == shown(right_but_inactive)
    assert letters() == []


def test_unknown_address_costs_a_hash_too(client, monkeypatch):
    from eservices.models import User

    hashed = []
    original = User.set_password

    def counting(self, raw):
        hashed.append(raw)
        return original(self, raw)

    monkeypatch.setattr(User, "set_password", counting)

    give_password(client, "nobody@example.org", "Wrong-password-2026")

    assert hashed == ["Wrong-password-2026"]


def test_six_wrong_passwords_lock_whatever_the_case(client):
    make_user("claire@example.org")
    make_user("marc@example.org")
    for number in range(6):
        email = "claire@example.org" if number % 2 else "CLAIRE@Example.org"
        locked = give_password(client, email, "Wrong-password-2026")

    right = give_password(client, "cLAIRE@example.org")
    other = give_password(client, "marc@example.org")

    assert locked.status_code == 429
    assert right.status_code == 429
    assert reverse("password-reset") in right.content.decode()
    assert other.status_code == 302


def test_code_mails_have_an_hourly_ceiling(client, letters):
    make_user("claire@example.org")
    for _round in range(12):
        wait_over("claire@example.org")
        give_password(client, "claire@example.org")
    wait_over("claire@example.org")

    page = client.post(at("login-code"), {"resend": "1"}, follow=True).content.decode()

    assert "There were too many tries." in page
    assert len(letters()) == 12


@pytest.mark.feature("A5")
def test_log_out_is_a_form_and_ends_the_session(client, letters):
    from tests.factories.eservices import log_in

    log_in(client, make_user())
    page = client.get(at("details")).content.decode()
    assert f'action="{at("logout")}"' in page

    by_link = client.get(at("logout"))
    still = client.get("/api/v1/session/").json()["authenticated"]
    by_form = client.post(at("logout"))

    assert (by_link.status_code, still) == (405, True)
    assert by_form.url == "/fr/"
    assert client.get("/api/v1/session/").json()["authenticated"] is False


def test_session_ends_after_eight_hours_however_active(client, letters):
    make_user("claire@example.org")
    give_password(client, "claire@example.org")
    give_code(client, code_in(letters()[-1]))
    start = timezone.now()

    for quarter in range(32):  # somebody who opens a page every quarter of an hour
        with time_machine.travel(start + quarter * timedelta(minutes=15), tick=True):
            client.get(at("details"))
    with time_machine.travel(start + timedelta(hours=7, minutes=59), tick=True):
        before = client.get("/api/v1/session/").json()["authenticated"]
    with time_machine.travel(start + timedelta(hours=8, minutes=1), tick=True):
        after = client.get("/api/v1/session/").json()["authenticated"]

    assert (before, after) == (True, False)
