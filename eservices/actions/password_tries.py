"""Wrong passwords for one address from everywhere: after ten in an hour each further try has to wait.

django-axes counts by address and network together, which many networks at once get round. This slows them down without
ever locking anybody out: the longest wait is a minute, and networks from which the person has logged in before wait in
a line of their own. Known and unknown addresses are counted alike (invariant I12).
"""

from contextlib import suppress
from datetime import datetime, timedelta

from django.utils import timezone

from eservices.actions import ratelimits
from eservices.errors import TooMany
from eservices.models import PortalSession

#: So many wrong passwords an hour are a bad memory; more are an attack, or soon will be.
FREE = 10
#: The longest that a right password ever has to wait (seconds).
LONGEST = 60
HOUR = timedelta(hours=1)
_EVERY = 1_000_000


def wait_for(address: str, *, now: datetime) -> int:
    """Return how long each try for an address has to wait after the one before: 0, then 2, 4, 8… 60 seconds."""
    wrong = ratelimits.counted(bucket="password-wrong", key=address, window=HOUR, now=now)
    return 0 if wrong < FREE else min(LONGEST, int(2 ** min(10, wrong - FREE + 1)))


def allow_try(*, address: str, network: str = "", now: datetime | None = None) -> None:
    """Let one password be tried for an address (in its normal form); raises TooMany with the seconds to wait.

    Call it before the password is looked at, so that the wait tells nothing about it.
    """
    now = now or timezone.now()
    wait = wait_for(address, now=now)
    if not wait:
        return
    line = f"{address} {network}" if network and _is_known(address, network) else address
    _take_turn(line, wait, now)


def count_wrong(*, address: str, now: datetime | None = None) -> None:
    """Count a wrong password for an address; from the tenth on it takes the turn of the next try, too."""
    now = now or timezone.now()
    ratelimits.allow(bucket="password-wrong", key=address, limit=_EVERY, window=HOUR, now=now)
    if wait := wait_for(address, now=now):
        with suppress(TooMany):
            _take_turn(address, wait, now)


def _take_turn(line: str, wait: int, now: datetime) -> None:
    window = timedelta(seconds=wait)
    ratelimits.allow(bucket=f"password-wait-{wait}", key=line, limit=1, window=window, now=now)


def _is_known(address: str, network: str) -> bool:
    return PortalSession.objects.filter(user__email=address, network=network).exists()
