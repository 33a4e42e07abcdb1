"""What an editor must put right before a form can be frozen: all mistakes at once, each at its
block.

Wagtail's own validation can be passed by (API, schedule, workflow, translation), so freezing trusts
only this module.
"""

import datetime
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from eservices.enums import Operator, QuestionType
from eservices.questions import formulas
from eservices.questions.conditions import DECIMAL, ISO_DATE, ISO_TIME
from eservices.questions.dates import BOUND
from eservices.questions.mistakes import Issue
from eservices.questions.structure import (
    ANNEX_KEYS,
    CHAPTER_KEYS,
    COLUMN_TYPES,
    FORMAT,
    MAX_QUESTIONS,
    QUESTION_KEYS,
)

#: Ids become HTML names: letters, digits and single hyphens or underscores.
BLOCK_ID = re.compile(r"[A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)*", re.ASCII)

OPTION_TYPES = frozenset({QuestionType.CHOICE, QuestionType.CHOICES})
NUMBER_TYPES = frozenset({QuestionType.NUMBER, QuestionType.MONEY, QuestionType.CALCULATED})
ORDERED_TYPES = NUMBER_TYPES | {QuestionType.DATE, QuestionType.TIME}
NO_VALUE_TYPES = frozenset(
    {QuestionType.FILE, QuestionType.TABLE, QuestionType.ADDRESS, QuestionType.PERIOD}
)
#: What can be counted in a formula: answers that are lists.
COUNTED_TYPES = frozenset({QuestionType.TABLE, QuestionType.CHOICES, QuestionType.FILE})
COUNTS = ("min_length", "max_length", "decimals", "min_rows", "max_rows", "max_files")
BLOCKS = ("options", "columns", "show_if", "fields")
#: The Python type of each other setting; None stands for a setting that is not made.
SHAPES: Mapping[str, type | tuple[type, ...]] = {
    "id": str,
    "type": str,
    "key": str,
    "prefill": str,
    "not_before": str,
    "formula": str,
    "money": bool,
    "required": bool,
    "sensitive": bool,
    "help_page": int,
    "field": str,
    "op": str,
    "value": str,
    **dict.fromkeys(BLOCKS, (list, tuple)),
}


def structure_issues(raw: Any) -> list[Issue]:
    """Return all mistakes of a structure that is about to be frozen; without any,
    `Structure.from_json` reads it.
    """
    if (
        not isinstance(raw, Mapping)
        or raw.get("format") != FORMAT
        or not _is_list(raw.get("chapters"))
        or not _is_list(raw.get("annexes", []))
    ):
        return [Issue(kind="format")]
    if not raw["chapters"]:
        return [Issue(kind="no_chapters")]
    return list(_Check(raw).issues())


