"""Answers about sessions: which one a cookie names, how long it lasts, what it has proved."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from eservices.contract import Proof
from eservices.enums import AuthenticationEventKind, Level, Method, SessionEnd
from eservices.errors import NotFound
from eservices.models import AuthenticationEvent, PortalSession, User

#: The security log goes back so far; older lines are deleted.
KEEP_EVENTS = timedelta(days=365)


def session_named(public_id: object) -> PortalSession | None:
    """Return the session that has this public id, ended or not, with its person and profile."""
    try:
        wanted = UUID(str(public_id))
    except ValueError:
        return None
    rows = PortalSession.objects.select_related("user", "profile")
    return rows.filter(public_id=wanted).first()


def open_sessions(user: User, *, now: datetime) -> QuerySet[PortalSession]:
    """Return the sessions of a person that could still be used, last active first."""
    idle = now - timedelta(seconds=settings.SESSION_IDLE_SECONDS)
    began = now - timedelta(seconds=settings.SESSION_ABSOLUTE_SECONDS)
    return user.portal_sessions.filter(
        ended_at=None, last_active_at__gt=idle, began_at__gt=began
    ).order_by("-last_active_at", "-pk")


def open_session(user: User, public_id: UUID, *, now: datetime) -> PortalSession:
    """Return one session of a person that could still be used; raises NotFound for every other."""
    session = open_sessions(user, now=now).filter(public_id=public_id).first()
    if session is None:
        raise NotFound
    return session


def security_log(user: User, *, now: datetime) -> QuerySet[AuthenticationEvent]:
    """Return what happened around a person's ways in during the last twelve months, newest first."""
    return user.authentication_events.filter(at__gt=now - KEEP_EVENTS).order_by("-at", "-pk")


def is_new_device(session: PortalSession, *, now: datetime) -> bool:
    """Whether nobody logged in to the account with this family of browser from this network during twelve months.

    A network is an address without its last part, so that not every new address of a provider counts. At the first
    login of an account nothing is known yet and nothing is new.
    """
    logins = security_log(session.user, now=now).filter(kind=AuthenticationEventKind.LOGIN)
    before = logins.exclude(session=session.public_id)
    known = before.filter(browser=session.browser, network=session.network)
    return before.exists() and not known.exists()


def proofs_of(session: PortalSession) -> tuple[Proof, ...]:
    """Return what a session has proved; rows written by a newer release are left out."""
    return tuple(_proof(row) for row in session.proofs if row.get("method") in set(Method))


def _proof(row: dict[str, Any]) -> Proof:
    return Proof(
        method=Method(row["method"]),
        level=Level(row["level"]),
        at=datetime.fromisoformat(row["at"]),
        provider=row.get("provider", ""),
    )


def level_of(proofs: tuple[Proof, ...]) -> Level:
    """Return the level of the strongest proof; a session without one counts as a password alone."""
    return max((proof.level for proof in proofs), default=Level.PASSWORD)


def absolute_end(session: PortalSession) -> datetime:
    """Return when the session is over whatever somebody does."""
    return session.began_at + timedelta(seconds=settings.SESSION_ABSOLUTE_SECONDS)


def end_without_act(session: PortalSession) -> datetime:
    """Return when the session is over unless somebody acts."""
    idle = session.last_active_at + timedelta(seconds=settings.SESSION_IDLE_SECONDS)
    return min(idle, absolute_end(session))


def seconds_left(session: PortalSession, *, now: datetime) -> int:
    """Return in how many whole seconds the session ends unless somebody acts; 0 when it is over."""
    return max(0, int((end_without_act(session) - now).total_seconds()))


def absolute_seconds_left(session: PortalSession, *, now: datetime) -> int:
    """Return in how many whole seconds the session ends whatever somebody does."""
    return max(0, int((absolute_end(session) - now).total_seconds()))


def is_extendable(session: PortalSession, *, now: datetime) -> bool:
    """Whether an act just now would make the session end later."""
    return absolute_end(session) > end_without_act(session) and why_over(session, now=now) is None


def why_over(session: PortalSession, *, now: datetime) -> SessionEnd | None:
    """Return why a session is over, by somebody's act or by the clock; None while it lasts.

    It is over from the very moment on: a session of 1200 seconds does not see its 1200th.
    """
    if session.ended_at is not None:
        return SessionEnd(session.end_reason)
    if now >= absolute_end(session):
        return SessionEnd.ABSOLUTE
    if now >= end_without_act(session):
        return SessionEnd.IDLE
    return None
