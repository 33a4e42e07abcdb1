"""Documents that people add to a draft and take away again."""

from contextlib import ExitStack
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from eservices import uploads
from eservices.actions import journal
from eservices.actions.answers import delete_bytes, locked_draft, write
from eservices.enums import AnnexState, QuestionType, RevisionKind, Side
from eservices.errors import NotFound, UploadTooMany
from eservices.models import Annex, Submission, User
from eservices.queries.procedures import structure_of
from eservices.queries.submissions import Content, content_of


def add(*, submission: Submission, question: str, uploaded: UploadedFile[Any], by: User) -> Annex:
    """Take a document as (part of) the answer to a question for files of a draft.

    Raises UploadRefused and its kinds when the file cannot be taken, UploadTooMany, NotFound when
    the form has no such question, MoveRefused when the file is no longer a draft; nothing is stored
    then.
    """
    spec = structure_of(submission.version).by_id.get(question)
    if spec is None or spec.type != QuestionType.FILE:
        raise NotFound
    checked = uploads.check(uploaded, accept=spec.accept)
    with ExitStack() as undo, transaction.atomic():
        row = locked_draft(submission)
        saved = content_of(row)
        present = list(saved.answers.get(question) or [])
        if len(present) >= spec.max_files:
            raise UploadTooMany(limit=spec.max_files, field=question)
        annex = Annex(
            submission=row,
            question_id=question,
            name=checked.name,
            media_type=checked.media_type,
            size=checked.size,
            sha256=checked.sha256,
            uploaded_by=by,
        )
        uploaded.seek(0)
        annex.file.save(checked.name, uploaded, save=False)
        # The bytes are outside of the transaction: they go again if anything below fails.
        undo.callback(annex.file.storage.delete, str(annex.file.name))
        annex.save(force_insert=True)
        answers = saved.answers | {question: [*present, str(annex.public_id)]}
        _write(row, saved, answers, by)
        journal.record(
            subject=row,
            event="annex_added",
            actor=by,
            side=Side.CITIZEN,
            data={"annex": str(annex.public_id), "sha256": annex.sha256},
        )
        undo.pop_all()
    return annex


@transaction.atomic
def delete(*, annex: Annex, by: User) -> Annex:
    """Take a document away from a draft: its bytes go, name and hash stay. Deleting twice deletes
    once.

    Raises MoveRefused once the file was sent.
    """
    row = locked_draft(annex.submission)
    annex = Annex.objects.select_for_update().get(pk=annex.pk)
    if annex.state == AnnexState.DELETED:
        return annex
    saved = content_of(row)
    kept = [
        name for name in saved.answers.get(annex.question_id) or [] if name != str(annex.public_id)
    ]
    _write(row, saved, saved.answers | {annex.question_id: kept}, by)
    delete_bytes(annex)
    journal.record(
        subject=row,
        event="annex_deleted",
        actor=by,
        side=Side.CITIZEN,
        data={"annex": str(annex.public_id)},
    )
    return annex


def _write(row: Submission, saved: Content, answers: dict[str, object], by: User) -> None:
    content = Content(
        answers={name: value for name, value in answers.items() if value != []},
        unfinished=saved.unfinished,
        set_aside=saved.set_aside,
    )
    structure = structure_of(row.version)
    write(row, content, structure=structure, by=by, kind=RevisionKind.SAVE)
