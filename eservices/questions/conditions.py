"""Which questions are asked, given the answers. The same rule runs in the browser (`eg-
conditions`).

Both sides are held together by tests/vectors/conditions.json. The rule:

- one pass in the order of the form; a question is asked if all conditions of its chapter and all of
  its own hold;
- a question that is not asked counts as unanswered, so chains close; a condition looks only
  backwards;
- a calculated value is worked out here, from the asked questions before it; the browser takes the
  last one that it was given;
- unanswered: missing, null, "", [], {} and, for a consent, anything but true. Every operator is
  false for these;
- as text: true is "yes", false is "no", a text is itself; nothing else has a text;
- `filled`: answered. `is`: number and money are compared as decimals when both sides follow the
  grammar, everything else
  as text; a list is equal to a value when that is its only item. `is_not`: answered, and `is` does
  not hold;
- `has`: a list holds the value, or a text is the value;
- `gt`, `lt`: decimals for number and money, ISO texts for date and time; everything else is false;
- a decimal is `[+-]?(\\d+(\\.\\d*)?|\\.\\d+)` in ASCII digits: no spaces, no exponent, no NaN.
"""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Protocol

from eservices.enums import Operator, QuestionType
from eservices.questions.formulas import value_of
from eservices.questions.structure import Condition, QuestionSpec, Structure

DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)", re.ASCII)
ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
ISO_TIME = re.compile(r"[0-9]{2}:[0-9]{2}", re.ASCII)

DECIMAL_TYPES = frozenset({QuestionType.NUMBER, QuestionType.MONEY, QuestionType.CALCULATED})
ISO_TYPES = {QuestionType.DATE: ISO_DATE, QuestionType.TIME: ISO_TIME}


class Asking(Protocol):
    """What the rule needs to know of a question."""

    @property
    def id(self) -> str: ...
    @property
    def type(self) -> QuestionType: ...
    @property
    def show_if(self) -> tuple[Condition, ...]: ...


def asked(structure: Structure, answers: Mapping[str, Any]) -> frozenset[str]:
    """Return the ids of the questions (and texts to read) that are asked with these answers."""
    return settled(structure, answers)[0]


def settled(
    structure: Structure, answers: Mapping[str, Any]
) -> tuple[frozenset[str], dict[str, Any]]:
    """Return the ids of what is asked, and all answers with the calculated values that they give.

    Calculated values among `answers` count for nothing: they are worked out anew.
    """
    known = {
        name: answer
        for name, answer in answers.items()
        if name not in structure.by_id or structure.by_id[name].takes_answer
    }
    seen: dict[str, QuestionType] = {}
    for chapter in structure.chapters:
        if all(_holds(condition, seen, known) for condition in chapter.show_if):
            for spec in chapter.questions:
                _walk((spec,), known, seen)
                if spec.type == QuestionType.CALCULATED and spec.id in seen:
                    _calculate(spec, known, seen)
    return frozenset(seen), known


def _calculate(spec: QuestionSpec, known: dict[str, Any], seen: Mapping[str, QuestionType]) -> None:
    value = value_of(spec, {name: known[name] for name in seen if name in known})
    if value is not None:
        known[spec.id] = value


def asked_of(questions: Iterable[Asking], answers: Mapping[str, Any]) -> list[str]:
    """Return the ids of asked questions of a flat list, in its order."""
    seen: dict[str, QuestionType] = {}
    _walk(questions, answers, seen)
    return list(seen)


def client_rules(
    structure: Structure, chapter_id: str, answers: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what the browser needs for one chapter: `questions` (id, type, show_if) and the
    `answers` it cannot see.

    Questions of earlier chapters are listed only if a condition of this chapter looks at them, and
    without conditions:
    what is known about them now is settled, as they are not on the page.
    """
    chapter = structure.chapter(chapter_id)
    here = {spec.id for spec in chapter.questions}
    wanted = {condition.field for spec in chapter.questions for condition in spec.show_if} - here
    visible, answers = settled(structure, answers)
    earlier = [structure.by_id[name] for name in structure.by_id if name in wanted]
    rows: list[dict[str, Any]] = [
        {"id": spec.id, "type": spec.type.value, "show_if": []} for spec in earlier
    ]
    rows += [
        {
            "id": spec.id,
            "type": spec.type.value,
            "show_if": [
                {"field": c.field, "op": c.op.value, "value": c.value} for c in spec.show_if
            ],
        }
        for spec in chapter.questions
    ]
    known = {
        spec.id: answers[spec.id]
        for spec in (*earlier, *chapter.questions)
        if (spec in earlier or spec.type == QuestionType.CALCULATED)
        and spec.id in visible
        and not is_empty(answers.get(spec.id))
    }
    return {"questions": rows, "answers": known}


def asked_answers(structure: Structure, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return only the answers that are sent: those of asked questions, in the order of the form."""
    visible, answers = settled(structure, answers)
    return {
        spec.id: answers[spec.id]
        for spec in structure.questions()
        if spec.id in visible and not is_empty(answers.get(spec.id))
    }


def is_empty(answer: Any) -> bool:
    """Whether an answer counts as not given; false (a "no") is an answer."""
    return answer is None or answer == "" or answer == [] or answer == {}


def _walk(
    questions: Iterable[Asking], answers: Mapping[str, Any], seen: dict[str, QuestionType]
) -> None:
    for question in questions:
        if all(_holds(condition, seen, answers) for condition in question.show_if):
            seen[question.id] = question.type


def _holds(
    condition: Condition, seen: Mapping[str, QuestionType], answers: Mapping[str, Any]
) -> bool:
    kind = seen.get(condition.field)
    answer = answers.get(condition.field)
    if kind is None or is_empty(answer) or (kind == QuestionType.CONSENT and answer is not True):
        return False
    match condition.op:
        case Operator.FILLED:
            return True
        case Operator.IS:
            return _equal(kind, answer, condition.value)
        case Operator.IS_NOT:
            return not _equal(kind, answer, condition.value)
        case Operator.HAS:
            return condition.value in (answer if isinstance(answer, list) else [_text(answer)])
        case Operator.GT:
            return _compare(kind, answer, condition.value) > 0
        case Operator.LT:
            return _compare(kind, answer, condition.value) < 0


def _text(answer: Any) -> str | None:
    if isinstance(answer, bool):
        return "yes" if answer else "no"
    return answer if isinstance(answer, str) else None


def _equal(kind: QuestionType, answer: Any, value: str) -> bool:
    if isinstance(answer, list):
        return len(answer) == 1 and answer[0] == value
    text = _text(answer)
    if (
        kind in DECIMAL_TYPES
        and text is not None
        and DECIMAL.fullmatch(text)
        and DECIMAL.fullmatch(value)
    ):
        return Decimal(text) == Decimal(value)
    return text == value


def _compare(kind: QuestionType, answer: Any, value: str) -> int:
    """Return -1, 0 or 1; 0 also when the two cannot be compared."""
    if not isinstance(answer, str):
        return 0
    if kind in DECIMAL_TYPES and DECIMAL.fullmatch(answer) and DECIMAL.fullmatch(value):
        left, right = Decimal(answer), Decimal(value)
        return (left > right) - (left < right)
    pattern = ISO_TYPES.get(kind)
    if pattern is not None and pattern.fullmatch(answer) and pattern.fullmatch(value):
        return (answer > value) - (answer < value)
    return 0
