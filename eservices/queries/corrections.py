"""Changes to answers that were sent: what waits to be sent, and what became different."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from eservices.contract import Viewer
from eservices.enums import (
    AnnexPurpose,
    AnnexState,
    CorrectionState,
    QuestionType,
    RevisionKind,
    SubmissionState,
)
from eservices.models import Annex, AnswerRevision, Correction, Submission
from eservices.queries.annexes import names_in
from eservices.queries.submissions import FrozenForm, content_of, files_visible_to
from eservices.questions.base import Shown, ShowOptions
from eservices.questions.conditions import asked_answers
from eservices.questions.merge import same
from eservices.questions.registry import question
from eservices.questions.structure import Structure

#: Where people may still change what they sent.
CORRECTABLE = frozenset(
    {SubmissionState.SUBMITTED, SubmissionState.IN_REVIEW, SubmissionState.AWAITING_CITIZEN}
)


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One question whose answer is another one now."""

    id: str
    label: str
    chapter: str
    old: Shown
    new: Shown


@dataclass(frozen=True, kw_only=True)
class SentCorrection:
    """One correction that was sent, with what it changed."""

    at: datetime
    by: str
    differences: list[Difference]


def may_correct(submission: Submission) -> bool:
    """Whether the answers of a file that was sent can be changed by its owner."""
    return submission.state in CORRECTABLE


def open_correction_of(submission: Submission) -> Correction | None:
    """Return the changes to a file that its owner has begun and not sent."""
    rows = submission.corrections.filter(state=CorrectionState.OPEN)
    return rows.select_related("submission").first()


def unsent_corrections(viewer: Viewer) -> list[Correction]:
    """Return what waits to be sent in the viewer's files, the oldest first."""
    rows = Correction.objects.filter(
        submission__in=files_visible_to(viewer).filter(state__in=CORRECTABLE),
        state=CorrectionState.OPEN,
        revision__gt=0,
    )
    heavy = ("answers", "sealed_answers", "unfinished")
    return list(rows.select_related("submission__procedure").defer(*heavy).order_by("saved_at"))


def locked_questions(structure: Structure) -> frozenset[str]:
    """Return the questions for documents: these come and go one by one, no form sends them."""
    return frozenset(spec.id for spec in structure.questions() if spec.type == QuestionType.FILE)


def unchanged_documents(correction: Correction, structure: Structure) -> frozenset[str]:
    """Return the questions for documents that a correction leaves as they were sent: nothing new is asked there.

    Files that were entered at the counter may lack documents, which nobody is to miss because of another change.
    """
    old, new = content_of(correction.submission).answers, content_of(correction).answers
    return frozenset(
        name for name in locked_questions(structure) if same(old.get(name), new.get(name))
    )


def documents_in(correction: Correction) -> list[Annex]:
    """Return the documents of the changed answers: those that stay, and those that wait to be sent; oldest first."""
    held = names_in(content_of(correction).answers)
    rows = correction.submission.annexes.filter(
        state=AnnexState.STORED, purpose=AnnexPurpose.ANSWER
    )
    found = [row for row in rows.order_by("created_at", "pk") if str(row.public_id) in held]
    for row in found:
        row.submission = correction.submission
    return found


def document_names(submission: Submission, *, waiting: bool = False) -> dict[str, str]:
    """Return the names of all documents that answers of a file held, deleted ones too, by public id.

    `waiting` adds those of changes that are not sent: for who makes them, never for agents.
    """
    rows = submission.annexes.filter(purpose=AnnexPurpose.ANSWER)
    if not waiting:
        rows = rows.filter(correction=None)
    return {str(public_id): name for public_id, name in rows.values_list("public_id", "name")}


def changed_questions(
    structure: Structure, old: Mapping[str, Any], new: Mapping[str, Any]
) -> list[str]:
    """Return the ids of the questions whose sent answer differs, in the order of the form."""
    before, after = asked_answers(structure, old), asked_answers(structure, new)
    return [
        spec.id
        for spec in structure.questions()
        if spec.has_answer and not same(before.get(spec.id), after.get(spec.id))
    ]


def changes_in(correction: Correction) -> dict[str, Any]:
    """Return what waits to be sent: answers that differ from the file's, and texts not well formed yet."""
    old, new = content_of(correction.submission), content_of(correction)
    changed = {name: v for name, v in new.answers.items() if not same(v, old.answers.get(name))}
    return changed | new.unfinished


def differences(
    form: FrozenForm,
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    *,
    masked: bool = True,
    annexes: Mapping[str, str] | None = None,
) -> list[Difference]:
    """Return the answers that differ, in words, in the order of the form; "" stands for no answer."""
    options = ShowOptions(locale=form.words.locale, masked=masked, annexes=annexes or {})
    before, after = asked_answers(form.structure, old), asked_answers(form.structure, new)
    return [
        Difference(
            id=name,
            label=form.words.label(name),
            chapter=form.words.title(form.structure.chapter_of[name].id),
            old=question(form.structure.by_id[name]).present(before.get(name), form.words, options),
            new=question(form.structure.by_id[name]).present(after.get(name), form.words, options),
        )
        for name in changed_questions(form.structure, old, new)
    ]


def sent_corrections(
    submission: Submission, form: FrozenForm, *, annexes: Mapping[str, str] | None = None
) -> list[SentCorrection]:
    """Return what each correction of a file changed, the newest first; sensitive answers are masked."""
    rows = list(
        AnswerRevision.objects.filter(
            submission=submission, kind__in=(RevisionKind.SUBMIT, RevisionKind.CORRECTION)
        )
        .select_related("submission", "by")
        .order_by("number")
    )
    found = [
        SentCorrection(
            at=row.at,
            by=row.by.display_name if row.by else "",
            differences=differences(
                form, content_of(before).answers, content_of(row).answers, annexes=annexes
            ),
        )
        for before, row in zip(rows, rows[1:], strict=False)
        if row.kind == RevisionKind.CORRECTION
    ]
    return found[::-1]
