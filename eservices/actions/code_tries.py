"""Wrong codes: each doubles the wait, five in a row close a method for a quarter of an hour.

The count of a method starts anew only with a right proof, so that somebody who knows the password gets about a hundred
tries a day, of which none is likely to be right.
"""

import math
from collections.abc import Sequence
from datetime import datetime, timedelta

from django_otp.models import ThrottlingMixin

from eservices.errors import MethodTriesOver, TooMany

#: So many wrong codes in a row close a method (NIST SP 800-63B, 5.2.2 asks for a limit).
TRIES = 5
#: After them one try each quarter of an hour.
CLOSED_FOR = timedelta(minutes=15)


def refusal_now(
    devices: Sequence[ThrottlingMixin], *, field: str, now: datetime
) -> MethodTriesOver | TooMany | None:
    """Return why no code of these devices can be tried now, or None."""
    last = max(devices, key=lambda device: device.throttling_failure_count)
    count, at = last.throttling_failure_count, last.throttling_failure_timestamp
    if not count or at is None:
        return None
    wait = CLOSED_FOR if count >= TRIES else timedelta(seconds=2 ** (count - 1))
    left = math.ceil((at + wait - now).total_seconds())
    if left <= 0:
        return None
    if count >= TRIES:
        return MethodTriesOver(field=field, minutes=math.ceil(left / 60))
    return TooMany(field=field, seconds=left)


def count_wrong(devices: Sequence[ThrottlingMixin], *, now: datetime) -> int:
    """Count a wrong code against a person's devices of one kind; returns how many tries are left."""
    count: int = 1 + max(device.throttling_failure_count for device in devices)
    for device in devices:
        device.throttling_failure_count = count
        device.throttling_failure_timestamp = now
        device.save(update_fields=["throttling_failure_count", "throttling_failure_timestamp"])
    return max(0, TRIES - count)


def forget_wrong(devices: Sequence[ThrottlingMixin]) -> None:
    """Forget the wrong codes: the person has proved who they are."""
    for device in devices:
        if device.throttling_failure_count:
            device.throttle_reset(commit=False)
            device.save(update_fields=["throttling_failure_count", "throttling_failure_timestamp"])
