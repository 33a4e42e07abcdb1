"""Carrying a draft over to another version of its form: a projection by id. Nothing typed is
deleted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from eservices.enums import ChangeKind, QuestionType
from eservices.questions.conditions import asked, is_empty
from eservices.questions.registry import question
from eservices.questions.structure import QuestionSpec, Structure
from eservices.questions.words import Words


@dataclass(frozen=True, kw_only=True)
class Change:
    """One thing to tell the person: what happened to a question. `required` marks new questions
    that must be answered.
    """

    kind: ChangeKind
    question: str
    required: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return the change as it is stored with the draft."""
        return {"kind": self.kind.value, "question": self.question, "required": self.required}


@dataclass(frozen=True, kw_only=True)
class Rebase:
    """The carried answers, the values that have no place any more (by question id), and what to
    tell.
    """

    answers: dict[str, Any]
    set_aside: dict[str, Any]
    changes: tuple[Change, ...]


def rebase(
    old: Structure,
    new: Structure,
    answers: Mapping[str, Any],
    *,
    old_words: Words | None = None,
    new_words: Words | None = None,
) -> Rebase:
    """Carry answers given to `old` over to `new`, in either direction of time; total for any two
    versions.

    Answers that fit stay. Others are set aside whole, with a change that says why. With words of
    both versions, questions
    whose label differs are told as reworded. Call it with sensitive answers included and split the
    result afterwards.
    """
    carried: dict[str, Any] = {}
    set_aside: dict[str, Any] = {}
    losses: dict[str, ChangeKind] = {}
    for name, answer in answers.items():
        if is_empty(answer):
            continue
        before, after = old.by_id.get(name), new.by_id.get(name)
        if _is_calculated(before or after):
            continue  # worked out anew; nobody typed it
        kept, loss = _carry(before, after, answer)
        if kept is not None:
            carried[name] = kept
        if loss is not None:
            set_aside[name] = answer
            losses[name] = loss
    ordered = {name: carried[name] for name in new.by_id if name in carried}
    gone = tuple(
        Change(kind=loss, question=name) for name, loss in losses.items() if name not in new.by_id
    )
    was, now = asked(old, answers), asked(new, ordered)
    told = [
        change
        for name, after in new.by_id.items()
        for change in _told(
            old.by_id.get(name),
            after,
            losses.get(name),
            name in ordered,
            name in now,
            name in now and name not in was,
        )
    ]
    if old_words is not None and new_words is not None:
        told += [
            Change(kind=ChangeKind.REWORDED, question=name)
            for name, spec in new.by_id.items()
            if spec.takes_answer
            and name in ordered
            and name in old.by_id
            and old_words.label(name) != new_words.label(name)
        ]
    return Rebase(answers=ordered, set_aside=set_aside, changes=gone + tuple(told))


def _carry(
    before: QuestionSpec | None, after: QuestionSpec | None, answer: Any
) -> tuple[Any, ChangeKind | None]:
    if after is None:
        return None, ChangeKind.REMOVED
    if not after.takes_answer:
        return None, ChangeKind.TYPE
    # An id that the old version did not know: judged as if it had been asked like this all along.
    return question(after).carry(answer, question(before or after))


def _is_calculated(spec: QuestionSpec | None) -> bool:
    return spec is not None and spec.type == QuestionType.CALCULATED


def _told(
    before: QuestionSpec | None,
    after: QuestionSpec,
    loss: ChangeKind | None,
    answered: bool,
    is_asked: bool,
    newly_asked: bool,
) -> list[Change]:
    """Return what to tell about one question of the new version."""
    if not after.takes_answer:
        return [Change(kind=loss, question=after.id)] if loss else []
    if before is None or not before.takes_answer:
        changes = [Change(kind=loss, question=after.id)] if loss else []
        return [*changes, Change(kind=ChangeKind.ADDED, question=after.id, required=after.required)]
    kinds = [loss] if loss else []
    if answered and limits_of(before) != limits_of(after):
        kinds.append(ChangeKind.STRICTER)
    if after.required and not before.required and is_asked and not answered:
        kinds.append(ChangeKind.NOW_REQUIRED)
    if newly_asked:
        kinds.append(ChangeKind.NOW_ASKED)
    return [Change(kind=kind, question=after.id, required=after.required) for kind in kinds]


def limits_of(spec: QuestionSpec) -> tuple[Any, ...]:
    """Return the limits of a question and of its columns by id, whatever their order."""
    columns = sorted((column.id, *column.limits, column.required) for column in spec.columns)
    return (*spec.limits, tuple(str(column) for column in columns))
