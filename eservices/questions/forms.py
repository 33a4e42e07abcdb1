"""Django forms of chapters, built from a frozen form. HTML, API and sending all pass through here.

`chapter_form_class(structure, words, chapter_id, complete=...)` gives a form class, cached. Bound,
it reads the whole chapter, tables included, keeps everything that was typed (`form.result`) and has
errors only for questions that are asked.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from eservices.enums import QuestionType
from eservices.questions.base import (
    EMPTY,
    MISSING,
    PART,
    AnswerField,
    Fault,
    Question,
    Shown,
    ShowOptions,
)
from eservices.questions.conditions import asked, is_empty, settled
from eservices.questions.dates import order_faults
from eservices.questions.registry import question
from eservices.questions.rows import ADD_ROW, REMOVE_ROW, RowForm, RowFormSet, add_fault, row_set
from eservices.questions.structure import Chapter, Structure
from eservices.questions.tables import TableQuestion
from eservices.questions.words import Words


@dataclass(frozen=True, kw_only=True)
class AnswerError:
    """What stands between an answer and a file that can be sent."""

    question: str
    code: str
    message: str
    row: int | None = None
    column: str | None = None
    #: The HTML name of the input.
    field: str = ""

    @property
    def anchor(self) -> str:
        """The id of the element that the summary of errors links to."""
        return f"id_{self.field or self.question}"

    @property
    def pointer(self) -> str:
        """The place in the JSON body (RFC 6901): "/answers/q-3/0/k-1"."""
        parts = ["answers", self.question, self.row, self.column]
        return "".join(f"/{escape_pointer(str(part))}" for part in parts if part is not None)


@dataclass(frozen=True, kw_only=True)
class ChapterResult:
    """What a chapter gave: well-formed answers and unfinished texts of its questions, by id."""

    answers: dict[str, Any]
    unfinished: dict[str, Any]
    #: The questions that this result speaks of; others (locked, not on the page) stay as they were.
    touched: frozenset[str]

    def applied_to(self, answers: Mapping[str, Any]) -> dict[str, Any]:
        """Return all answers of a file with those of this chapter put in."""
        return {
            name: item for name, item in answers.items() if name not in self.touched
        } | self.answers

    def unfinished_applied_to(self, unfinished: Mapping[str, Any]) -> dict[str, Any]:
        """Return all unfinished texts of a file with those of this chapter put in."""
        return {
            name: item for name, item in unfinished.items() if name not in self.touched
        } | self.unfinished


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One question of a chapter, ready for a template."""

    question: Question
    label: str
    help: str
    unit: str
    text: str
    asked: bool
    locked: bool
    fields: tuple[forms.BoundField, ...]
    rows: "RowFormSet | None"
    #: The value of a calculated question, which has no input.
    shown: Shown = EMPTY

    @property
    def id(self) -> str:
        """The id of the question."""
        return self.question.id

    @property
    def type(self) -> str:
        """The type, for the template to choose its part."""
        return self.question.spec.type.value

    @property
    def required(self) -> bool:
        """Whether an answer is due when it is asked."""
        return self.question.spec.required

    @property
    def field(self) -> forms.BoundField | None:
        """The only field, of questions that have just one."""
        return self.fields[0] if len(self.fields) == 1 else None