class _Check:
    """One walk over a raw structure."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self.shape: list[Issue] = []
        self.chapters = self._blocks(raw["chapters"], "")
        self.annexes = self._blocks(raw.get("annexes") or (), "")
        self.ids: set[str] = set()
        self.codes: set[str] = set()
        #: Questions met so far, by id, for conditions that look back.
        self.earlier: dict[str, Mapping[str, Any]] = {}
        self.later = {
            item["id"]
            for chapter in self.chapters
            for item in chapter.get("fields", ())
            if item.get("id")
        }

    def issues(self) -> Iterator[Issue]:
        """Yield every mistake: of shape first, then in the order of the form."""
        yield from self.shape
        count = 0
        for chapter in self.chapters:
            name = _name(chapter)
            yield from self._id(chapter)
            yield from _unknown_keys(chapter, CHAPTER_KEYS)
            yield from self._conditions(chapter)
            fields = chapter.get("fields")
            if not fields:
                yield Issue(kind="empty_chapter", block_id=name)
                continue
            for question in fields:
                count += 1
                yield from self._question(question)
        if count > MAX_QUESTIONS:
            yield Issue(kind="too_many", params={"count": count, "limit": MAX_QUESTIONS})
        self.codes = set()  # annexes are looked up apart from questions
        for annex in self.annexes:
            yield from self._id(annex)
            yield from _unknown_keys(annex, ANNEX_KEYS)
            yield from self._code(annex)
            yield from _limits(annex)

    def _question(self, raw: Mapping[str, Any]) -> Iterator[Issue]:
        yield from self._id(raw)
        yield from _unknown_keys(raw, QUESTION_KEYS)
        yield from self._code(raw)
        yield from self._conditions(raw)
        kind = _type(raw)
        if kind is None:
            yield Issue(kind="unknown_type", block_id=_name(raw), params={"type": raw.get("type")})
        else:
            yield from self._options(raw, kind)
            yield from self._columns(raw, kind)
            yield from _limits(raw)
            yield from self._not_before(raw, kind)
            yield from self._formula(raw, kind)
        if raw.get("id"):
            self.earlier[raw["id"]] = raw

    def _blocks(self, raw: Any, owner: str) -> list[dict[str, Any]]:
        """Return blocks and the blocks inside them without settings of a wrong shape, each of which
        is an issue.
        """
        blocks = []
        for item in raw:
            if not isinstance(item, Mapping):
                self.shape.append(Issue(kind="format", block_id=owner))
                continue
            name = _name(item)
            block = {}
            for key, value in item.items():
                if value is None:
                    continue
                if key == "accept":
                    fine = _is_list(value) and all(isinstance(kind, str) for kind in value)
                else:
                    fine = key not in SHAPES or isinstance(value, SHAPES[key])
                if not fine:
                    self.shape.append(Issue(kind="setting", block_id=name, params={"name": key}))
                elif key in BLOCKS:
                    block[key] = self._blocks(value, name)
                else:
                    block[key] = value
            blocks.append(block)
        return blocks

    def _id(self, raw: Mapping[str, Any]) -> Iterator[Issue]:
        name = raw.get("id")
        if not name:
            yield Issue(kind="no_id")
        elif len(name) > 60 or not BLOCK_ID.fullmatch(name):
            yield Issue(kind="id_form", block_id=name[:60], params={"id": name[:60]})
        elif name in self.ids:
            yield Issue(kind="id_twice", block_id=name)
        else:
            self.ids.add(name)

    def _code(self, raw: Mapping[str, Any]) -> Iterator[Issue]:
        code = raw.get("key")
        if not code:
            return
        if code in self.codes:
            yield Issue(kind="code_twice", block_id=_name(raw), params={"code": code})
        else:
            self.codes.add(code)

    def _options(self, raw: Mapping[str, Any], kind: QuestionType) -> Iterator[Issue]:
        options = raw.get("options", ())
        if kind not in OPTION_TYPES:
            if options:
                yield Issue(kind="setting", block_id=_name(raw), params={"name": "options"})
            return
        if len(options) < (2 if kind == QuestionType.CHOICE else 1):
            yield Issue(kind="no_options", block_id=_name(raw))
        codes: set[str] = set()
        for option in options:
            yield from self._id(option)
            code = option.get("key")
            if code and code in codes:
                yield Issue(kind="code_twice", block_id=_name(option), params={"code": code})
            codes |= {code} if code else set()

    def _columns(self, raw: Mapping[str, Any], kind: QuestionType) -> Iterator[Issue]:
        if kind != QuestionType.TABLE:
            if raw.get("columns"):
                yield Issue(kind="setting", block_id=_name(raw), params={"name": "columns"})
            return
        if not raw.get("columns"):
            yield Issue(kind="no_columns", block_id=_name(raw))
        for column in raw.get("columns", ()):
            yield from self._id(column)
            yield from _unknown_keys(column, QUESTION_KEYS)
            column_kind = _type(column)
            if column_kind not in COLUMN_TYPES:
                yield Issue(
                    kind="column_type", block_id=_name(column), params={"type": column.get("type")}
                )
                continue
            if column.get("show_if") or column.get("not_before"):
                yield Issue(kind="column_condition", block_id=_name(column))
            yield from self._options(column, QuestionType(column_kind))
            yield from _limits(column)

    def _conditions(self, raw: Mapping[str, Any]) -> Iterator[Issue]:
        for condition in raw.get("show_if", ()):
            target = condition.get("field")
            if target not in self.later:
                yield Issue(kind="condition_unknown", block_id=_name(raw))
            elif target not in self.earlier:
                yield Issue(kind="condition_later", block_id=_name(raw))
            else:
                yield from _comparison(raw, condition, self.earlier[target])

    def _not_before(self, raw: Mapping[str, Any], kind: QuestionType) -> Iterator[Issue]:
        target = raw.get("not_before")
        if not target:
            return
        before = self.earlier.get(target)
        if kind != QuestionType.DATE or before is None or _type(before) != QuestionType.DATE:
            yield Issue(kind="not_before", block_id=_name(raw))

    def _formula(self, raw: Mapping[str, Any], kind: QuestionType) -> Iterator[Issue]:
        text = raw.get("formula", "")
        if kind != QuestionType.CALCULATED:
            if text:
                yield Issue(kind="setting", block_id=_name(raw), params={"name": "formula"})
            return
        try:
            formula = formulas.parse(text)
        except formulas.FormulaError as error:
            yield Issue(kind="formula", block_id=_name(raw), params={"place": error.place + 1})
            return
        used = [(ref, in_sum, False) for ref, in_sum in formulas.references(formula)]
        used += [(ref, False, True) for ref in formulas.counts(formula)]
        for reference, in_sum, counted in used:
            problem = self._used_wrongly(reference, in_sum=in_sum, counted=counted)
            if problem:
                name = ".".join(filter(None, (reference.question, reference.column)))
                yield Issue(kind=problem, block_id=_name(raw), params={"name": name})

    def _used_wrongly(self, reference: formulas.Reference, *, in_sum: bool, counted: bool) -> str:
        """Return the kind of mistake that naming an earlier answer makes; nothing when it is fine."""
        target = self.earlier.get(reference.question)
        if target is None:
            return "formula_unknown"
        if counted:
            return "" if _type(target) in COUNTED_TYPES else "formula_type"
        if not reference.column:
            return "" if _type(target) in NUMBER_TYPES else "formula_type"
        columns = {column.get("id"): column for column in target.get("columns", ())}
        if reference.column not in columns:
            return "formula_unknown"
        return "" if in_sum and _type(columns[reference.column]) in NUMBER_TYPES else "formula_type"


def _comparison(
    raw: Mapping[str, Any], condition: Mapping[str, Any], target: Mapping[str, Any]
) -> Iterator[Issue]:
    kind, operator, value = _type(target), condition.get("op"), condition.get("value", "")
    if operator not in Operator.values or kind is None or kind == QuestionType.INFO:
        yield Issue(kind="condition_operator", block_id=_name(raw), params={"operator": operator})
        return
    fine = {
        Operator.FILLED: True,
        Operator.IS: kind not in NO_VALUE_TYPES,
        Operator.IS_NOT: kind not in NO_VALUE_TYPES,
        Operator.HAS: kind in OPTION_TYPES,
        Operator.GT: kind in ORDERED_TYPES,
        Operator.LT: kind in ORDERED_TYPES,
    }[Operator(operator)]
    if not fine:
        yield Issue(kind="condition_operator", block_id=_name(raw), params={"operator": operator})
    elif operator != Operator.FILLED and not _can_be(kind, value, target):
        yield Issue(kind="condition_value", block_id=_name(raw), params={"value": value})


def _can_be(kind: QuestionType, value: str, target: Mapping[str, Any]) -> bool:
    """Whether a value can ever be equal to, or compared with, an answer of a question."""
    if not value:
        return False
    match kind:
        case QuestionType.YES_NO:
            return value in ("yes", "no")
        case QuestionType.CONSENT:
            return value == "yes"
        case QuestionType.NUMBER | QuestionType.MONEY | QuestionType.CALCULATED:
            return DECIMAL.fullmatch(value) is not None
        case QuestionType.DATE:
            return _is_day(value)
        case QuestionType.TIME:
            return ISO_TIME.fullmatch(value) is not None
        case QuestionType.CHOICE | QuestionType.CHOICES:
            return value in {item.get("id") for item in target.get("options", ())}
    return True


def _limits(raw: Mapping[str, Any]) -> Iterator[Issue]:
    for name in COUNTS:
        value = raw.get(name)
        if value is not None and (type(value) is not int or not 0 <= value <= 100_000):
            yield Issue(kind="limit", block_id=_name(raw), params={"name": name})
    for name in ("max_length", "max_rows", "max_files"):
        if raw.get(name) == 0:
            yield Issue(kind="limit", block_id=_name(raw), params={"name": name})
    for name in ("minimum", "maximum"):
        value = raw.get(name)
        if value is not None and not (isinstance(value, str) and DECIMAL.fullmatch(value)):
            yield Issue(kind="limit", block_id=_name(raw), params={"name": name})
    for name in ("earliest", "latest"):
        value = raw.get(name)
        if value and not (isinstance(value, str) and (BOUND.fullmatch(value) or _is_day(value))):
            yield Issue(kind="limit", block_id=_name(raw), params={"name": name})
    pairs = [("min_length", "max_length"), ("min_rows", "max_rows"), ("minimum", "maximum")]
    for low, high in pairs:
        bounds = [raw.get(low), raw.get(high)]
        if all(_is_bound(value) for value in bounds) and Decimal(bounds[0]) > Decimal(bounds[1]):  # type: ignore[arg-type]
            yield Issue(kind="limits_order", block_id=_name(raw))


def _is_bound(value: Any) -> bool:
    return type(value) is int or (isinstance(value, str) and DECIMAL.fullmatch(value) is not None)


def _is_day(value: str) -> bool:
    if not ISO_DATE.fullmatch(value):
        return False
    try:
        datetime.date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _unknown_keys(raw: Mapping[str, Any], known: frozenset[str]) -> Iterator[Issue]:
    for name in raw:
        if name not in known:
            yield Issue(kind="unknown_key", block_id=_name(raw), params={"name": name})


def _name(raw: Mapping[str, Any]) -> str:
    name = raw.get("id")
    return name[:60] if isinstance(name, str) else ""


def _type(raw: Mapping[str, Any]) -> QuestionType | None:
    kind = raw.get("type")
    return QuestionType(kind) if kind in QuestionType.values else None


def _is_list(value: Any) -> bool:
    return isinstance(value, (list, tuple))
