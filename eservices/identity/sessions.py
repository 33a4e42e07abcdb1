"""The border between a browser's cookie and a person's session.

Django's session holds the public id of a `PortalSession`, which is the truth: who, how surely, since when, ended or
not. A session that Django knows and `PortalSession` does not (a password alone, a tool) is nobody's.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, login, update_session_auth_hash
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from eservices.actions import security
from eservices.actions import sessions as actions
from eservices.contract import Proof
from eservices.enums import AuthenticationEventKind, Level, SessionEnd
from eservices.identity import kept_posts, open_forms
from eservices.identity.origins import origin_of
from eservices.models import PortalSession, User
from eservices.queries.profiles import entry_profile
from eservices.queries.sessions import session_named, why_over

BACKEND = "django.contrib.auth.backends.ModelBackend"
#: Where Django's session keeps the public id of the portal's.
PORTAL_SESSION_KEY = "portal_session"
#: Set where somebody logged out in this very browser: who only reads on need not be told that the session is over.
LOGGED_OUT_KEY = "logged_out"
#: Reading these is no act of the person: a page left open must not keep a session alive.
PASSIVE_ROUTES = frozenset({"api-session", "session-ended"})
EDITING_PINGS = "/admin/editing-sessions/"


def begin(request: HttpRequest, *, user: User, proof: Proof) -> PortalSession:
    """Log `user` in by a proof of at least level low, which the caller has just checked.

    The cookie's value changes (no session fixation). The session ends after 20 minutes without an act, and 8 hours from
    now at the latest (SESSION_IDLE_SECONDS, SESSION_ABSOLUTE_SECONDS).
    """
    origin = origin_of(request)
    before = current(request)
    if before is not None:
        actions.end(session=before, reason=SessionEnd.LOGOUT)
    last = before or ended(request)
    forms = open_forms.of(request) if last is not None and last.user_id == user.pk else []
    typed = kept_posts.of_user(request, user)
    login(request, user, backend=BACKEND)
    if typed:
        request.session[kept_posts.KEY] = typed
    request.session.pop(LOGGED_OUT_KEY, None)
    open_forms.remember(request, forms)
    session = actions.begin(
        user=user,
        proof=proof,
        profile=entry_profile(user),
        browser=origin.browser,
        network=origin.network,
    )
    request.session[PORTAL_SESSION_KEY] = str(session.public_id)
    request.session.set_expiry(
        timezone.now() + timedelta(seconds=settings.SESSION_ABSOLUTE_SECONDS) + actions.REMEMBER_END
    )
    _remember(request, session)
    _log(request, session, proof, AuthenticationEventKind.LOGIN)
    actions.tell_of_new_device(session=session)
    return session


def strengthen(request: HttpRequest, *, proof: Proof) -> PortalSession:
    """Add a proof of the same person to the session of a request, which the caller has checked.

    The cookie's value changes, as whenever rights grow. ValueError without a session.
    """
    session = current(request)
    if session is None:
        raise ValueError("Nobody is logged in.")
    session = actions.add_proof(session=session, proof=proof)
    request.session.cycle_key()
    _remember(request, session)
    _log(request, session, proof, AuthenticationEventKind.STEP_UP)
    return session


def current(request: HttpRequest) -> PortalSession | None:
    """Return the session of a request, looked up once; one whose time is over is ended here.

    A request counts as an act, unless the page made it by itself (`is_act`). See `ended` for why there is none.
    """
    if not hasattr(request, "_portal_session"):
        _remember(request, _look_up(request))
    session: PortalSession | None = request._portal_session  # type: ignore[attr-defined]
    return session


def ended(request: HttpRequest) -> PortalSession | None:
    """Return the session that the cookie of a request still names although it is over; it gives no right at all."""
    current(request)
    session: PortalSession | None = getattr(request, "_ended_session", None)
    return session


def was_left_here(request: HttpRequest) -> bool:
    """Whether the person logged out in this browser, rather than that the session ended by itself or from elsewhere."""
    return ended(request) is not None and LOGGED_OUT_KEY in request.session


def is_act(request: HttpRequest) -> bool:
    """Whether a request shows that somebody is there: not what pages and browsers ask by themselves.

    That is the time left, the page to which an open page goes at its end, pages fetched in advance, and Wagtail's "who
    else edits this page", every ten seconds.
    """
    match = request.resolver_match
    route = match.view_name if match else ""
    in_advance = "prefetch" in request.headers.get("Sec-Purpose", "")
    return not (
        in_advance or route in PASSIVE_ROUTES or request.path_info.startswith(EDITING_PINGS)
    )


def _look_up(request: HttpRequest) -> PortalSession | None:
    named = request.session.get(PORTAL_SESSION_KEY)
    session = session_named(named) if named else None
    if session is None:
        return None
    now = timezone.now()
    if session.ended_at is None:
        _end_if_over(request, session, now)
    if session.ended_at is None and is_act(request):
        actions.touch(session=session, now=now)
    if session.ended_at is not None:
        request._ended_session = session  # type: ignore[attr-defined]
        return None
    return session


def _end_if_over(request: HttpRequest, session: PortalSession, now: datetime) -> None:
    if why_over(session, now=now):
        actions.expire(session=session, now=now)
    elif not session.user.is_active:
        actions.end(session=session, reason=SessionEnd.ERASED, now=now)
    elif not _has_password_of(request, session.user):
        actions.end(session=session, reason=SessionEnd.PASSWORD, now=now)


def _has_password_of(request: HttpRequest, user: User) -> bool:
    """Whether the browser logged in under the password that the account has now.

    Django checks the same, but forgets the whole session at once, and with it the reason.
    """
    known = request.session.get(HASH_SESSION_KEY, "")
    hashes = (user.get_session_auth_hash(), *user.get_session_auth_fallback_hash())
    return any(constant_time_compare(known, valid) for valid in hashes)


def end(request: HttpRequest, *, reason: SessionEnd = SessionEnd.LOGOUT) -> None:
    """End the session of a request; the cookie's value changes and gives no right any more.

    For an hour the new one still names the session that is over: what somebody sends from a form that stayed open in
    another tab then waits for the same person instead of being lost (`kept_posts`).
    """
    session = current(request)
    forms = open_forms.of(request)
    if session is not None:
        actions.end(session=session, reason=reason)
        security.record_event(
            kind=AuthenticationEventKind.LOGOUT, user=session.user, session=session.public_id
        )
    request.session.flush()
    if session is not None:
        request.session[PORTAL_SESSION_KEY] = str(session.public_id)
        request.session[LOGGED_OUT_KEY] = True
        request.session.set_expiry(timezone.now() + actions.REMEMBER_END)
        open_forms.remember(request, forms)
        request._ended_session = session  # type: ignore[attr-defined]
    _remember(request, None)


def keep_after_password_change(request: HttpRequest, user: User) -> None:
    """Renew this session under the new password; all others of the account are over."""
    update_session_auth_hash(request, user)
    actions.end_all(user=user, reason=SessionEnd.PASSWORD, but=current(request))


def has_password_session(request: HttpRequest) -> bool:
    """Whether Django knows somebody in this session, with or without a proof; not once it is over."""
    return SESSION_KEY in request.session and ended(request) is None


def person_of(request: HttpRequest, user: User | AnonymousUser) -> User | AnonymousUser:
    """Return the person of a session that has proved at least level low, else nobody.

    `user` is what Django's own session says; it is not even asked where the portal's session is over.
    """
    session = current(request)
    if session is None or not user.is_authenticated or session.user_id != user.pk:
        return AnonymousUser()
    if not any(proof.get("level", 0) >= Level.LOW for proof in session.proofs):
        return AnonymousUser()
    return user


def _remember(request: HttpRequest, session: PortalSession | None) -> None:
    request._portal_session = session  # type: ignore[attr-defined]


def _log(
    request: HttpRequest, session: PortalSession, proof: Proof, kind: AuthenticationEventKind
) -> None:
    origin = origin_of(request)
    security.record_event(
        kind=kind,
        user=session.user,
        method=proof.method,
        provider=proof.provider,
        level=proof.level,
        browser=origin.browser,
        network=origin.network,
        session=session.public_id,
    )