class ChapterForm(forms.Form):
    """One chapter. `answers` and `unfinished` are those of the whole file; `locked` ids cannot be
    changed here.

    `annexes` holds the public ids of the file's annexes (a mapping to names will do); None checks
    nothing.
    `extra_rows` adds empty rows to tables, by question id.
    """

    structure: ClassVar[Structure]
    words: ClassVar[Words]
    chapter: ClassVar[Chapter]
    complete: ClassVar[bool]
    row_sets: ClassVar[Mapping[str, type[RowFormSet]]]
    use_required_attribute = False

    def __init__(
        self,
        data: Any = None,
        *,
        answers: Mapping[str, Any] | None = None,
        unfinished: Mapping[str, Any] | None = None,
        locked: Collection[str] = (),
        annexes: Collection[str] | None = None,
        extra_rows: Mapping[str, int] | None = None,
        locale: str | None = None,
    ) -> None:
        self.saved = dict(answers or {})
        self.saved_unfinished = dict(unfinished or {})
        self.locked = frozenset(locked)
        self.annexes = annexes
        self.locale = locale or self.words.locale
        self.questions = tuple(question(spec) for spec in self.chapter.questions)
        self.extra_rows = dict(extra_rows or {})
        super().__init__(data, initial=self._initial())
        for item in self.questions:
            if item.id not in self.locked:
                self.fields.update(item.fields(self.words, complete=self.complete))
        self.tables = {
            item.id: self._table(item)
            for item in self.questions
            if isinstance(item, TableQuestion) and item.id not in self.locked
        }

    # Reading

    @cached_property
    def result(self) -> ChapterResult:
        """Everything that was typed, kept: needs a bound form, not a valid one."""
        answers: dict[str, Any] = {}
        unfinished: dict[str, Any] = {}
        touched: set[str] = set()
        absent: set[str] = set()
        for item in self.questions:
            if item.id in self.locked or not item.spec.takes_answer:
                continue
            raw = self._raw(item)
            if raw is MISSING:
                continue
            touched.add(item.id)
            absent |= {item.id} if is_empty(raw) or raw is False else set()
            collected = item.collect(raw)
            if not is_empty(collected.answer):
                answers[item.id] = collected.answer
            if not is_empty(collected.unfinished):
                unfinished[item.id] = collected.unfinished
        result = ChapterResult(answers=answers, unfinished=unfinished, touched=frozenset(touched))
        # A question that is not asked may be disabled or not drawn at all: its saved answer stays.
        visible = asked(self.structure, result.applied_to(self.saved))
        return ChapterResult(
            answers=answers, unfinished=unfinished, touched=frozenset(touched - (absent - visible))
        )

    @cached_property
    def all_answers(self) -> dict[str, Any]:
        """The answers of the whole file, with what this form read if it is bound."""
        answers = self.result.applied_to(self.saved) if self.is_bound else self.saved
        return settled(self.structure, answers)[1]

    @cached_property
    def asked(self) -> frozenset[str]:
        """The ids of all questions of the file that are asked with these answers."""
        return asked(self.structure, self.all_answers)

    def wants_row(self) -> str | None:
        """Return the id of the table whose "Add row" button was pressed."""
        wanted = self.data.get(ADD_ROW) if self.is_bound else None
        return wanted if wanted in self.tables else None

    # Checking

    def clean(self) -> dict[str, Any]:
        """Drop errors of questions that are not asked; ask for what is missing when the chapter
        must be complete.
        """
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for item in self.questions:
            names = [
                name for name in self.fields if name == item.id or name.startswith(item.id + PART)
            ]
            if item.id not in self.asked:
                for name in names:
                    self.errors.pop(name, None)
                continue
            if not any(name in self.errors for name in names):
                for fault in self._faults(item):
                    self._add(item, fault)
        return cleaned

    def is_valid(self) -> bool:
        """Whether the chapter and all its asked tables are without errors."""
        valid = super().is_valid()
        return valid and all(
            rows.is_valid() for name, rows in self.tables.items() if name in self.asked
        )

    def answer_errors(self) -> list[AnswerError]:
        """Return all errors in the order of the chapter, tables included."""
        return [
            error
            for item in self.questions
            if item.id in self.asked
            for error in self._errors_of(item)
        ]

    def entries(self) -> Iterator[Entry]:
        """All questions in their order for templates. Draw all of them; those not asked with the
        attribute `hidden`.
        """
        for item in self.questions:
            names = [
                name for name in self.fields if name == item.id or name.startswith(item.id + PART)
            ]
            yield Entry(
                question=item,
                label=self.words.label(item.id),
                help=self.words.help(item.id),
                unit=self.words.unit(item.id),
                text=self.words.text(item.id),
                asked=item.id in self.asked,
                locked=item.id in self.locked,
                fields=tuple(self[name] for name in names),
                rows=self.tables.get(item.id),
                shown=self._shown(item),
            )

    # Inside

    def _shown(self, item: Question) -> Shown:
        if item.spec.type != QuestionType.CALCULATED:
            return EMPTY
        options = ShowOptions(locale=self.locale, masked=False)
        return item.present(self.all_answers.get(item.id), self.words, options)

    def _initial(self) -> dict[str, Any]:
        initial: dict[str, Any] = {}
        for item in self.questions:
            raw = self._saved_raw(item)
            if raw is not None:
                initial |= item.initial_from(raw)
        return initial

    def _saved_raw(self, item: Question) -> Any:
        return saved_raw(item, self.saved, self.saved_unfinished, self.locale)

    def _table(self, item: TableQuestion) -> RowFormSet:
        if self.is_bound:
            return self.row_sets[item.id](self.data, prefix=item.id)
        rows = [row or {} for row in self._saved_raw(item) or []]
        extra = self.extra_rows.get(item.id, 0 if rows else 1)
        rows += [{} for _index in range(min(extra, max(0, item.spec.max_rows - len(rows))))]
        return self.row_sets[item.id](prefix=item.id, initial=rows)

    def _raw(self, item: Question) -> Any:
        if isinstance(item, TableQuestion):
            return self.tables[item.id].raw if f"{item.id}-TOTAL_FORMS" in self.data else MISSING
        return item.raw_from(self)

    def _faults(self, item: Question) -> tuple[Fault, ...]:
        answer = self.all_answers.get(item.id)
        if item.id in self.locked or not item.spec.takes_answer:
            return ()
        if self._has_foreign_annexes(item, answer):
            return (Fault(code="annex", message=_("Choose the file again: it was not received.")),)
        if not self.complete:
            return ()
        if is_empty(answer):
            waiting = isinstance(item, TableQuestion) and item.id in self.result.unfinished
            return item.missing_faults(self.words) if item.spec.required and not waiting else ()
        if isinstance(item, TableQuestion):
            return ()
        return item.complete_faults(answer) + order_faults(item, self.all_answers, self.asked)

    def _has_foreign_annexes(self, item: Question, answer: Any) -> bool:
        known = self.annexes
        if item.spec.type != QuestionType.FILE or known is None:
            return False
        return any(name not in known for name in answer or ())

    def _add(self, item: Question, fault: Fault) -> None:
        if isinstance(item, TableQuestion):
            rows = self.tables[item.id]
            rows.non_form_errors().append(ValidationError(fault.message, code=fault.code))
            return
        add_fault(
            self,
            f"{item.id}{PART}{fault.column}" if fault.column else next(iter(self._names(item))),
            fault,
        )

    def _names(self, item: Question) -> list[str]:
        return [name for name in self.fields if name == item.id or name.startswith(item.id + PART)]

    def _errors_of(self, item: Question) -> Iterator[AnswerError]:
        for name in self._names(item):
            for fault in self.errors.as_data().get(name, []):
                part = name.removeprefix(item.id).removeprefix(PART) or None
                yield AnswerError(
                    question=item.id,
                    code=fault.code or "invalid",
                    message=fault.messages[0],
                    column=part,
                    field=name,
                )
        rows = self.tables.get(item.id)
        if rows is None:
            return
        for fault in rows.non_form_errors().as_data():
            yield AnswerError(
                question=item.id,
                code=fault.code or "invalid",
                message=fault.messages[0],
                field=item.id,
            )
        for index, form in enumerate(rows.forms):
            for name, faults in form.errors.as_data().items():
                for fault in faults:
                    yield AnswerError(
                        question=item.id,
                        code=fault.code or "invalid",
                        message=fault.messages[0],
                        row=rows.row_place(index),
                        column=name,
                        field=form.add_prefix(name),
                    )


