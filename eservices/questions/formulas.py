"""The small language of calculated values: sums, products and counts of earlier answers.

    people * 12.50 + sum(rooms.price * rooms.nights) - count(children)

Editors write codes. A frozen form holds ids in braces instead, because only ids survive renaming:
`{q-1} * 12.50 + sum({t-1.k-1} * {t-1.k-2}) - count({t-2})`. A formula is read by this parser and by
nothing else; there is no division, hence no result that cannot be written out.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from typing import Any, Literal

from eservices.questions.structure import QuestionSpec

#: Longer or deeper formulas are mistakes.
MAX_LENGTH, MAX_DEPTH = 500, 20
#: A result with more digits before the decimal mark is none: no bill is that long.
MAX_RESULT = Decimal(10) ** 15
#: So many digits after the mark when the editor said nothing.
DECIMALS = 2

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<name>[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)?)"
    r"|\{(?P<ids>[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)?)\}|(?P<sign>[-+*()×]))",
    re.ASCII,
)
_CONTEXT = Context(prec=60)
_FUNCTIONS = ("sum", "count")


class FormulaError(ValueError):
    """A formula that cannot be read; `place` is the character at which reading stopped."""

    def __init__(self, place: int) -> None:
        super().__init__(f"The formula cannot be read from character {place}.")
        self.place = place


@dataclass(frozen=True, slots=True)
class Number:
    """A number that the editor wrote."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class Reference:
    """The answer to a question, or the cells of a column of a table."""

    question: str
    column: str = ""


@dataclass(frozen=True, slots=True)
class Operation:
    """Two parts added, taken away or multiplied."""

    sign: Literal["+", "-", "*"]
    left: "Node"
    right: "Node"


