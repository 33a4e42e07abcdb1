"""What people meet around their sessions: why one is over, where they are logged in, what happened."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY
from django.test import Client
from django.utils import timezone

from eservices.actions import sessions as actions
from eservices.actions.security import record_event
from eservices.enums import AuthenticationEventKind, SessionEnd
from eservices.errors import (
    AppCodeWrong,
    CodeWrong,
    IdentityOtherPerson,
    PasswordRefused,
    message_of,
)
from eservices.identity import sessions
from eservices.identity.sessions import PORTAL_SESSION_KEY
from eservices.models import AuthenticationEvent, PortalSession, User
from eservices.views.login import mail_code_proof
from tests.addresses import at
from tests.eservices.identity.test_kept_posts import enter
from tests.factories.eservices import log_in, make_user

pytestmark = pytest.mark.django_db

START = timezone.now()


@pytest.fixture
def user():
    return make_user(language="en")


@pytest.fixture
def browser(client, user):
    return log_in(client, user)


def session_of(client: Client) -> PortalSession:
    return PortalSession.objects.get(public_id=client.session[PORTAL_SESSION_KEY])


def ended_page(client: Client, route: str = "details") -> str:
    """Follow a private page to the page that says why."""
    refused = client.get(at(route, "en"))
    assert refused.url == f"{at('session-ended', 'en')}?next={at(route, 'en').replace('/', '%2F')}"
    answer = client.get(refused.url)
    assert "no-store" in answer["Cache-Control"]
    return answer.content.decode()


@pytest.mark.feature("C4")
@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (SessionEnd.REVOKED, "You ended this session from another device or window."),
        (SessionEnd.PASSWORD, "The password of your account was changed."),
        (SessionEnd.LOGOUT, "You logged out in another window."),
    ],
)
def test_a_session_that_somebody_ended_says_so_at_the_next_request(browser, reason, words):
    assert browser.get(at("details", "en")).status_code == 200
    actions.end(session=session_of(browser), reason=reason)

    page = ended_page(browser)

    assert words in page
    assert ("Was it not you?" in page) is (reason == SessionEnd.PASSWORD)


@pytest.mark.parametrize(
    ("later", "words"),
    [
        (1200, "There was no activity for 20 minutes."),
        (8 * 3600, "You had been logged in for 8 hours."),
    ],
)
def test_a_session_whose_time_is_over_says_which(client, user, later, words):
    with time_machine.travel(START, tick=False) as clock:
        enter(client, user)
        clock.shift(later)

        assert words in ended_page(client)


def test_a_password_that_another_tool_changed_ends_the_session_with_its_reason(browser, user):
    user.set_password("Another-password-2026")
    user.save()

    assert "The password of your account was changed." in ended_page(browser)
    assert session_of(browser).end_reason == SessionEnd.PASSWORD


def test_a_closed_account_says_so(browser, user):
    User.objects.filter(pk=user.pk).update(is_active=False)

    assert "The account of this session is closed." in ended_page(browser)


def test_nobody_learns_only_that_they_are_not_logged_in(client):
    page = client.get(at("session-ended", "en")).content.decode()

    assert "You are no longer logged in." in page
    assert client.get(at("details")).url.startswith(at("login"))


@pytest.mark.parametrize(
    "goal", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"]
)
def test_the_way_back_never_leads_elsewhere(client, goal):
    page = client.get(at("session-ended", "en"), {"next": goal})

    assert page.context["login_again"] == at("login", "en")
    assert "evil" not in page.context["login_again"]


def test_who_logged_in_again_in_another_tab_goes_on_at_once(browser):
    goal = at("sessions", "en")

    assert browser.get(at("session-ended", "en"), {"next": goal}).url == goal


def test_reading_the_page_of_the_end_is_no_act(client, user):
    """Open tabs go there by themselves at the end: that must not begin twenty new minutes."""
    with time_machine.travel(START, tick=False) as clock:
        enter(client, user)
        clock.shift(1199)
        client.get(at("session-ended"))
        clock.shift(1)

        assert client.get("/api/v1/session/").json()["authenticated"] is False


def test_a_form_without_a_page_of_its_own_leads_back_to_the_page_before(client, user):
    with time_machine.travel(START, tick=False) as clock:
        enter(client, user)
        clock.shift(1300)
        here = f"http://testserver{at('sessions')}"

        posted = client.post(at("sessions-end-others"), headers={"Referer": here})
        foreign = client.post(
            at("sessions-end-others"), headers={"Referer": "https://evil.example/x"}
        )

    assert posted.url.endswith(f"?next={at('sessions').replace('/', '%2F')}")
    assert foreign.url.endswith(f"?next={at('dashboard').replace('/', '%2F')}")


@pytest.mark.parametrize(
    "headers", [{"Accept": "application/json"}, {"X-Requested-With": "XMLHttpRequest"}]
)
def test_scripts_of_pages_get_a_problem_and_the_way_to_the_login(client, user, headers):
    with time_machine.travel(START, tick=False) as clock:
        enter(client, user)
        clock.shift(1300)
        answer = client.post(at("details", "en"), {}, headers=headers)

    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json() == {
        "type": "about:blank",
        "title": "You were logged out. Log in again to go on.",
        "status": 403,
        "code": "accounts.session_ended",
        "login_url": at("login", "en"),
    }


def test_login_and_new_identification_change_the_cookie(client, user, rf):
    client.get(at("login"))
    request = rf.get("/")
    request.session = client.session
    request.session.save()
    request.user = user
    keys = [request.session.session_key]

    sessions.begin(request, user=user, proof=mail_code_proof())
    request.session.save()
    keys.append(request.session.session_key)
    sessions.strengthen(request, proof=mail_code_proof())
    request.session.save()
    keys.append(request.session.session_key)

    assert len(set(keys)) == 3
    assert not any(type(request.session)().exists(key) for key in keys[:2])
    assert HASH_SESSION_KEY in request.session


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(client, user):
    enter(client, user)
    session = client.session
    session["touched"] = True
    session.save()
    client.post(at("logout"))
    answer = client.get(at("login"))
    client.post(at("login"), {"auth-username": "x@example.org", "auth-password": "y"})

    assert settings.SESSION_COOKIE_HTTPONLY is True
    assert settings.SESSION_COOKIE_SAMESITE == "Lax"
    assert session.get_expiry_age() > settings.SESSION_ABSOLUTE_SECONDS
    assert answer.status_code == 200


@pytest.mark.feature("C4")
def test_the_list_shows_own_sessions_with_this_one_first(browser, user):
    elsewhere = log_in(Client(), user)
    PortalSession.objects.filter(pk=session_of(elsewhere).pk).update(
        browser="Firefox", network="192.0.2.0"
    )
    foreign = session_of(log_in(Client(), make_user()))

    page = browser.get(at("sessions", "en"))

    rows = page.context["rows"]
    assert [(row["browser"], row["is_this"]) for row in rows] == [
        ("Unknown browser", True),
        ("Firefox", False),
    ]
    text = page.content.decode()
    assert "Password and code by e-mail" in text
    assert "192.0.2.0" in text
    assert str(foreign.public_id) not in text


def test_the_list_costs_the_same_with_one_and_with_three(
    browser, user, django_assert_max_num_queries
):
    with django_assert_max_num_queries(40) as one:
        browser.get(at("sessions"))
    for _turn in range(2):
        log_in(Client(), user)
    with django_assert_max_num_queries(len(one)):
        browser.get(at("sessions"))


def test_one_session_is_ended_and_told_there(browser, user):
    elsewhere = log_in(Client(), user)
    wanted = session_of(elsewhere)

    answer = browser.post(at("session-end", public_id=wanted.public_id))

    assert answer.url == at("sessions")
    assert "You ended this session" in ended_page(elsewhere)
    assert browser.get(at("details")).status_code == 200
    event = AuthenticationEvent.objects.get(kind=AuthenticationEventKind.SESSION_ENDED)
    assert (event.user, event.session) == (user, wanted.public_id)


def test_sessions_of_others_do_not_exist(browser):
    foreign = session_of(log_in(Client(), make_user()))

    answer = browser.post(at("session-end", public_id=foreign.public_id))

    foreign.refresh_from_db()
    assert (answer.status_code, foreign.ended_at) == (404, None)


def test_all_others_end_and_this_one_stays(browser, user):
    others = [log_in(Client(), user) for _turn in range(2)]

    browser.post(at("sessions-end-others"))

    assert [session_of(other).end_reason for other in others] == ["revoked", "revoked"]
    assert browser.get(at("details")).status_code == 200


def test_all_end_and_this_browser_is_logged_out(browser, user):
    other = log_in(Client(), user)

    answer = browser.post(at("sessions-end-all"))

    assert answer.url == at("login")
    assert session_of(other).end_reason == SessionEnd.REVOKED
    assert set(PortalSession.objects.values_list("end_reason", flat=True)) == {"revoked", "logout"}
    assert browser.get(at("details")).url.startswith(at("login"))


def test_the_security_log_is_paged_and_one_s_own(browser, user):
    now = timezone.now()
    for number in range(30):
        AuthenticationEvent.objects.create(
            user=user,
            kind=AuthenticationEventKind.LOGIN,
            method="mail_code",
            browser="Firefox",
            at=now - timedelta(days=number),
        )
    AuthenticationEvent.objects.create(
        user=make_user(), kind=AuthenticationEventKind.PASSWORD_CHANGED
    )

    first = browser.get(at("security-log", "en"))
    second = browser.get(at("security-log", "en"), {"page": "2"})

    assert (len(first.context["rows"]), len(second.context["rows"])) == (25, 5)
    assert "Logged in" in first.content.decode()
    assert "Password changed" not in first.content.decode() + second.content.decode()


def test_erasing_an_account_leaves_no_trace_of_its_sessions(browser, user):
    from eservices.actions.privacy import erase

    AuthenticationEvent.objects.create(user=user, kind=AuthenticationEventKind.LOGIN)
    erase(user=user, by=user)

    row = PortalSession.objects.get()
    assert (row.end_reason, row.browser, row.network, row.proofs) == ("erased", "", "", [])
    assert not AuthenticationEvent.objects.exists()
    assert browser.get(at("details")).status_code == 302


@pytest.mark.feature("C4")
def test_the_security_log_says_why_a_code_was_refused(browser, user):
    for code in ("accounts.app_code_wrong", "identity.other_person", "accounts.gone_since"):
        record_event(kind=AuthenticationEventKind.CODE_REFUSED, user=user, code=code)

    page = browser.get(at("security-log", "en")).content.decode()

    assert str(AppCodeWrong.message) in page
    assert str(IdentityOtherPerson.message) in page
    assert "gone_since" not in page


def test_sentences_with_details_of_their_moment_stay_out_of_the_log():
    assert "%(" in str(PasswordRefused.message)
    assert message_of(PasswordRefused.code) == ""
    assert message_of(CodeWrong.code) == ""
    assert message_of("") == ""
