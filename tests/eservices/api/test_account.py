"""Sessions by API: the time left, one more time, where one is logged in, what happened."""

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from eservices.enums import AuthenticationEventKind, SessionEnd
from eservices.identity.sessions import PORTAL_SESSION_KEY
from eservices.models import AuthenticationEvent, PortalSession
from tests.addresses import at
from tests.factories.eservices import log_in, make_user

pytestmark = pytest.mark.django_db

START = timezone.now()
STATUS, EXTEND = "/api/v1/session/", "/api/v1/session/extend/"


@pytest.fixture
def user():
    return make_user()


@pytest.fixture
def api(client, user):
    with time_machine.travel(START, tick=False):
        log_in(client, user)
    return client


def session_of(client):
    return PortalSession.objects.get(public_id=client.session[PORTAL_SESSION_KEY])


def times(answer):
    """What an answer says about time."""
    names = ("seconds_left", "absolute_seconds_left", "extendable", "warn_seconds", "ended")
    return [answer.json()[name] for name in names]


@pytest.mark.feature("C4")
def test_extending_begins_the_twenty_minutes_anew(api):
    with time_machine.travel(START, tick=False) as clock:
        clock.shift(1190)
        assert times(api.get(STATUS)) == [10, 27610, True, 120, None]
        assert times(api.post(EXTEND)) == [1200, 27610, True, 120, None]
        clock.shift(5)
        assert times(api.get(STATUS))[0] == 1195
        assert times(api.post(EXTEND))[0] == 1200, "also twice within fifteen seconds"
        form = api.post(EXTEND, {}, content_type="multipart/form-data; boundary=x")
        assert times(form)[0] == 1200, "as a page may send it"


def test_extending_does_not_move_the_longest_time(api):
    with time_machine.travel(START, tick=False) as clock:
        for _turn in range(28):
            clock.shift(1000)
            api.post(EXTEND)
        assert times(api.get(STATUS)) == [800, 800, False, 120, None]
        clock.shift(800)
        assert times(api.get(STATUS)) == [0, 0, False, 120, "absolute"]


def test_extending_after_the_end_is_refused_with_the_way_to_the_login(api):
    with time_machine.travel(START, tick=False) as clock:
        clock.shift(1200)
        answer = api.post(EXTEND)

    assert answer.status_code == 403
    assert answer.json()["code"] == "accounts.session_ended"
    assert answer.json()["login_url"] == at("login")
    assert PortalSession.objects.get().last_active_at == START


def test_nobody_has_nothing_to_extend(client):
    assert client.post(EXTEND).json()["code"] == "accounts.login_required"


def test_extending_needs_the_security_token(user):
    api = log_in(Client(enforce_csrf_checks=True), user)

    assert api.post(EXTEND).json()["code"] == "csrf"


def test_own_sessions_are_listed(api, user):
    log_in(Client(), make_user())
    with time_machine.travel(START, tick=False):
        rows = api.get("/api/v1/account/sessions/").json()

    assert [(row["current"], row["methods"], row["level"]) for row in rows] == [
        (True, ["mail_code"], "low")
    ]


@pytest.mark.parametrize("own", [True, False])
def test_another_session_is_ended_if_it_is_one_s_own(api, user, own):
    other = log_in(Client(), user if own else make_user())
    row = session_of(other)
    with time_machine.travel(timezone.now(), tick=False):
        log_in(api, user)
        answer = api.delete(f"/api/v1/account/sessions/{row.public_id}/")

    row.refresh_from_db()
    assert (answer.status_code, row.end_reason) == ((204, SessionEnd.REVOKED) if own else (404, ""))


def test_ending_this_session_logs_out(client, user):
    log_in(client, user)
    row = session_of(client)

    assert client.delete(f"/api/v1/account/sessions/{row.public_id}/").status_code == 204
    row.refresh_from_db()
    assert row.end_reason == SessionEnd.LOGOUT
    assert client.get(STATUS).json()["authenticated"] is False


def test_the_security_log_has_pages(client, user):
    log_in(client, user)
    for _number in range(52):
        AuthenticationEvent.objects.create(user=user, kind=AuthenticationEventKind.LOGIN)

    first = client.get("/api/v1/account/security-log/").json()
    second = client.get("/api/v1/account/security-log/", {"page": "2"}).json()

    assert (len(first["results"]), first["more"]) == (50, True)
    assert (len(second["results"]), second["more"], second["page"]) == (2, False, 2)
    assert {row["kind"] for row in first["results"]} == {"login"}


@pytest.mark.parametrize("page", ["x", "0", "-1", "²", "9" * 40])
def test_a_page_that_does_not_exist_is_no_error(client, user, page):
    log_in(client, user)

    answer = client.get("/api/v1/account/security-log/", {"page": page})

    assert answer.status_code == 200
    assert answer.json()["results"] == []