@dataclass(frozen=True, slots=True)
class Sum:
    """The sum over the rows of a table."""

    inner: "Node"


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows, choices or files an answer has."""

    reference: Reference


Node = Number | Reference | Operation | Sum | Count


@lru_cache(maxsize=1024)
def parse(text: str) -> Node:
    """Read a formula; FormulaError when it is none."""
    if len(text) > MAX_LENGTH:
        raise FormulaError(MAX_LENGTH)
    return _Parser(text).whole()


def with_ids(text: str, ids: Mapping[str, str]) -> str:
    """Return a formula with the ids of codes ("people", "rooms.price"); unknown codes stay as they are."""

    def name(match: re.Match[str]) -> str:
        code = match["name"]
        return f"{{{ids[code]}}}" if code and code in ids else match[0]

    return " ".join(_TOKEN.sub(name, text).split())


def references(node: Node, *, in_sum: bool = False) -> Iterator[tuple[Reference, bool]]:
    """Yield all references that are used as numbers, each with whether it stands inside a sum."""
    match node:
        case Reference():
            yield node, in_sum
        case Operation():
            yield from references(node.left, in_sum=in_sum)
            yield from references(node.right, in_sum=in_sum)
        case Sum():
            yield from references(node.inner, in_sum=True)


def sums(node: Node) -> Iterator[Sum]:
    """Yield all sums of a formula; a sum inside a sum too."""
    match node:
        case Operation():
            yield from sums(node.left)
            yield from sums(node.right)
        case Sum():
            yield node
            yield from sums(node.inner)


def counts(node: Node) -> Iterator[Reference]:
    """Yield what is counted."""
    match node:
        case Operation():
            yield from counts(node.left)
            yield from counts(node.right)
        case Sum():
            yield from counts(node.inner)
        case Count():
            yield node.reference


def value_of(spec: QuestionSpec, answers: Mapping[str, Any]) -> str | None:
    """Return the value of a calculated question as it is stored; None when there is none.

    `answers` are those that count: of earlier questions that are asked.
    """
    result = calculate(parse(spec.formula), answers)
    if result is None:
        return None
    places = 2 if spec.money else DECIMALS if spec.decimals is None else spec.decimals
    # Adding nought turns minus nought into nought.
    text = f"{result.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP) + 0:f}"
    return text if spec.money or "." not in text else text.rstrip("0").rstrip(".")


def calculate(node: Node, answers: Mapping[str, Any]) -> Decimal | None:
    """Return the result for these answers; None when nothing that it looks at is answered.

    Beside an answer that is there, a missing one counts as nought.
    """
    used = [reference.question for reference, _in_sum in references(node)]
    used += [reference.question for reference in counts(node)]
    if used and not any(answers.get(name) not in (None, "", [], {}) for name in used):
        return None
    result = _value(node, lambda reference: _decimal(answers.get(reference.question)), answers)
    return result if abs(result) < MAX_RESULT else None


def _value(node: Node, read: Callable[[Reference], Decimal], answers: Mapping[str, Any]) -> Decimal:
    match node:
        case Number():
            return node.value
        case Reference():
            return read(node)
        case Operation():
            left, right = _value(node.left, read, answers), _value(node.right, read, answers)
            act = {"+": _CONTEXT.add, "-": _CONTEXT.subtract, "*": _CONTEXT.multiply}[node.sign]
            return act(left, right)
        case Count():
            answer = answers.get(node.reference.question)
            return Decimal(len(answer)) if isinstance(answer, list) else Decimal(0)
        case Sum():
            table = next(ref.question for ref, _in_sum in references(node) if ref.column)
            rows = answers.get(table)
            total = Decimal(0)
            for row in rows if isinstance(rows, list) else ():
                cells = row if isinstance(row, Mapping) else {}
                total = _CONTEXT.add(total, _value(node.inner, _cell_reader(cells, read), answers))
            return total


def _cell_reader(
    cells: Mapping[str, Any], outside: Callable[[Reference], Decimal]
) -> Callable[[Reference], Decimal]:
    return lambda ref: _decimal(cells.get(ref.column)) if ref.column else outside(ref)


def _decimal(answer: Any) -> Decimal:
    """Return a stored number; anything that is none counts as nought."""
    if not isinstance(answer, str) or not re.fullmatch(
        r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)", answer, re.ASCII
    ):
        return Decimal(0)
    return Decimal(answer)


class _Parser:
    """Reads a formula from left to right: sums of products of factors."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 0
        self.depth = 0

    def whole(self) -> Node:
        node = self.terms()
        if self.text[self.place :].strip():
            raise FormulaError(self.place)
        return node

    def terms(self) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise FormulaError(self.place)
        node = self.factors()
        while sign := self.sign("+-"):
            node = Operation("+" if sign == "+" else "-", node, self.factors())
        self.depth -= 1
        return node

    def factors(self) -> Node:
        node = self.factor()
        while self.sign("*×"):
            node = Operation("*", node, self.factor())
        return node

    def factor(self) -> Node:
        if self.sign("-"):
            return Operation("-", Number(Decimal(0)), self.single())
        return self.single()

    def single(self) -> Node:
        if self.sign("("):
            node = self.terms()
            self.close()
            return node
        start, match = self.place, self.next()
        if number := match["number"]:
            return Number(Decimal(number))
        if match["name"] in _FUNCTIONS and self.sign("("):
            return self.function(match["name"])
        if name := match["ids"] or match["name"]:
            question, _dot, column = name.partition(".")
            return Reference(question, column)
        raise FormulaError(start)

    def function(self, name: str) -> Node:
        start, node = self.place, self.terms()
        self.close()
        if name == "sum":
            tables = {ref.question for ref, _in_sum in references(node) if ref.column}
            if len(tables) != 1 or any(sums(node)):
                raise FormulaError(start)
            return Sum(node)
        if not isinstance(node, Reference) or node.column:
            raise FormulaError(start)
        return Count(node)

    def next(self) -> re.Match[str]:
        match = _TOKEN.match(self.text, self.place)
        if match is None:
            raise FormulaError(self.place)
        self.place = match.end()
        return match

    def sign(self, wanted: str) -> str:
        """Take one of these signs if it comes next."""
        match = _TOKEN.match(self.text, self.place)
        if match is None or not match["sign"] or match["sign"] not in wanted:
            return ""
        self.place = match.end()
        return match["sign"]

    def close(self) -> None:
        if not self.sign(")"):
            raise FormulaError(self.place)
