"""Sessions end at the very moment that the rules say, and nothing brings them back."""

import threading
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from eservices.actions import sessions
from eservices.contract import Proof
from eservices.enums import AuthenticationEventKind, Level, Method, SessionEnd
from eservices.models import AuthenticationEvent, PortalSession
from eservices.queries.sessions import (
    absolute_seconds_left,
    is_extendable,
    open_sessions,
    seconds_left,
    security_log,
    why_over,
)
from tests.factories.eservices import make_user

pytestmark = pytest.mark.django_db

NOW = timezone.now()
IDLE, ABSOLUTE = timedelta(seconds=1200), timedelta(hours=8)
A_MOMENT = timedelta(microseconds=1)


def make_session(user=None, **fields):
    """A session that began at NOW, of a new person unless one is given."""
    begun = sessions.begin(
        user=user or make_user(),
        proof=Proof(method=Method.MAIL_CODE, level=Level.LOW, at=NOW),
        browser="Firefox",
        network="192.0.2.0",
        now=NOW,
    )
    PortalSession.objects.filter(pk=begun.pk).update(**fields or {"browser": "Firefox"})
    begun.refresh_from_db()
    return begun


@pytest.mark.parametrize(
    ("later", "over"),
    [
        (timedelta(0), None),
        (IDLE - A_MOMENT, None),
        (IDLE, SessionEnd.IDLE),
        (IDLE + A_MOMENT, SessionEnd.IDLE),
        (ABSOLUTE, SessionEnd.ABSOLUTE),
    ],
)
def test_a_session_without_an_act_is_over_after_twenty_minutes(later, over):
    assert why_over(make_session(), now=NOW + later) == over


@pytest.mark.parametrize(("early", "over"), [(A_MOMENT, None), (timedelta(0), "absolute")])
def test_a_session_that_is_used_all_the_time_is_over_after_eight_hours(early, over):
    session = make_session(last_active_at=NOW + ABSOLUTE - timedelta(seconds=1))

    assert why_over(session, now=NOW + ABSOLUTE - early) == over


def test_the_time_left_is_the_shorter_of_two_and_never_too_long():
    session = make_session(last_active_at=NOW + ABSOLUTE - timedelta(seconds=60))
    at = NOW + ABSOLUTE - timedelta(seconds=30.4)

    assert (seconds_left(session, now=at), absolute_seconds_left(session, now=at)) == (30, 30)
    assert is_extendable(session, now=at) is False
    fresh = make_session()
    assert seconds_left(fresh, now=NOW + timedelta(seconds=0.5)) == 1199
    assert absolute_seconds_left(fresh, now=NOW) == 8 * 3600
    assert is_extendable(fresh, now=NOW) is True


def test_acts_are_written_every_fifteen_seconds_at_most():
    session = make_session()

    sessions.touch(session=session, now=NOW + timedelta(seconds=14))
    session.refresh_from_db()
    assert session.last_active_at == NOW

    sessions.touch(session=session, now=NOW + timedelta(seconds=15))
    session.refresh_from_db()
    assert session.last_active_at == NOW + timedelta(seconds=15)


@pytest.mark.parametrize("later", [IDLE, IDLE + timedelta(hours=1), ABSOLUTE])
def test_an_act_after_the_end_brings_nothing_back(later):
    session = make_session()

    sessions.touch(session=session, now=NOW + later)

    assert PortalSession.objects.get(pk=session.pk).last_active_at == NOW


def test_an_act_on_a_session_that_was_just_ended_learns_of_it():
    session = make_session()
    stale = PortalSession.objects.get(pk=session.pk)
    sessions.end(session=session, reason=SessionEnd.REVOKED, now=NOW + timedelta(seconds=20))

    sessions.touch(session=stale, now=NOW + timedelta(seconds=21))

    assert why_over(stale, now=NOW + timedelta(seconds=21)) == SessionEnd.REVOKED
    assert PortalSession.objects.get(pk=session.pk).last_active_at == NOW


