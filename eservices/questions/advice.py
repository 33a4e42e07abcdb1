"""What an editor should look at again beside the mistakes that freezing refuses: things that work, but not as meant.

Works on the raw form of a page that is being edited; `issues` has what stops a publication.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import combinations

from eservices.enums import Operator, QuestionType
from eservices.questions.conditions import DECIMAL
from eservices.questions.issues import NUMBER_TYPES
from eservices.questions.mistakes import Issue
from eservices.questions.structure import Condition, QuestionSpec, Structure
from eservices.questions.words import Words

_ONE_VALUE = (
    frozenset(
        {
            QuestionType.CHOICE,
            QuestionType.YES_NO,
            QuestionType.TEXT,
            QuestionType.DATE,
            QuestionType.TIME,
        }
    )
    | NUMBER_TYPES
)


def advice(structure: Structure, words: Words) -> list[Issue]:
    """Return what is never asked and which options look the same, in the order of the form."""
    return [*_unreachable(structure), *_twin_options(structure, words)]


def _unreachable(structure: Structure) -> Iterator[Issue]:
    needed: dict[str, frozenset[Condition]] = {}
    for chapter in structure.chapters:
        own = _with_their_own(chapter.show_if, needed)
        if _never(own, structure.by_id):
            yield Issue(kind="chapter_unreachable", block_id=chapter.id)
        for spec in chapter.questions:
            needed[spec.id] = own | _with_their_own(spec.show_if, needed)
            shown = spec.show_if and not _never(own, structure.by_id)
            if shown and _never(needed[spec.id], structure.by_id):
                yield Issue(kind="question_unreachable", block_id=spec.id)


def _with_their_own(
    conditions: tuple[Condition, ...], needed: Mapping[str, frozenset[Condition]]
) -> frozenset[Condition]:
    """Return conditions with those under which the questions that they look at are asked themselves."""
    found = frozenset(conditions)
    return found.union(*(needed.get(condition.field, frozenset()) for condition in conditions))


def _never(conditions: frozenset[Condition], specs: Mapping[str, QuestionSpec]) -> bool:
    """Whether conditions that must all hold never can."""
    if any(_out_of_bounds(condition, specs[condition.field]) for condition in conditions):
        return True
    pairs = combinations(sorted(conditions, key=str), 2)
    if any(one.field == two.field and _exclude(one, two, specs[one.field]) for one, two in pairs):
        return True
    refused: dict[str, set[str]] = {}
    for condition in conditions:
        if condition.op == Operator.IS_NOT:
            refused.setdefault(condition.field, set()).add(condition.value)
    return any(
        _all_values(specs[field]) and _all_values(specs[field]) <= values
        for field, values in refused.items()
    )


def _all_values(spec: QuestionSpec) -> set[str]:
    """Return everything that can be answered to a question of a closed list; nothing for others."""
    if spec.type == QuestionType.CHOICE:
        return {option.id for option in spec.options}
    return {"yes", "no"} if spec.type == QuestionType.YES_NO else set()


def _out_of_bounds(condition: Condition, spec: QuestionSpec) -> bool:
    value = _number(condition.value) if spec.type in NUMBER_TYPES else None
    if value is None:
        return False
    low, high = spec.minimum, spec.maximum
    match condition.op:
        case Operator.IS:
            return (low is not None and value < low) or (high is not None and value > high)
        case Operator.GT:
            return high is not None and value >= high
        case Operator.LT:
            return low is not None and value <= low
    return False


def _exclude(one: Condition, two: Condition, spec: QuestionSpec) -> bool:
    """Whether two conditions on the same answer cannot both hold."""
    operators = {one.op: one.value, two.op: two.value}
    if len(operators) == 1:
        return one.op == Operator.IS and spec.type in _ONE_VALUE and not _equal(one, two, spec)
    if set(operators) == {Operator.IS, Operator.IS_NOT}:
        return _equal(one, two, spec)
    if set(operators) == {Operator.GT, Operator.LT}:
        low, high = operators[Operator.GT], operators[Operator.LT]
        return not _less(low, high, spec)
    if set(operators) == {Operator.IS, Operator.GT}:
        return not _less(operators[Operator.GT], operators[Operator.IS], spec)
    if set(operators) == {Operator.IS, Operator.LT}:
        return not _less(operators[Operator.IS], operators[Operator.LT], spec)
    return False


def _equal(one: Condition, two: Condition, spec: QuestionSpec) -> bool:
    if spec.type in NUMBER_TYPES:
        return _number(one.value) == _number(two.value)
    return one.value == two.value


def _less(low: str, high: str, spec: QuestionSpec) -> bool:
    if spec.type in NUMBER_TYPES:
        left, right = _number(low), _number(high)
        return left is None or right is None or left < right
    return low < high


def _number(text: str) -> Decimal | None:
    return Decimal(text) if DECIMAL.fullmatch(text) else None


def _twin_options(structure: Structure, words: Words) -> Iterator[Issue]:
    for spec in structure.questions():
        for item in (spec, *spec.columns):
            seen: set[str] = set()
            for option in item.options:
                label = words.label(option.id)
                folded = " ".join(label.split()).casefold()
                if folded and folded in seen:
                    yield Issue(kind="option_twice", block_id=spec.id, params={"label": label})
                seen.add(folded)
