"""Moving a file from one state to the next; the table of moves in `enums` says what is possible."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from eservices import formats
from eservices.actions import journal, mails
from eservices.actions.answers import columns_of, delete_bytes, erase, keep_revision
from eservices.contract import Viewer
from eservices.deadlines import due_on
from eservices.enums import (
    SUBMISSION_MOVES,
    TURN,
    Level,
    ProcedureState,
    RevisionKind,
    Side,
    SubmissionEvent,
    SubmissionState,
    Turn,
)
from eservices.errors import (
    AnswersIncomplete,
    DraftClash,
    LevelTooLow,
    LoginRequired,
    MoveRefused,
    ProcedureClosed,
)
from eservices.models import OutgoingMail, Submission, User
from eservices.queries.submissions import (
    Content,
    FrozenForm,
    annexes_of,
    content_of,
    frozen_form,
)
from eservices.questions.answers import check_answers
from eservices.questions.conditions import asked_answers

_ARROWS = {(move.source, move.event): move for move in SUBMISSION_MOVES}

#: The rows of drafts that were deleted or expired go after so many days; their content goes at once.
EMPTY_ROW_DAYS = 30


@transaction.atomic
def move(
    *,
    submission: Submission,
    event: SubmissionEvent,
    by: User | None,
    side: Side,
    reason: str = "",
    only_if: Q | None = None,
    **changes: Any,
) -> Submission:
    """Move a file by one event: one guarded UPDATE and one journal row, in one transaction.

    `changes` are columns written by the same UPDATE; `only_if` narrows the guard (for example to
    the assignee). The instance is brought up to date and returned. The journal's event is the
    event's value. The day of deletion counts from the end of a file, never while it waits for the
    municipality. Raises MoveRefused when the table has no such arrow for this side, or when
    somebody else moved the file since it was read: nothing is written then.
    """
    source = SubmissionState(submission.state)
    arrow = _ARROWS.get((source, event))
    if arrow is None or side not in arrow.sides:
        raise MoveRefused
    now = timezone.now()
    changes = {
        "state": arrow.target,
        "state_since": now,
        "purge_on": _purge_on(submission, arrow.target, timezone.localdate(now)),
        **changes,
    }
    free = Submission.objects.filter(pk=submission.pk, state=source)
    if not free.filter(only_if or Q()).update(**changes):
        raise MoveRefused
    for name, value in changes.items():
        setattr(submission, name, value)
    journal.record(
        subject=submission,
        event=event.value,
        actor=by,
        side=side,
        reason=reason,
        data={"from": source.value, "to": arrow.target.value},
    )
    return submission


def _purge_on(submission: Submission, target: SubmissionState, today: date) -> date | None:
    if target in (SubmissionState.DISCARDED, SubmissionState.EXPIRED):
        return today + timedelta(days=EMPTY_ROW_DAYS)
    if target == SubmissionState.DRAFT:
        return today + timedelta(days=submission.procedure.draft_days)
    if TURN[target] == Turn.NONE:
        return today + timedelta(days=submission.procedure.retention_days)
    return None


@transaction.atomic
def submit(
    *,
    submission: Submission,
    viewer: Viewer,
    revision: int,
    locale: str,
    now: datetime | None = None,
) -> Submission:
    """Send a draft to the municipality; `revision` is the state that the person has read on the
    summary.

    What is sent are the answers to questions that are asked, complete on the version of the draft,
    with the words of `locale`. Sending twice sends once: a file that was already sent comes back as
    it is. Raises LevelTooLow, ProcedureClosed (withdrawn procedures; drafts of closed ones may
    finish), DraftClash when the answers changed since they were read, AnswersIncomplete with
    `errors` (pointer, code, detail) and `answer_errors` (questions.forms.AnswerError), MoveRefused.
    """
    user, now = viewer.user, now or timezone.now()
    if user is None:
        raise LoginRequired
    rows = Submission.objects.select_for_update(of=("self",))
    row = rows.select_related("procedure", "version", "profile").get(pk=submission.pk)
    if row.submitted_at is not None:
        return row
    if row.state != SubmissionState.DRAFT:
        raise MoveRefused
    if viewer.level < Level(row.procedure.required_level):
        raise LevelTooLow
    if row.procedure.state == ProcedureState.WITHDRAWN:
        raise ProcedureClosed
    if revision != row.revision:
        raise DraftClash
    form = frozen_form(row.version, locale)
    content = _complete_content(row, form)
    today = timezone.localdate(now)
    days = row.procedure.handling_days
    unit = row.procedure.handling_unit
    move(
        submission=row,
        event=SubmissionEvent.SUBMIT,
        by=user,
        side=Side.CITIZEN,
        only_if=Q(revision=row.revision),
        text=form.text,
        locale=locale,
        level_used=viewer.level,
        submitted_at=now,
        due_on=due_on(start=today, days=days, unit=unit) if days else None,
        revision=row.revision + 1,
        saved_at=now,
        changes=[],
        **columns_of(form.structure, content, row),
    )
    keep_revision(row, by=user, kind=RevisionKind.SUBMIT)
    mails.send(
        template="submission_received",
        to_user=user,
        key=f"submission-received:{row.public_id}",
        context={"submission": str(row.public_id)},
    )
    return row


def _complete_content(row: Submission, form: FrozenForm) -> Content:
    """Return what is sent; documents that no asked question holds are deleted."""
    saved = content_of(row)
    annexes = {str(annex.public_id): annex for annex in annexes_of(row)}
    errors = check_answers(
        form.structure, form.words, saved.answers, unfinished=saved.unfinished, annexes=annexes
    )
    if errors:
        raise AnswersIncomplete(
            answer_errors=errors,
            errors=[
                {"pointer": error.pointer, "code": error.code, "detail": error.message}
                for error in errors
            ],
        )
    answers = asked_answers(form.structure, saved.answers)
    lists = [value for value in answers.values() if isinstance(value, list)]
    sent = {name for value in lists for name in value if isinstance(name, str)}
    for public_id, annex in annexes.items():
        if annex.purpose == "answer" and public_id not in sent:
            delete_bytes(annex)
    return Content(answers=answers)


@mails.mail_extra("submission_received")
def received_letter(mail: OutgoingMail) -> dict[str, Any]:
    """Return what the confirmation says: what was sent, when, until when it is decided; no answers."""
    row = Submission.objects.select_related("procedure").get(public_id=mail.context["submission"])
    return {
        "reference": row.reference,
        "title": row.procedure.title,
        "sent_at": formats.date_time(row.submitted_at) if row.submitted_at else "",
        "due_on": formats.full_date(row.due_on) if row.due_on else "",
        "button_path": reverse("submission", args=[row.reference]),
    }


def withdraw(*, submission: Submission, by: User, reason: str = "") -> Submission:
    """Take back a request that is not decided yet; raises MoveRefused once it is."""
    return move(
        submission=submission,
        event=SubmissionEvent.WITHDRAW,
        by=by,
        side=Side.CITIZEN,
        reason=reason,
    )


def purge_old(*, today: date | None = None) -> int:
    """Delete files whose time of keeping is over, with documents and history; returns how many.

    Only files at their end are deleted, whatever their date says. The journal stays: it holds no
    answers.
    """
    today = today or timezone.localdate()
    ended = [state for state, turn in TURN.items() if turn == Turn.NONE]
    count = 0
    for submission in Submission.objects.filter(state__in=ended, purge_on__lt=today).order_by("pk"):
        with transaction.atomic():
            row = Submission.objects.select_for_update().get(pk=submission.pk)
            if row.state in ended and row.purge_on is not None and row.purge_on < today:
                erase(row)
                journal.record(subject=row, event="purged", actor=None, side=Side.SYSTEM)
                row.delete()
                count += 1
    return count
