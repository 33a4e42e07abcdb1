"""What an editor must put right before a form can be frozen: all mistakes at once, each at its
block.

Wagtail's own validation can be passed by (API, schedule, workflow, translation), so freezing trusts
only this module.
"""

import datetime
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from eservices.enums import Operator, QuestionType
from eservices.questions.conditions import DECIMAL, ISO_DATE, ISO_TIME
from eservices.questions.dates import BOUND
from eservices.questions.structure import (
    CHAPTER_KEYS,
    COLUMN_TYPES,
    FORMAT,
    MAX_QUESTIONS,
    QUESTION_KEYS,
    Structure,
)
from eservices.questions.words import WORD_KEYS

#: Ids become HTML names: letters, digits and single hyphens or underscores.
BLOCK_ID = re.compile(r"[A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)*", re.ASCII)

OPTION_TYPES = frozenset({QuestionType.CHOICE, QuestionType.CHOICES})
ORDERED_TYPES = frozenset(
    {QuestionType.NUMBER, QuestionType.MONEY, QuestionType.DATE, QuestionType.TIME}
)
NO_VALUE_TYPES = frozenset({QuestionType.FILE, QuestionType.TABLE, QuestionType.ADDRESS})
COUNTS = ("min_length", "max_length", "decimals", "min_rows", "max_rows", "max_files")
BLOCKS = ("options", "columns", "show_if", "fields")
#: The Python type of each other setting; None stands for a setting that is not made.
SHAPES: Mapping[str, type | tuple[type, ...]] = {
    "id": str,
    "type": str,
    "key": str,
    "prefill": str,
    "not_before": str,
    "required": bool,
    "sensitive": bool,
    "help_page": int,
    "field": str,
    "op": str,
    "value": str,
    **dict.fromkeys(BLOCKS, (list, tuple)),
}

MESSAGES: Mapping[str, str | Promise] = {
    "format": _("This form was not written in a format that we know."),
    "no_chapters": _("Add a first chapter."),
    "no_id": _("A block has no identifier. Save the page again, or make the block anew."),
    "id_form": _("The identifier “%(id)s” cannot be used. Make the block anew."),
    "id_twice": _("Two blocks have the same identifier. Delete one and make it anew."),
    "code_twice": _("The code “%(code)s” is used twice. Give each question its own code."),
    "unknown_key": _("The setting “%(name)s” is not known."),
    "unknown_type": _("The type “%(type)s” is not known."),
    "empty_chapter": _("This chapter has no questions. Add one or delete the chapter."),
    "no_options": _("Give at least two answers to choose from."),
    "no_columns": _("Give the table at least one column."),
    "column_type": _("A column of a table cannot be of the type “%(type)s”."),
    "column_condition": _("A column of a table cannot have conditions."),
    "condition_unknown": _("The condition looks at a question that does not exist."),
    "condition_later": _(
        "The condition looks at a question that comes later. Conditions can only look back."
    ),
    "condition_operator": _(
        "The comparison “%(operator)s” does not work with this type of question."
    ),
    "condition_value": _(
        "The value “%(value)s” of the condition is not an answer to its question."
    ),
    "not_before": _("“Not before” must name an earlier question that asks for a date."),
    "setting": _("The setting “%(name)s” cannot be used as it is."),
    "limit": _("The limit “%(name)s” cannot be used."),
    "limits_order": _("The smallest value is greater than the greatest one."),
    "too_many": _(
        "The form has %(count)s questions; the limit is %(limit)s. Divide it into two procedures."
    ),
    "words_missing": _("Words are missing: %(kind)s."),
    "words_unknown": _("There are words for a block that does not exist."),
    "words_form": _("These words are not text."),
    "label_twice": _(
        "The label “%(label)s” is used twice in a chapter. Make clear which is which."
    ),
}


@dataclass(frozen=True, kw_only=True)
class Issue:
    """One mistake of an editor. `kind` is a key of MESSAGES; `block_id` is empty when the block has
    none.
    """

    kind: str
    block_id: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def message(self) -> str:
        """The mistake in a sentence, in the language of the reader."""
        return str(MESSAGES[self.kind]) % self.params


def structure_issues(raw: Any) -> list[Issue]:
    """Return all mistakes of a structure that is about to be frozen; without any,
    `Structure.from_json` reads it.
    """
    if (
        not isinstance(raw, Mapping)
        or raw.get("format") != FORMAT
        or not _is_list(raw.get("chapters"))
    ):
        return [Issue(kind="format")]
    if not raw["chapters"]:
        return [Issue(kind="no_chapters")]
    return list(_Check(raw).issues())


def words_issues(structure: Structure, raw: Any, locale: str) -> list[Issue]:
    """Return what is missing or wrong in the words of one language; without any, they are
    complete.
    """
    if not isinstance(raw, Mapping):
        return [Issue(kind="words_form", params={"locale": locale})]
    issues: list[Issue] = []
    needed = dict(_needed_words(structure))
    for block_id, kind in needed.items():
        entry = raw.get(block_id)
        if not isinstance(entry, Mapping) or not str(entry.get(kind) or "").strip():
            issues.append(
                Issue(
                    kind="words_missing", block_id=block_id, params={"kind": kind, "locale": locale}
                )
            )
    for block_id, entry in raw.items():
        if block_id not in needed:
            issues.append(
                Issue(kind="words_unknown", block_id=str(block_id), params={"locale": locale})
            )
        elif not isinstance(entry, Mapping) or not all(
            name in WORD_KEYS and (text is None or isinstance(text, str))
            for name, text in entry.items()
        ):
            issues.append(Issue(kind="words_form", block_id=block_id, params={"locale": locale}))
    return issues + list(_twin_labels(structure, raw, locale))


def _needed_words(structure: Structure) -> Iterator[tuple[str, str]]:
    """Yield every id that needs words, with the kind that cannot be left out."""
    for chapter in structure.chapters:
        yield chapter.id, "title"
        for spec in chapter.questions:
            yield spec.id, "label" if spec.takes_answer else "text"
            for item in (spec, *spec.columns):
                if item is not spec:
                    yield item.id, "label"
                for option in item.options:
                    yield option.id, "label"


def _twin_labels(structure: Structure, raw: Mapping[str, Any], locale: str) -> Iterator[Issue]:
    for chapter in structure.chapters:
        seen: set[str] = set()
        for spec in chapter.questions:
            entry = raw.get(spec.id)
            label = entry.get("label") if isinstance(entry, Mapping) else None
            if not isinstance(label, str) or not spec.takes_answer or not label.strip():
                continue
            folded = " ".join(label.split()).casefold()
            if folded in seen and not spec.show_if:
                yield Issue(
                    kind="label_twice", block_id=spec.id, params={"label": label, "locale": locale}
                )
            seen.add(folded)


class _Check:
    """One walk over a raw structure."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self.shape: list[Issue] = []
        self.chapters = self._blocks(raw["chapters"], "")
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
        case QuestionType.NUMBER | QuestionType.MONEY:
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
