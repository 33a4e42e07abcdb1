"""Writing the answers of a file: sensitive ones sealed, each state kept as a revision."""

import json
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils import timezone

from eservices import keyring
from eservices.enums import AnnexState, CorrectionState, RevisionKind, SubmissionState
from eservices.errors import MoveRefused
from eservices.models import Annex, AnswerRevision, Submission, User
from eservices.queries.procedures import structure_of
from eservices.queries.submissions import Content, content_of, seal_place
from eservices.questions.conditions import settled
from eservices.questions.structure import Structure, split_sensitive

#: So many states of a draft are kept: the bases for merging what other tabs send.
KEPT_REVISIONS = 20


def locked_draft(submission: Submission) -> Submission:
    """Return the draft as it stands, locked until the transaction ends; raises MoveRefused if it is
    none.
    """
    rows = Submission.objects.select_for_update(of=("self",))
    row = rows.select_related("version", "procedure", "profile").get(pk=submission.pk)
    if row.state != SubmissionState.DRAFT:
        raise MoveRefused
    return row


def columns_of(structure: Structure, content: Content, submission: Submission) -> dict[str, Any]:
    """Return the columns that hold this content, with calculated values as its answers make them;
    answers to sensitive questions only as sealed bytes.
    """
    content = replace(content, answers=settled(structure, content.answers)[1])
    columns: dict[str, Any] = {}
    sealed: dict[str, dict[str, Any]] = {}
    for name in ("answers", "unfinished", "set_aside"):
        columns[name], sensitive = split_sensitive(structure, getattr(content, name))
        if sensitive:
            sealed[name] = sensitive
    columns["sealed_answers"] = (
        keyring.seal(json.dumps(sealed), place=seal_place(submission)) if sealed else b""
    )
    return columns


def keep_revision(submission: Submission, *, by: User | None, kind: RevisionKind) -> AnswerRevision:
    """Keep the answers as they stand now under the file's revision number."""
    revision = AnswerRevision.objects.create(
        submission=submission,
        number=submission.revision,
        answers=submission.answers,
        sealed_answers=submission.sealed_answers,
        unfinished=submission.unfinished,
        version_id=submission.version_id,
        by=by,
        kind=kind,
    )
    AnswerRevision.objects.filter(
        submission=submission,
        number__lte=submission.revision - KEPT_REVISIONS,
        kind__in=(RevisionKind.SAVE, RevisionKind.AUTOSAVE),
    ).delete()
    return revision


def write(
    submission: Submission,
    content: Content,
    *,
    structure: Structure,
    by: User | None,
    kind: RevisionKind,
    **changes: Any,
) -> Submission:
    """Store the content of a locked draft as its next revision, in the caller's transaction.

    The UPDATE is guarded by id, revision and state; raises MoveRefused when the row changed all the
    same.
    """
    changes |= columns_of(structure, content, submission)
    changes |= {"revision": submission.revision + 1, "saved_at": timezone.now()}
    guard = Submission.objects.filter(
        pk=submission.pk, revision=submission.revision, state=SubmissionState.DRAFT
    )
    if not guard.update(**changes):
        raise MoveRefused
    for name, value in changes.items():
        setattr(submission, name, value)
    keep_revision(submission, by=by, kind=kind)
    return submission


def drop_open(submission: Submission) -> None:
    """Put away changes to a file that has come to its end before they were sent."""
    open_ones = submission.corrections.filter(state=CorrectionState.OPEN)
    if open_ones.update(
        state=CorrectionState.DROPPED, answers={}, sealed_answers=b"", unfinished={}
    ):
        drop_waiting(submission)


def drop_waiting(submission: Submission) -> None:
    """Delete the documents that wait with changes that are not sent: no trace is left, nobody else ever saw them."""
    for annex in submission.annexes.filter(correction__isnull=False):
        forget(annex)


def forget(annex: Annex) -> None:
    """Delete a document that nobody but its sender ever saw, without a trace, in the caller's transaction."""
    delete_bytes(annex)
    annex.delete()


def save_answers(
    row: Submission, saved: Content, answers: dict[str, object], by: User | None
) -> None:
    """Store other answers for a locked draft, in the caller's transaction; empty lists are no answers."""
    content = Content(
        answers={name: value for name, value in answers.items() if value != []},
        unfinished=saved.unfinished,
        set_aside=saved.set_aside,
    )
    structure = structure_of(row.version)
    write(row, content, structure=structure, by=by, kind=RevisionKind.SAVE)


def take_out(*, annex: Annex, row: Submission, by: User | None) -> None:
    """Take a document out of the answers of a locked draft."""
    saved = content_of(row)
    kept = [
        name for name in saved.answers.get(annex.question_id) or [] if name != str(annex.public_id)
    ]
    save_answers(row, saved, saved.answers | {annex.question_id: kept}, by)


def erase(submission: Submission) -> None:
    """Erase all answers, their history and the bytes of all documents; the row and its journal
    stay.
    """
    submission.revisions.all().delete()
    submission.corrections.all().delete()
    empty: dict[str, Any] = {
        "answers": {},
        "unfinished": {},
        "set_aside": {},
        "prefilled": {},
        "changes": [],
    }
    Submission.objects.filter(pk=submission.pk).update(**empty, sealed_answers=b"", search_name="")
    for annex in submission.annexes.exclude(state=AnnexState.DELETED):
        delete_bytes(annex)


def delete_bytes(annex: Annex) -> None:
    """Make a tombstone of a document: name and hash stay, the bytes go when the transaction is
    through.
    """
    storage, name = annex.file.storage, annex.file.name
    annex.state = AnnexState.DELETED
    annex.deleted_at = timezone.now()
    annex.file.name = ""
    annex.save(update_fields=("state", "deleted_at", "file"))
    if name:
        transaction.on_commit(lambda: storage.delete(name))
