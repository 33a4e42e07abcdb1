"""Answers from outside and answers to be sent: the same reading and checking as the pages, without
a page.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from eservices.questions.base import Question, Shown, ShowOptions
from eservices.questions.conditions import asked, is_empty, settled
from eservices.questions.forms import (
    AnswerError,
    ChapterForm,
    ChapterResult,
    chapter_data,
    chapter_form_class,
)
from eservices.questions.registry import question
from eservices.questions.structure import MAX_ANSWER_BYTES, Structure
from eservices.questions.tables import TableQuestion
from eservices.questions.words import Words


def parse_draft(form: ChapterForm) -> ChapterResult:
    """Return what a bound chapter gave: well-formed answers, and texts that are not yet well formed
    as typed.
    """
    return form.result


def check_answers(
    structure: Structure,
    words: Words,
    answers: Mapping[str, Any],
    *,
    unfinished: Mapping[str, Any] | None = None,
    annexes: Collection[str] | None = None,
    locked: Collection[str] = (),
) -> list[AnswerError]:
    """Return everything that stands between these answers and sending, in the order of the form;
    empty means ready.

    Only questions that are asked count. Texts that are not well formed are reported as such, not as
    missing.
    """
    errors: list[AnswerError] = []
    visible = asked(structure, answers)
    waiting = unfinished or {}
    for chapter in structure.chapters:
        if any(spec.id in visible for spec in chapter.questions):
            form = chapter_form_class(structure, words, chapter.id, complete=True)(
                chapter_data(chapter, answers, waiting, words.locale),
                answers=answers,
                unfinished=waiting,
                annexes=annexes,
                locked=locked,
            )
            if not form.is_valid():
                errors += form.answer_errors()
    return errors


def answers_from_json(structure: Structure, raw: Any) -> tuple[dict[str, Any], list[AnswerError]]:
    """Read answers sent as JSON: well-formed ones in their stored form, and errors with their
    places.

    Unknown ids, wrong types, characters that cannot be kept and answers over 100 kB are refused;
    null means no answer. Calculated values are passed over: who reads answers can send them back.
    Limits and required questions are left to `check_answers`.
    """
    if not isinstance(raw, dict):
        return {}, [
            AnswerError(
                question="", code="type", message=_("Send the answers as an object by question id.")
            )
        ]
    answers: dict[str, Any] = {}
    errors: list[AnswerError] = []
    for name, value in raw.items():
        spec = structure.by_id.get(name)
        if spec is not None and spec.has_answer and not spec.takes_answer:
            continue
        if spec is None or not spec.takes_answer:
            message = _("This form has no such question.")
            errors.append(AnswerError(question=str(name), code="unknown", message=message))
        elif value is not None:
            answer, faults = _from_json(question(spec), value)
            errors += faults
            if not faults and not is_empty(answer):
                answers[name] = answer
    return answers, errors


def json_schema(structure: Structure, words: Words, *, identifier: str = "") -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of the answers to a version of a form.

    Questions under a condition are optional here: a schema cannot say what is asked, sending does.
    """
    always = [
        spec.id
        for chapter in structure.chapters
        for spec in chapter.questions
        if spec.required and spec.takes_answer and not spec.show_if and not chapter.show_if
    ]
    schema: dict[str, Any] = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    if identifier:
        schema["$id"] = identifier
    return schema | {
        "type": "object",
        "additionalProperties": False,
        "required": always,
        "properties": {
            spec.id: {"title": words.label(spec.id)} | question(spec).json_schema(words)
            for spec in structure.questions()
            if spec.has_answer
        },
    }


@dataclass(frozen=True, kw_only=True)
class SummaryRow:
    """One question with its answer for people; `missing` when an answer is due and not there."""

    id: str
    type: str
    label: str
    shown: Shown
    sensitive: bool
    missing: bool


@dataclass(frozen=True, kw_only=True)
class SummaryChapter:
    """One chapter with its asked questions."""

    id: str
    title: str
    rows: tuple[SummaryRow, ...]


def summary(
    structure: Structure,
    words: Words,
    answers: Mapping[str, Any],
    *,
    locale: str | None = None,
    masked: bool = True,
    annexes: Mapping[str, str] | None = None,
) -> list[SummaryChapter]:
    """Return the asked questions with their answers, by chapter: for the summary page, the PDF and
    the back office.

    `masked=False` writes national numbers out: only for the citizen's own copy. `annexes` maps
    public ids to names.
    """
    options = ShowOptions(locale=locale or words.locale, masked=masked, annexes=annexes or {})
    visible, answers = settled(structure, answers)
    chapters = []
    for chapter in structure.chapters:
        rows = tuple(
            SummaryRow(
                id=spec.id,
                type=spec.type.value,
                label=words.label(spec.id),
                shown=question(spec).present(answers.get(spec.id), words, options),
                sensitive=spec.is_sensitive,
                missing=spec.required and spec.takes_answer and is_empty(answers.get(spec.id)),
            )
            for spec in chapter.questions
            if spec.id in visible and spec.has_answer
        )
        if rows:
            chapters.append(SummaryChapter(id=chapter.id, title=words.title(chapter.id), rows=rows))
    return chapters


def _from_json(item: Question, value: Any) -> tuple[Any, list[AnswerError]]:
    if len(json.dumps(value).encode()) > MAX_ANSWER_BYTES:
        message = _("This answer is larger than 100 kB. Shorten it or send it as a file.")
        return None, [AnswerError(question=item.id, code="too_large", message=message)]
    if not item.accepts(value):
        message = _("This answer does not have the form that its question expects.")
        places = item.type_faults(value) if isinstance(item, TableQuestion) else []
        return None, [
            AnswerError(question=item.id, code="type", message=message, row=row, column=column)
            for row, column in places or [(None, None)]
        ]
    collected = item.collect(item.to_raw(value, "en"))
    return collected.answer, [
        AnswerError(
            question=item.id,
            code=fault.code,
            message=fault.message,
            row=fault.row,
            column=fault.column,
        )
        for fault in collected.faults
    ]
