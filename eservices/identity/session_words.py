"""What pages say about sessions: why one is over, how somebody identified, how long a limit is."""

from dataclasses import dataclass
from datetime import datetime, time

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from eservices import formats
from eservices.contract import Proof
from eservices.enums import SessionEnd
from eservices.identity import sessions
from eservices.queries.sessions import absolute_seconds_left, end_without_act, seconds_left

_HOUR, _MINUTE = 3600, 60

_REASONS = {
    SessionEnd.IDLE: gettext_lazy(
        "There was no activity for %(idle)s. For your safety, we logged you out."
    ),
    SessionEnd.ABSOLUTE: gettext_lazy(
        "You had been logged in for %(absolute)s. For your safety, nobody stays logged in longer."
    ),
    SessionEnd.LOGOUT: gettext_lazy("You logged out in another window."),
    SessionEnd.REVOKED: gettext_lazy("You ended this session from another device or window."),
    SessionEnd.PASSWORD: gettext_lazy(
        "The password of your account was changed. All other devices were then logged out."
    ),
    SessionEnd.ERASED: gettext_lazy("The account of this session is closed."),
}
_UNKNOWN = gettext_lazy("You are no longer logged in.")


def why(reason: SessionEnd | None, *, idle: int, absolute: int) -> str:
    """Return why a session is over, in one or two sentences; the limits are in seconds."""
    sentence = str(_REASONS.get(reason, _UNKNOWN) if reason else _UNKNOWN)
    return sentence % {"idle": span(idle), "absolute": span(absolute)}


@dataclass(frozen=True, kw_only=True)
class ClockWords:
    """What a page tells about the time that is left: seconds for its script, words for people.

    `hour` is how an hour is written in the language: "%(hour)s h %(minute)s".
    """

    left: int
    absolute: int
    warn: int
    hour: str
    ends_at: datetime
    idle: str
    longest: str


def clock_of(request: HttpRequest) -> ClockWords | None:
    """Return the time left of the session of a request; None for nobody."""
    session = sessions.current(request) if request.user.is_authenticated else None
    if session is None:
        return None
    now = timezone.now()
    return ClockWords(
        left=seconds_left(session, now=now),
        absolute=absolute_seconds_left(session, now=now),
        warn=settings.SESSION_WARN_SECONDS,
        hour=hour_pattern(),
        ends_at=end_without_act(session),
        idle=span(settings.SESSION_IDLE_SECONDS),
        longest=span(settings.SESSION_ABSOLUTE_SECONDS),
    )


def hour_pattern() -> str:
    """Return how scripts write an hour in the reader's language, as all pages write it."""
    written = formats.clock(time(11, 22))
    return written.replace("11", "%(hour)s").replace("22", "%(minute)s")


def span(seconds: int) -> str:
    """Write a length of time in the largest unit that says it exactly: 20 minutes, 8 hours, 90 seconds."""
    if seconds % _HOUR == 0:
        hours = seconds // _HOUR
        return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}
    if seconds % _MINUTE == 0:
        minutes = seconds // _MINUTE
        return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}
    return ngettext("%(count)s second", "%(count)s seconds", seconds) % {"count": seconds}


def identified(proofs: tuple[Proof, ...]) -> str:
    """Return by what somebody identified in a session, the surest first."""
    labels = [proof.method.label for proof in sorted(proofs, key=lambda p: -p.level)]
    return ", ".join(dict.fromkeys(str(label) for label in labels)) or _("Unknown")
