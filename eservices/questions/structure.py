"""The frozen form of a procedure: what is asked, in which order, under which conditions. No words
in here.

A structure is JSON of format 1, written once by the freezing of a page and never changed
afterwards:

    {"format": 1, "chapters": [{"id": "c-1", "show_if": [...], "fields": [question, ...]}],
     "annexes": [annex, ...]}

    question  id, type and, as far as the type knows them: required, key, sensitive, show_if,
              options, columns, min_length,
              max_length, minimum, maximum, decimals, earliest, latest, not_before, min_rows,
              max_rows, max_files, accept,
              prefill, help_page, formula, money
    option    id, key
    column    a question of a simple type, without conditions
    condition field (id of an earlier question), op, value
    annex     a document that people are asked for beside the questions: id, key, required, accept,
              max_files; the member is left out when there is none

Numbers with decimals are strings ("minimum": "0.50"): no floats anywhere, so the hash is the same
on every machine.
"""

import hashlib
import json
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from eservices.enums import Operator, QuestionType

#: The format that this code writes; older formats stay readable for ever.
FORMAT = 1
#: More questions than this make a form that nobody finishes and that the editor's page cannot
#: carry.
MAX_QUESTIONS = 200
#: The greatest size of one answer, as UTF-8 of its JSON.
MAX_ANSWER_BYTES = 100_000

QUESTION_KEYS = frozenset(
    [
        "id",
        "type",
        "required",
        "key",
        "sensitive",
        "show_if",
        "options",
        "columns",
        "min_length",
        "max_length",
        "minimum",
        "maximum",
        "decimals",
        "earliest",
        "latest",
        "not_before",
        "min_rows",
        "max_rows",
        "max_files",
        "accept",
        "prefill",
        "help_page",
        "formula",
        "money",
    ]
)
CHAPTER_KEYS = frozenset({"id", "key", "show_if", "fields"})
ANNEX_KEYS = frozenset({"id", "key", "required", "accept", "max_files"})

