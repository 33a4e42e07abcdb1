"""A request that is sent twice does its act once: the second time it gets the answer of the first.

What a refused request would have done is not done, so nothing is kept of it: it can be sent again with its key.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils import timezone

from eservices.errors import IdempotencyConflict
from eservices.models import KeptAnswer, User

#: So long an answer is kept; the same key afterwards is a new request.
KEPT: Final = timedelta(hours=24)


@dataclass(frozen=True, kw_only=True)
class Answered:
    """An answer: its status, its JSON, and whether it is the one of an earlier request."""

    status: int
    answer: Any
    repeated: bool = False


@transaction.atomic
def once(
    *,
    user: User,
    address: str,
    key: str,
    content: bytes,
    act: Callable[[], tuple[int, Any]],
    now: datetime | None = None,
) -> Answered:
    """Do an act and keep its answer (status and JSON) in one transaction, or return the answer that is kept.

    The same request at the same moment waits for the first: PostgreSQL at the unique key, SQLite at the beginning of
    the transaction. Raises IdempotencyConflict for a key that was used at this address for other content, and what
    the act raises; then nothing is kept.
    """
    now = now or timezone.now()
    row = {"user": user, "key": _hash(f"{address}\n{key}".encode())}
    KeptAnswer.objects.filter(**row, created_at__lte=now - KEPT).delete()
    sent = _hash(content)
    try:
        with transaction.atomic():
            kept = KeptAnswer.objects.create(**row, content=sent, created_at=now)
    except IntegrityError:  # not the first
        kept = KeptAnswer.objects.get(**row)
        if kept.content != sent:
            raise IdempotencyConflict from None
        return Answered(status=kept.status, answer=kept.answer, repeated=True)
    status, answer = act()
    KeptAnswer.objects.filter(pk=kept.pk).update(status=status, answer=answer)
    return Answered(status=status, answer=answer)


def forget_old(*, now: datetime | None = None) -> int:
    """Delete answers whose day is over; returns how many."""
    return KeptAnswer.objects.filter(created_at__lte=(now or timezone.now()) - KEPT).delete()[0]


def forget(*, user: User) -> None:
    """Delete what is kept of the answers to a person."""
    KeptAnswer.objects.filter(user=user).delete()


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
