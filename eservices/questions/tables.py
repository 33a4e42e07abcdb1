"""Tables: the same few questions asked in several rows."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from eservices.enums import ChangeKind
from eservices.questions.base import (
    EMPTY,
    Collected,
    Fault,
    Question,
    Shown,
    ShowOptions,
    keepable,
)
from eservices.questions.structure import QuestionSpec
from eservices.questions.words import Words


class TableQuestion(Question):
    """A table, stored as a list of rows {column id: answer}; rows without any answer are not
    kept.
    """

    def __init__(self, spec: QuestionSpec, columns: tuple[Question, ...]) -> None:
        super().__init__(spec)
        self.columns = columns

    @cached_property
    def by_id(self) -> Mapping[str, Question]:
        """The columns by id."""
        return {column.id: column for column in self.columns}

    def fields(self, words: Words, *, complete: bool) -> dict[str, forms.Field]:
        """No field of its own: forms build a formset from `row_fields`."""
        return {}

    def row_fields(self, words: Words, *, complete: bool) -> dict[str, forms.Field]:
        """Return the fields of one row by column id; labels name the unit, as those of questions do."""
        fields: dict[str, forms.Field] = {}
        for column in self.columns:
            unit = words.unit(column.id)
            for name, item in column.fields(words, complete=complete).items():
                if unit:
                    item.label = f"{item.label} ({unit})"
                fields[name] = item
        return fields

    def read(self, raw: Any) -> Any:
        """Tables are read row by row in `collect`."""
        return self.collect(raw).answer

    def collect(self, raw: Any) -> Collected:
        """Read cell by cell; with one cell that is not well formed, the whole table is also kept as
        typed.
        """
        rows: list[dict[str, Any]] = []
        faults: list[Fault] = []
        for index, cells in enumerate(raw or []):
            row = {}
            for column in self.columns:
                collected = column.collect(cells.get(column.id))
                if collected.answer is not None:
                    row[column.id] = collected.answer
                faults += [
                    Fault(code=fault.code, message=fault.message, row=index, column=column.id)
                    for fault in collected.faults
                ]
            rows += [row] if row else []
        return Collected(
            answer=rows or None, unfinished=keepable(raw) if faults else None, faults=tuple(faults)
        )

    def complete_faults(self, answer: Any) -> tuple[Fault, ...]:
        """Refuse too few or too many rows."""
        count = len(answer)
        if count < self.spec.min_rows:
            message = ngettext(
                "Fill in at least %(limit)s row.",
                "Fill in at least %(limit)s rows.",
                self.spec.min_rows,
            )
            return (Fault(code="min_rows", message=message % {"limit": self.spec.min_rows}),)
        if count > self.spec.max_rows:
            message = ngettext(
                "Keep %(limit)s row at most and delete the others.",
                "Keep %(limit)s rows at most and delete the others.",
                self.spec.max_rows,
            )
            return (Fault(code="max_rows", message=message % {"limit": self.spec.max_rows}),)
        return ()

    def accepts(self, answer: Any) -> bool:
        """A list of dicts with ids of columns and answers that these take."""
        return (
            isinstance(answer, list)
            and len(answer) <= self.spec.max_rows + 1
            and all(
                isinstance(row, dict)
                and all(
                    name in self.by_id and self.by_id[name].accepts(cell)
                    for name, cell in row.items()
                )
                for row in answer
            )
        )

    def type_faults(self, answer: Any) -> list[tuple[int | None, str | None]]:
        """Return the places (row, column) that make `accepts` refuse; an empty place is the table
        itself.
        """
        if not isinstance(answer, list) or len(answer) > self.spec.max_rows + 1:
            return [(None, None)]
        places: list[tuple[int | None, str | None]] = []
        for index, row in enumerate(answer):
            if not isinstance(row, dict):
                places.append((index, None))
                continue
            places += [
                (index, name)
                for name, cell in row.items()
                if name not in self.by_id or not self.by_id[name].accepts(cell)
            ]
        return places

    def to_raw(self, answer: Any, locale: str | None = None) -> Any:
        """The rows as somebody would type them."""
        return [
            {
                name: self.by_id[name].to_raw(cell, locale)
                for name, cell in row.items()
                if name in self.by_id
            }
            for row in answer
        ]

    def data_from(self, raw: Any) -> dict[str, list[str]]:
        """Return the data of a formset with the id as prefix."""
        rows = raw or []
        data = {f"{self.id}-TOTAL_FORMS": [str(len(rows))], f"{self.id}-INITIAL_FORMS": ["0"]}
        for index, row in enumerate(rows):
            for column in self.columns:
                for name, values in column.data_from((row or {}).get(column.id)).items():
                    data[f"{self.id}-{index}-{name}"] = values
        return data

    def required_fault(self, words: Words) -> Fault:
        """Ask for a first row."""
        label = words.label(self.id)
        return Fault(
            code="required",
            message=_("Fill in at least one row of “%(label)s”.") % {"label": label},
        )

    def display(self, answer: Any, words: Words, options: ShowOptions) -> Shown:
        """A table with the labels of the columns as header."""
        if not answer:
            return EMPTY
        return Shown(
            kind="table",
            header=tuple(words.label(column.id) for column in self.columns),
            rows=tuple(
                tuple(
                    str(column.present(row.get(column.id), words, options))
                    for column in self.columns
                )
                for row in answer
            ),
        )

    def json_schema(self, words: Words) -> dict[str, Any]:
        """A list of objects with the columns as properties."""
        return {
            "type": "array",
            "minItems": max(1, self.spec.min_rows),
            "maxItems": self.spec.max_rows,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "minProperties": 1,
                "required": [column.id for column in self.columns if column.spec.required],
                "properties": {
                    column.id: {"title": words.label(column.id)} | column.json_schema(words)
                    for column in self.columns
                },
            },
        }

    def carry(self, answer: Any, source: Question) -> tuple[Any, ChangeKind | None]:
        """Keep every cell whose column still takes it."""
        if not isinstance(source, TableQuestion) or not isinstance(answer, list):
            return None, ChangeKind.TYPE
        lost = False
        rows: list[dict[str, Any]] = []
        for row in answer:
            kept: dict[str, Any] = {}
            for name, cell in row.items():
                column, before = self.by_id.get(name), source.by_id.get(name)
                carried: Any = None
                change: ChangeKind | None = ChangeKind.COLUMNS
                if column is not None and before is not None:
                    carried, change = column.carry(cell, before)
                if carried is not None:
                    kept[name] = carried
                lost = lost or change is not None
            rows += [kept] if kept else []
        return rows or None, ChangeKind.COLUMNS if lost else None
