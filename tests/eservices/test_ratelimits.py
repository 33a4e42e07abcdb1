"""Counting tries, exactly, in all processes at once."""

import multiprocessing
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections

from eservices.actions.ratelimits import allow, forget_old
from eservices.errors import TooMany
from eservices.models import RateLimit

MOMENT = datetime(2026, 6, 9, 10, 0, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def tries(count: int, **values) -> int:
    """Try so often; returns how many were allowed."""
    allowed = 0
    for _number in range(count):
        try:
            allow(
                **{"bucket": "login", "key": "a", "limit": 3, "window": MINUTE, "now": MOMENT}
                | values
            )
        except TooMany:
            continue
        allowed += 1
    return allowed


@pytest.mark.django_db
def test_the_limit_holds_for_each_key_bucket_and_window():
    assert tries(5) == 3
    assert tries(5, key="b") == 3
    assert tries(5, bucket="reset") == 3
    assert tries(5, now=MOMENT + MINUTE) == 3


@pytest.mark.django_db
def test_the_refusal_says_how_long_to_wait():
    tries(3)
    with pytest.raises(TooMany) as refusal:
        allow(bucket="login", key="a", limit=3, window=MINUTE, now=MOMENT)
    assert refusal.value.params == {"seconds": 30}


@pytest.mark.django_db
def test_a_limit_of_zero_allows_nothing():
    assert tries(2, limit=0) == 0


@pytest.mark.django_db
def test_keys_are_not_stored_in_clear():
    tries(1, key="amelie@example.org")
    assert "amelie" not in RateLimit.objects.get().key


@pytest.mark.django_db
def test_old_windows_are_forgotten():
    tries(1)
    tries(1, now=MOMENT + timedelta(days=3))
    assert forget_old(now=MOMENT + timedelta(days=3)) == 1


def _many() -> None:
    tries(20, limit=10)


@pytest.mark.django_db(transaction=True)
def test_processes_at_the_same_time_count_together():
    connections.close_all()
    fork = multiprocessing.get_context("fork")
    children = [fork.Process(target=_many) for _number in range(3)]
    for child in children:
        child.start()
    for child in children:
        child.join(30)
        assert child.exitcode == 0
    assert RateLimit.objects.get().count == 10