#: What a column of a table can be: one value that fits into one cell.
COLUMN_TYPES = frozenset(
    {
        QuestionType.TEXT,
        QuestionType.LONG_TEXT,
        QuestionType.NUMBER,
        QuestionType.MONEY,
        QuestionType.DATE,
        QuestionType.TIME,
        QuestionType.EMAIL,
        QuestionType.PHONE,
        QuestionType.NATIONAL_NUMBER,
        QuestionType.BCE,
        QuestionType.IBAN,
        QuestionType.YES_NO,
        QuestionType.CHOICE,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One line of "show only if": compares the answer to an earlier question with a value."""

    field: str
    op: Operator
    value: str = ""

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> "Condition":
        """Read one condition of a valid structure."""
        return cls(field=raw["field"], op=Operator(raw["op"]), value=raw.get("value") or "")


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionSpec:
    """One answer to choose. Answers keep the id; the key is a readable code for exports."""

    id: str
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionSpec:
    """One question as it was frozen; its behaviour is the class of its type
    (`registry.question`).
    """

    id: str
    type: QuestionType
    required: bool = False
    key: str = ""
    sensitive: bool = False
    show_if: tuple[Condition, ...] = ()
    options: tuple[OptionSpec, ...] = ()
    columns: tuple["QuestionSpec", ...] = ()
    min_length: int | None = None
    max_length: int | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    decimals: int | None = None
    earliest: str = ""
    latest: str = ""
    not_before: str = ""
    min_rows: int = 0
    max_rows: int = 20
    max_files: int = 5
    accept: tuple[str, ...] = ()
    prefill: str = ""
    help_page: int | None = None
    formula: str = ""
    money: bool = False

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> "QuestionSpec":
        """Read one question of a valid structure; a key that format 1 does not know is a
        programming error.
        """
        if unknown := set(raw) - QUESTION_KEYS:
            raise ValueError(f"Unknown keys in a frozen question: {sorted(unknown)}")
        values: dict[str, Any] = {name: value for name, value in raw.items() if value is not None}
        values["type"] = kind = QuestionType(values["type"])
        if kind == QuestionType.NATIONAL_NUMBER:
            values["sensitive"] = True
        values["show_if"] = tuple(Condition.from_json(item) for item in values.get("show_if", ()))
        values["options"] = tuple(
            OptionSpec(id=item["id"], key=item.get("key") or "")
            for item in values.get("options", ())
        )
        values["columns"] = tuple(cls.from_json(item) for item in values.get("columns", ()))
        values["accept"] = tuple(values.get("accept", ()))
        for name in ("minimum", "maximum"):
            if name in values:
                values[name] = Decimal(values[name])
        return cls(**values)

    @property
    def takes_answer(self) -> bool:
        """Whether people answer it; a text to read and a calculated value take none."""
        return self.has_answer and self.type != QuestionType.CALCULATED

    @property
    def has_answer(self) -> bool:
        """Whether there is an answer to show, given or calculated."""
        return self.type != QuestionType.INFO

    @property
    def is_sensitive(self) -> bool:
        """Whether its answer belongs into the encrypted column: marked so, a national number, or a
        table holding one.
        """
        return self.sensitive or any(column.is_sensitive for column in self.columns)

    @property
    def limits(self) -> tuple[Any, ...]:
        """Everything that can refuse a well-formed answer, to be compared between two versions."""
        return (
            self.min_length,
            self.max_length,
            self.minimum,
            self.maximum,
            self.decimals,
            self.earliest,
            self.latest,
            self.not_before,
            self.min_rows,
            self.max_rows,
            self.max_files,
            self.accept,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """One page of the form."""

    id: str
    questions: tuple[QuestionSpec, ...]
    key: str = ""
    show_if: tuple[Condition, ...] = ()

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> "Chapter":
        """Read one chapter of a valid structure."""
        return cls(
            id=raw["id"],
            key=raw.get("key") or "",
            show_if=tuple(Condition.from_json(item) for item in raw.get("show_if") or ()),
            questions=tuple(QuestionSpec.from_json(item) for item in raw["fields"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestedAnnex:
    """A document that people are asked for, to be ticked off in the file when it is there."""

    id: str
    key: str = ""
    required: bool = False
    accept: tuple[str, ...] = ()
    max_files: int = 1

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> "RequestedAnnex":
        """Read one requested annex of a valid structure."""
        return cls(
            id=raw["id"],
            key=raw.get("key") or "",
            required=bool(raw.get("required")),
            accept=tuple(raw.get("accept") or ()),
            max_files=raw.get("max_files") or 1,
        )


@dataclass(frozen=True)
class Structure:
    """A whole form. Two structures are equal when their hashes are: use it freely as a cache
    key.
    """

    sha256: str
    chapters: tuple[Chapter, ...] = field(compare=False)
    annexes: tuple[RequestedAnnex, ...] = field(compare=False, default=())

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> "Structure":
        """Read a frozen structure. It must have passed `issues.structure_issues`; else ValueError
        or KeyError.
        """
        if raw.get("format") != FORMAT:
            raise ValueError(f"Unknown format of a frozen form: {raw.get('format')!r}")
        return cls(
            sha256=digest(raw),
            chapters=tuple(Chapter.from_json(chapter) for chapter in raw["chapters"]),
            annexes=tuple(RequestedAnnex.from_json(annex) for annex in raw.get("annexes") or ()),
        )

    def questions(self) -> Iterator[QuestionSpec]:
        """All questions in the order of the form."""
        for chapter in self.chapters:
            yield from chapter.questions

    @cached_property
    def by_id(self) -> Mapping[str, QuestionSpec]:
        """Questions by id, in the order of the form."""
        return {spec.id: spec for spec in self.questions()}

    @cached_property
    def chapter_of(self) -> Mapping[str, Chapter]:
        """The chapter that holds a question, by the question's id."""
        return {spec.id: chapter for chapter in self.chapters for spec in chapter.questions}

    def chapter(self, chapter_id: str) -> Chapter:
        """Return the chapter with this id; KeyError if there is none."""
        for chapter in self.chapters:
            if chapter.id == chapter_id:
                return chapter
        raise KeyError(chapter_id)


def canonical(value: Any) -> str:
    """Return the one text under which a structure or words are hashed: NFC, sorted keys, compact,
    no floats.

    Equal to RFC 8785 for such values. Hash this text and never what a database gives back: jsonb
    reorders keys.
    """
    return json.dumps(
        _normal(value), sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    )


def digest(value: Any) -> str:
    """Return the SHA-256 of the canonical text, in hexadecimal."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def _normal(value: Any) -> Any:
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, float):
        raise TypeError("A frozen form holds no floats: write decimals as text.")
    if isinstance(value, Mapping):
        return {_normal(name): _normal(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_normal(item) for item in value]
    return value


def sensitive_ids(structure: Structure) -> frozenset[str]:
    """Return the ids of the questions whose answers are stored encrypted."""
    return frozenset(spec.id for spec in structure.questions() if spec.is_sensitive)


def split_sensitive(
    structure: Structure, answers: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Split answers (or unfinished texts, by the same ids) into open and sensitive ones.

    An id that the structure does not know counts as sensitive: when in doubt, encrypt.
    """
    sealed = sensitive_ids(structure)
    unsealed = frozenset(structure.by_id) - sealed
    return (
        {name: value for name, value in answers.items() if name in unsealed},
        {name: value for name, value in answers.items() if name not in unsealed},
    )
