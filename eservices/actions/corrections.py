"""Changing what was sent: the changes are kept apart and change nothing until the person sends them."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from eservices.actions import annexes, journal, mails, requests, scans
from eservices.actions.acting import person_acting
from eservices.actions.answers import columns_of, drop_waiting, forget, keep_revision
from eservices.actions.correction_documents import settle
from eservices.actions.merging import merged
from eservices.actions.notices import notify
from eservices.contract import Viewer
from eservices.enums import CorrectionState, NoticeKind, QuestionType, RevisionKind, Side
from eservices.errors import (
    AnswersIncomplete,
    CorrectionNotBegun,
    DraftClash,
    MoveRefused,
    NotFound,
    NothingCorrected,
    UploadTooMany,
)
from eservices.models import Annex, Correction, OutgoingMail, Submission, User
from eservices.queries.corrections import (
    CORRECTABLE,
    changed_questions,
    documents_in,
    locked_questions,
    open_correction_of,
    unchanged_documents,
)
from eservices.queries.procedures import structure_of
from eservices.queries.requirements import asking_of, prove
from eservices.queries.submissions import Content, content_of, frozen_form
from eservices.questions.answers import check_answers
from eservices.questions.conditions import asked_answers
from eservices.questions.forms import ChapterResult

#: Changes that wait so long were forgotten: the person gets one reminder.
REMIND_AFTER = timedelta(hours=48)
#: What is left of a correction once it is sent or dropped.
EMPTY: dict[str, Any] = {"answers": {}, "sealed_answers": b"", "unfinished": {}}


@transaction.atomic
def begin(*, submission: Submission, viewer: Viewer) -> Correction:
    """Begin to change a file that was sent, with the answers as they are; what was begun already comes back.

    Raises MoveRefused once the file is decided or waits for somebody else.
    """
    user = person_acting(viewer)
    row = _locked(submission)
    return open_correction_of(row) or Correction.objects.create(
        submission=row,
        base=row.revision,
        answers=row.answers,
        sealed_answers=bytes(row.sealed_answers),
        by=user,
    )


@transaction.atomic
def save(
    *, submission: Submission, result: ChapterResult, base_revision: int, by: User
) -> Correction:
    """Merge what one window sends into the changes that wait; nothing in the file itself changes.

    Questions that only one side changed are merged, others clash, see `actions.merging`. Documents come and go by
    `attach` and `detach`.
    Raises CorrectionNotBegun, MoveRefused.
    """
    row = _locked(submission)
    correction = _open(row)
    structure = structure_of(row.version)
    locked = locked_questions(structure)
    result = ChapterResult(
        answers={n: v for n, v in result.answers.items() if n not in locked},
        unfinished={n: v for n, v in result.unfinished.items() if n not in locked},
        touched=result.touched - locked,
    )
    saved = content_of(correction)
    content = merged(
        base=_base(row, correction, base_revision, saved),
        result=result,
        saved=saved,
        revision=correction.revision,
    )
    changes: dict[str, Any] = {"saved_at": timezone.now(), "by": by}
    if content is not None:
        columns = columns_of(structure, content, row)
        del columns["set_aside"]
        changes |= columns | {"revision": correction.revision + 1}
    return _update(correction, **changes)


def attach(
    *, submission: Submission, question: str, uploaded: UploadedFile[Any], by: User
) -> Annex:
    """Take a document for the changes that wait: only who makes them sees it until they are sent, no journal tells it.

    Raises NotFound when the form has no such question, UploadTooMany, UploadRefused and its kinds, CorrectionNotBegun,
    MoveRefused.
    """
    spec = structure_of(submission.version).by_id.get(question)
    if spec is None or spec.type != QuestionType.FILE:
        raise NotFound
    with annexes.stored(uploaded, spec.accept, by) as annex, transaction.atomic():
        row = _locked(submission)
        correction = _open(row)
        present = list(content_of(correction).answers.get(question) or [])
        if len(present) >= spec.max_files:
            raise UploadTooMany(limit=spec.max_files, field=question)
        annex.submission, annex.question_id, annex.correction = row, question, correction
        annex.save(force_insert=True)
        _hold(row, correction, question, [*present, str(annex.public_id)], by)
        scans.begin(annex=annex)
    return annex


@transaction.atomic
def detach(*, submission: Submission, annex_id: UUID, by: User) -> Correction:
    """Take a document out of the changed answers; one that was sent stays in the file until the changes are sent.

    One that waits goes for good. Raises NotFound, CorrectionNotBegun, MoveRefused.
    """
    row = _locked(submission)
    correction = _open(row)
    annex = next((item for item in documents_in(correction) if item.public_id == annex_id), None)
    if annex is None:
        raise NotFound
    held = content_of(correction).answers.get(annex.question_id) or []
    kept = [name for name in held if name != str(annex_id)]
    if annex.correction_id is not None:
        forget(annex)
    return _hold(row, correction, annex.question_id, kept, by)


def _hold(
    row: Submission, correction: Correction, question: str, names: list[str], by: User
) -> Correction:
    """Write the documents of one question among the changes.

    The revision rises from the first change on only: pages that are open go on with what they were made from.
    """
    saved = content_of(correction)
    answers = {name: value for name, value in saved.answers.items() if name != question}
    if names:
        answers[question] = names
    content = Content(answers=answers, unfinished=saved.unfinished)
    columns = columns_of(structure_of(row.version), content, row)
    del columns["set_aside"]
    revision = correction.revision or 1
    return _update(correction, **columns, revision=revision, saved_at=timezone.now(), by=by)


def _base(row: Submission, correction: Correction, number: int, saved: Content) -> Content | None:
    """Return what a window started from: the newest state or the sent answers; None for states in between."""
    if number == correction.revision:
        return saved
    return content_of(row) if number == 0 else None


@transaction.atomic
def drop(*, submission: Submission, by: User) -> Correction:
    """Put the changes away; the file stays as it was sent. Raises CorrectionNotBegun."""
    row = Submission.objects.select_for_update(of=("self",)).get(pk=submission.pk)
    correction = _open(row)
    drop_waiting(row)
    return _update(correction, state=CorrectionState.DROPPED, by=by, **EMPTY)


@transaction.atomic
def send(
    *,
    submission: Submission,
    viewer: Viewer,
    revision: int,
    locale: str,
    now: datetime | None = None,
) -> Submission:
    """Put the changes into the file; `revision` is the state of the changes that the person has read.

    They must be complete on the version on which the file was sent. The answers before stay as a revision, what
    was asked to be corrected in these questions is answered, and documents are settled: `correction_documents`. Raises
    CorrectionNotBegun, MoveRefused, DraftClash when something changed since it was read, AnswersIncomplete,
    NothingCorrected, and at last StepUpRequired as for sending.
    """
    user, now = person_acting(viewer), now or timezone.now()
    row = _locked(submission)
    correction = _open(row)
    if revision != correction.revision or correction.base != row.revision:
        raise DraftClash
    form = frozen_form(row.version, locale)
    typed, sent = content_of(correction), content_of(row)
    _check(correction, form, typed)
    changed = changed_questions(form.structure, sent.answers, typed.answers)
    if not changed:
        raise NothingCorrected
    proof = prove(viewer, asking_of(row.procedure), now=now)
    content = Content(answers=asked_answers(form.structure, typed.answers))
    changes = columns_of(form.structure, content, row) | {
        "revision": row.revision + 1,
        "saved_at": now,
        "last_citizen_act_at": now,
    }
    free = Submission.objects.filter(pk=row.pk, revision=row.revision, state__in=CORRECTABLE)
    if not free.update(**changes):
        raise MoveRefused
    for name, value in changes.items():
        setattr(row, name, value)
    keep_revision(row, by=user, kind=RevisionKind.CORRECTION)
    settle(row, form.structure, old=sent.answers, new=content.answers, by=user)
    _update(correction, state=CorrectionState.SENT, sent_at=now, by=user, **EMPTY)
    journal.record(
        subject=row,
        event="correction_sent",
        actor=user,
        side=Side.CITIZEN,
        data={
            "questions": changed,
            "revision": row.revision,
            "level": proof.level.value,
            "method": proof.method.value,
        },
    )
    return requests.corrected(submission=row, by=user, questions=changed, now=now)


def _check(correction: Correction, form: Any, typed: Content) -> None:
    errors = check_answers(
        form.structure,
        form.words,
        typed.answers,
        unfinished=typed.unfinished,
        annexes={str(annex.public_id): annex.name for annex in documents_in(correction)},
        locked=unchanged_documents(correction, form.structure),
    )
    if errors:
        raise AnswersIncomplete(
            answer_errors=errors,
            errors=[{"pointer": e.pointer, "code": e.code, "detail": e.message} for e in errors],
        )


def remind_unsent(*, now: datetime | None = None) -> int:
    """Remind people once of changes that have waited for two days to be sent; returns how many."""
    now = now or timezone.now()
    waiting = Correction.objects.filter(
        state=CorrectionState.OPEN,
        revision__gt=0,
        saved_at__lt=now - REMIND_AFTER,
        reminded_at=None,
        submission__state__in=CORRECTABLE,
    )
    count = 0
    for row in waiting.select_related("submission__profile", "submission__acting_user", "by"):
        with transaction.atomic():
            free = Correction.objects.filter(
                pk=row.pk, reminded_at=None, state=CorrectionState.OPEN
            )
            if free.update(reminded_at=now):
                notify(
                    kind=NoticeKind.REMINDER,
                    profile=row.submission.profile,
                    template="correction_unsent",
                    to_user=row.by or row.submission.acting_user,
                    key=f"correction-unsent:{row.public_id}",
                    context={"submission": str(row.submission.public_id)},
                )
                count += 1
    return count


@mails.mail_extra("correction_unsent")
def unsent_letter(mail: OutgoingMail) -> dict[str, Any]:
    """Return what the reminder says: in which file changes wait; never which ones."""
    row = Submission.objects.select_related("procedure").get(public_id=mail.context["submission"])
    return {
        "reference": row.reference,
        "title": row.procedure.title,
        "button_path": reverse("correction-check", args=[row.reference]),
    }


def _locked(submission: Submission) -> Submission:
    """Return the file, locked until the transaction ends; raises MoveRefused when its answers stand."""
    rows = Submission.objects.select_for_update(of=("self",))
    row = rows.select_related("version", "procedure", "profile").get(pk=submission.pk)
    if row.state not in CORRECTABLE:
        raise MoveRefused
    return row


def _open(row: Submission) -> Correction:
    """Return the changes that wait in a locked file."""
    correction = open_correction_of(row)
    if correction is None:
        raise CorrectionNotBegun
    return correction


def _update(correction: Correction, **changes: Any) -> Correction:
    Correction.objects.filter(pk=correction.pk).update(**changes)
    for name, value in changes.items():
        setattr(correction, name, value)
    return correction
