"""Limits on how often something may be tried; counted in the database, so that all processes agree."""

import hashlib
import hmac
import math
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from eservices.errors import TooMany
from eservices.models import RateLimit


def _hashed(bucket: str, key: str) -> str:
    return hmac.new(
        settings.SECRET_KEY.encode(), f"{bucket}:{key}".encode(), hashlib.sha256
    ).hexdigest()


def allow(
    *, bucket: str, key: str, limit: int, window: timedelta, now: datetime | None = None
) -> None:
    """Count one try of `key` (an address, an account) in `bucket`; raise TooMany above `limit` per
    `window`.

    The count stands even if the caller's act fails later: call it outside the act's transaction.
    """
    if limit < 1:
        raise TooMany(seconds=math.ceil(window.total_seconds()))
    now = now or timezone.now()
    start = _start_of(window, now)
    row = {"bucket": bucket, "key": _hashed(bucket, key), "window_start": start}
    try:
        with transaction.atomic():
            RateLimit.objects.create(**row, count=1)
            return
    except IntegrityError:  # not the first of this window
        counted = RateLimit.objects.filter(**row, count__lt=limit).update(count=F("count") + 1)
    if not counted:
        raise TooMany(seconds=max(1, math.ceil((start + window - now).total_seconds())))


def counted(*, bucket: str, key: str, window: timedelta, now: datetime | None = None) -> int:
    """Return how many tries of `key` the present window has counted."""
    row = {"bucket": bucket, "key": _hashed(bucket, key)}
    start = _start_of(window, now or timezone.now())
    found = RateLimit.objects.filter(**row, window_start=start).values_list("count", flat=True)
    return found.first() or 0


def _start_of(window: timedelta, now: datetime) -> datetime:
    length = window.total_seconds()
    return datetime.fromtimestamp(math.floor(now.timestamp() / length) * length, tz=now.tzinfo)


def forget_old(*, now: datetime | None = None) -> int:
    """Delete windows that ended more than a day ago; returns how many."""
    limit = (now or timezone.now()) - timedelta(days=2)
    return RateLimit.objects.filter(window_start__lt=limit).delete()[0]