def test_a_clock_that_saw_an_old_state_does_not_end_a_session_that_is_used():
    session = make_session()
    stale = PortalSession.objects.get(pk=session.pk)
    sessions.touch(session=session, now=NOW + IDLE - timedelta(seconds=1))

    sessions.expire(session=stale, now=NOW + IDLE)

    assert why_over(stale, now=NOW + IDLE) is None
    assert PortalSession.objects.get(pk=session.pk).ended_at is None


def test_the_first_reason_stays():
    session = make_session()
    sessions.end(session=session, reason=SessionEnd.PASSWORD, now=NOW)

    sessions.end(session=session, reason=SessionEnd.LOGOUT, now=NOW + timedelta(hours=1))

    assert (session.end_reason, session.ended_at) == (SessionEnd.PASSWORD, NOW)


@pytest.mark.django_db(transaction=True)
def test_two_tabs_at_the_limit_agree():
    """One tab acts just before the limit, others ask just after it: alive and acted, or over and never again alive."""
    session = make_session()
    start, seen = threading.Barrier(4), []

    def tab(number: int) -> None:
        try:
            mine = PortalSession.objects.get(pk=session.pk)
            start.wait()
            if number == 0:
                sessions.touch(session=mine, now=NOW + IDLE - timedelta(seconds=1))
            else:
                sessions.expire(session=mine, now=NOW + IDLE)
            seen.append((number, mine.ended_at is None))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=tab, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    session.refresh_from_db()
    assert len(seen) == 4
    if session.ended_at is None:
        assert session.last_active_at == NOW + IDLE - timedelta(seconds=1)
        assert all(alive for _number, alive in seen)
    else:
        assert session.last_active_at == NOW, "what is over was not touched any more"
        assert not any(alive for _number, alive in seen)
    again = sessions.touch(session=session, now=NOW + IDLE + timedelta(seconds=1))
    assert (again.ended_at is None) == all(alive for _number, alive in seen)


def test_a_person_ends_own_sessions_only_and_the_log_tells():
    mine, other = make_session(), make_session()

    count = sessions.end_by_person(
        user=mine.user, sessions=[mine, other], browser="Edge", network="198.51.100.0", now=NOW
    )

    assert count == 1
    mine.refresh_from_db()
    other.refresh_from_db()
    assert (mine.end_reason, other.ended_at) == (SessionEnd.REVOKED, None)
    event = AuthenticationEvent.objects.get()
    assert (event.user, event.kind, event.session, event.browser) == (
        mine.user,
        AuthenticationEventKind.SESSION_ENDED,
        mine.public_id,
        "Edge",
    )
    assert sessions.end_by_person(user=mine.user, sessions=[mine], now=NOW) == 0


def test_only_what_can_be_used_is_listed():
    user = make_user()
    used = make_session(user)
    make_session(user, last_active_at=NOW - IDLE)
    make_session(user, began_at=NOW - ABSOLUTE)
    sessions.end(session=make_session(user), reason=SessionEnd.LOGOUT, now=NOW)
    make_session()

    assert list(open_sessions(user, now=NOW)) == [used]


def test_sessions_that_no_cookie_names_any_more_are_deleted():
    kept = make_session(began_at=NOW - ABSOLUTE - timedelta(minutes=59))
    make_session(began_at=NOW - ABSOLUTE - timedelta(minutes=61))

    assert sessions.clear_old(now=NOW) == 1
    assert PortalSession.objects.get() == kept


def test_the_security_log_goes_twelve_months_back():
    user = make_user()
    for days in (364, 366):
        AuthenticationEvent.objects.create(
            user=user, kind=AuthenticationEventKind.LOGIN, at=NOW - timedelta(days=days)
        )

    assert security_log(user, now=NOW).count() == 1
    assert sessions.clear_security_log(now=NOW) == 1
    assert AuthenticationEvent.objects.get().at == NOW - timedelta(days=364)
