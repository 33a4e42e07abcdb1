"""What agents can ask of citizens: the kinds, one item as it is asked, and which of them are refused."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone

from eservices.contract import registry
from eservices.enums import RequestKind
from eservices.errors import (
    RequestAmountMissing,
    RequestDayRefused,
    RequestNotOffered,
    RequestQuestionUnknown,
    RequestsMissing,
    RequestTextMissing,
)
from eservices.models import Submission
from eservices.money import Money
from eservices.queries.procedures import structure_of

#: So many things can be asked at once.
MOST: Final = 20
#: Longest time to answer.
LONGEST: Final = timedelta(days=366)
#: What the citizen answers on a page; payments are recorded, signatures are given to a service that signs.
ANSWERED_HERE: Final = (RequestKind.DOCUMENT, RequestKind.ANSWER, RequestKind.CORRECTION)


def offered_kinds() -> list[RequestKind]:
    """Return what can be asked of a citizen here; signatures need an installed service that offers a level."""
    signs = any(service.signature_levels for service in registry)
    return [*ANSWERED_HERE, RequestKind.PAYMENT, *([RequestKind.SIGNATURE] if signs else [])]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """One thing to ask for; `text` is in the citizen's language, `question` to be corrected, `amount` to be paid."""

    kind: RequestKind
    text: str
    question: str = ""
    amount: Money | None = None


def check_items(row: Submission, items: Sequence[Wanted]) -> None:
    """Refuse the first item that cannot be asked; the field of the refusal ends with its number."""
    if not 0 < len(items) <= MOST:
        raise RequestsMissing
    known, offered = structure_of(row.version).by_id, offered_kinds()
    for number, item in enumerate(items):
        if item.kind not in offered:
            raise RequestNotOffered(field=f"kind-{number}")
        if not item.text.strip():
            raise RequestTextMissing(field=f"text-{number}")
        if item.kind == RequestKind.CORRECTION and item.question not in known:
            raise RequestQuestionUnknown(field=f"question-{number}")
        if item.kind == RequestKind.PAYMENT and not (item.amount and item.amount.cents > 0):
            raise RequestAmountMissing(field=f"amount-{number}")


def check_day(due_at: datetime, now: datetime) -> None:
    """Refuse a day before tomorrow or after a year."""
    tomorrow = timezone.localdate(now) + timedelta(days=1)
    if timezone.localdate(due_at) < tomorrow or due_at > now + LONGEST:
        raise RequestDayRefused(field="due_on")