@lru_cache(maxsize=512)
def chapter_form_class(
    structure: Structure, words: Words, chapter_id: str, *, complete: bool
) -> type[ChapterForm]:
    """Return the form class of one chapter in one language; KeyError if there is no such chapter.

    `complete=False` reads only, for drafts; `complete=True` also checks limits and asks for what is
    missing.
    """
    chapter = structure.chapter(chapter_id)
    row_sets = {
        spec.id: row_set(table, words, complete=complete)
        for spec in chapter.questions
        if isinstance(table := question(spec), TableQuestion)
    }
    attributes = {
        "structure": structure,
        "words": words,
        "chapter": chapter,
        "complete": complete,
        "row_sets": row_sets,
    }
    return type("ChapterForm", (ChapterForm,), attributes)


def saved_raw(
    item: Question,
    answers: Mapping[str, Any],
    unfinished: Mapping[str, Any],
    locale: str | None = None,
) -> Any:
    """Return what somebody last typed for a question: the unfinished text, else the answer as it is
    typed; else None.
    """
    if not is_empty(unfinished.get(item.id)):
        return unfinished[item.id]
    answer = answers.get(item.id)
    return item.to_raw(answer, locale) if not is_empty(answer) and item.accepts(answer) else None


def chapter_data(
    chapter: Chapter,
    answers: Mapping[str, Any],
    unfinished: Mapping[str, Any],
    locale: str | None = None,
) -> MultiValueDict[str, str]:
    """Return the form data that somebody would post to give these answers."""
    data: MultiValueDict[str, str] = MultiValueDict()
    for spec in chapter.questions:
        item = question(spec)
        if spec.takes_answer:
            for name, values in item.data_from(
                saved_raw(item, answers, unfinished, locale)
            ).items():
                data.setlist(name, values)
    return data


def escape_pointer(part: str) -> str:
    """Return one part of a JSON pointer (RFC 6901)."""
    return part.replace("~", "~0").replace("/", "~1")


__all__ = [
    "ADD_ROW",
    "REMOVE_ROW",
    "AnswerError",
    "AnswerField",
    "ChapterForm",
    "ChapterResult",
    "Entry",
    "RowForm",
    "RowFormSet",
    "chapter_data",
    "chapter_form_class",
]
