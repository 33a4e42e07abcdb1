"""Invented answers, one for each question: they fill the preview of a form that nobody has answered yet."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from eservices.enums import QuestionType
from eservices.questions.dates import bound
from eservices.questions.structure import QuestionSpec, Structure

_ADDRESS = {"street": "Rue de l’Exemple", "number": "1", "postcode": "4999", "locality": "Valmont"}
_FIXED: dict[QuestionType, Any] = {
    QuestionType.TEXT: "…",
    QuestionType.LONG_TEXT: "…",
    QuestionType.TIME: "14:30",
    QuestionType.EMAIL: "anna@example.org",
    QuestionType.PHONE: "+3240000000",
    QuestionType.NATIONAL_NUMBER: "85031499701",
    QuestionType.BCE: "1999990144",
    QuestionType.IBAN: "BE68539007547034",
    QuestionType.YES_NO: True,
    QuestionType.ADDRESS: _ADDRESS,
    QuestionType.CONSENT: True,
}


def invented(structure: Structure) -> dict[str, Any]:
    """Return an answer to every question that takes one, files apart; limits are kept where that is easy."""
    return {
        spec.id: answer for spec in structure.questions() if (answer := _answer(spec)) is not None
    }


def _answer(spec: QuestionSpec) -> Any:
    match spec.type:
        case QuestionType.NUMBER:
            return f"{_number(spec):f}"
        case QuestionType.MONEY:
            return f"{_number(spec):.2f}"
        case QuestionType.DATE:
            return _day(spec).isoformat()
        case QuestionType.PERIOD:
            day = _day(spec)
            return {"from": day.isoformat(), "to": day.isoformat()}
        case QuestionType.CHOICE:
            return spec.options[0].id if spec.options else None
        case QuestionType.CHOICES:
            return [option.id for option in spec.options]
        case QuestionType.TABLE:
            row = {
                column.id: cell for column in spec.columns if (cell := _answer(column)) is not None
            }
            return [row] * max(1, spec.min_rows) if row else None
    return _FIXED.get(spec.type)


def _number(spec: QuestionSpec) -> Decimal:
    if spec.minimum is not None:
        return (
            max(spec.minimum, Decimal(1))
            if spec.maximum is None or spec.maximum >= 1
            else spec.minimum
        )
    return min(spec.maximum, Decimal(1)) if spec.maximum is not None else Decimal(1)


def _day(spec: QuestionSpec) -> Any:
    today = timezone.localdate()
    earliest, latest = bound(spec.earliest, today), bound(spec.latest, today)
    day = earliest or today + timedelta(days=1)
    return min(day, latest) if latest else day
