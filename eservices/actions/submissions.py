"""Moving a file from one state to the next; the table of moves in `enums` says what is possible."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from eservices import formats
from eservices.actions import charges, journal, mails
from eservices.actions.acting import person_acting
from eservices.actions.answers import columns_of, delete_bytes, drop_open, erase, keep_revision
from eservices.actions.clocks import clock_columns
from eservices.actions.notices import notify
from eservices.contract import Viewer
from eservices.deadlines import due_on
from eservices.enums import (
    SUBMISSION_MOVES,
    TURN,
    NoticeKind,
    ProcedureState,
    RequestState,
    RevisionKind,
    Side,
    SubmissionEvent,
    SubmissionState,
    Turn,
)
from eservices.errors import (
    AnswersIncomplete,
    DraftClash,
    MoveRefused,
    ProcedureClosed,
)
from eservices.models import AmountDue, OutgoingMail, Submission, User
from eservices.queries.amounts import amount_of, amounts_of
from eservices.queries.annexes import missing_annexes
from eservices.queries.corrections import locked_questions
from eservices.queries.opening import check_period
from eservices.queries.profiles import right_as_kept
from eservices.queries.requirements import asking_of, prove
from eservices.queries.retention import ENDED
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

#: Which column tells when one side last did something in a file.
_LAST_ACT = {Side.CITIZEN: "last_citizen_act_at", Side.AGENT: "last_agent_act_at"}

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
    facts: Mapping[str, Any] | None = None,
    **changes: Any,
) -> Submission:
    """Move a file by one event: one guarded UPDATE and one journal row, in one transaction.

    `changes` are columns written by the same UPDATE; `only_if` narrows the guard (for example to
    the assignee); `facts` go into the journal. The instance is brought up to date and returned. The
    journal's event is the event's value. The day of deletion counts from the end of a file, never while it
    waits for the municipality; a file that ends unpaid owes nothing any more; the clock of the decision stands
    still while the citizen has to answer or to pay. Raises MoveRefused when the table has no such arrow for this
    side, or when somebody else moved the file or its answers since it was read: nothing is written then.
    """
    source = SubmissionState(submission.state)
    arrow = _ARROWS.get((source, event))
    if arrow is None or side not in arrow.sides:
        raise MoveRefused
    now = timezone.now()
    today = timezone.localdate(now)
    changes = {
        "state": arrow.target,
        "state_since": now,
        "purge_on": _purge_on(submission, arrow.target, today),
        **clock_columns(submission, target=arrow.target, today=today),
        **({_LAST_ACT[side]: now} if side in _LAST_ACT else {}),
        **changes,
    }
    free = Submission.objects.filter(pk=submission.pk, state=source, revision=submission.revision)
    if not free.filter(only_if or Q()).update(**changes):
        raise MoveRefused
    for name, value in changes.items():
        setattr(submission, name, value)
    if TURN[arrow.target] == Turn.NONE:
        charges.give_up(submission)
        drop_open(submission)
    if source == SubmissionState.AWAITING_CITIZEN and TURN[arrow.target] == Turn.NONE:
        _end_requests(submission, event, now)
    journal.record(
        subject=submission,
        event=event.value,
        actor=by,
        side=side,
        reason=reason,
        data={"from": source.value, "to": arrow.target.value, **(facts or {})},
    )
    return submission


def _end_requests(submission: Submission, event: SubmissionEvent, now: datetime) -> None:
    """End what is still asked of the citizen when a file ends: nobody answers a closed file."""
    lapsed = event == SubmissionEvent.DEADLINE
    submission.requests.filter(state=RequestState.OPEN).update(
        state=RequestState.EXPIRED if lapsed else RequestState.WITHDRAWN, ended_at=now
    )
    Submission.objects.filter(pk=submission.pk).update(answer_due_at=None)
    submission.answer_due_at = None


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
    it is. Raises ProcedureClosed (withdrawn procedures, and opening periods that are over; drafts of
    procedures closed by hand may finish),
    DraftClash when the answers changed since they were read, AnswersIncomplete with `errors`
    (pointer, code, detail) and `answer_errors` (questions.forms.AnswerError), MoveRefused; at last
    StepUpRequired: nobody takes out a card for a form that cannot be sent yet. The proof that was
    used and the right to act for an organisation stay with the file, whatever becomes of them.
    """
    user, now = person_acting(viewer), now or timezone.now()
    rows = Submission.objects.select_for_update(of=("self",))
    row = rows.select_related("procedure", "version", "profile").get(pk=submission.pk)
    if row.submitted_at is not None:
        return row
    if row.state != SubmissionState.DRAFT:
        raise MoveRefused
    if row.procedure.state == ProcedureState.WITHDRAWN:
        raise ProcedureClosed
    check_period(row.procedure, now=now)
    if revision != row.revision:
        raise DraftClash
    form = frozen_form(row.version, locale)
    content = complete_content(row, form)
    proof = prove(viewer, asking_of(row.procedure), now=now)
    return hand_in(
        row,
        form,
        content,
        by=user,
        side=Side.CITIZEN,
        now=now,
        facts={"level": proof.level.value, "method": proof.method.value},
        locale=locale,
        level_used=proof.level,
        method_used=proof.method,
        identified_at=proof.at,
        acted_as=right_as_kept(viewer.membership),
    )


def hand_in(
    row: Submission,
    form: FrozenForm,
    content: Content,
    *,
    by: User,
    side: Side,
    now: datetime,
    facts: Mapping[str, Any],
    **columns: Any,
) -> Submission:
    """Hand a locked draft with complete content in, in the caller's transaction: clock, fee and receipt follow.

    The receipt goes to the person of the file, whoever handed it in.
    """
    today = timezone.localdate(now)
    days = row.procedure.handling_days
    unit = row.procedure.handling_unit
    move(
        submission=row,
        event=SubmissionEvent.SUBMIT,
        by=by,
        side=side,
        text=form.text,
        facts=facts,
        submitted_at=now,
        due_on=due_on(start=today, days=days, unit=unit) if days else None,
        revision=row.revision + 1,
        saved_at=now,
        changes=[],
        **columns,
        **columns_of(form.structure, content, row),
    )
    keep_revision(row, by=by, kind=RevisionKind.SUBMIT)
    if row.procedure.fee_cents:
        amount = charges.charge(submission=row, now=now)
        move(
            submission=row,
            event=SubmissionEvent.REQUEST_PAYMENT,
            by=None,
            side=Side.SYSTEM,
            facts={"amount": amount.reference},
            answer_due_at=amount.due_at,
        )
    notify(
        kind=NoticeKind.RECEIPT,
        profile=row.profile,
        template="submission_received",
        to_user=row.acting_user,
        key=f"submission-received:{row.public_id}",
        context={"submission": str(row.public_id)},
    )
    return row


def complete_content(
    row: Submission, form: FrozenForm, *, documents_later: bool = False
) -> Content:
    """Return what is sent; documents that no asked question holds are deleted.

    With `documents_later` none is asked for yet. Raises AnswersIncomplete.
    """
    saved = content_of(row)
    annexes = {str(annex.public_id): annex for annex in annexes_of(row)}
    errors = check_answers(
        form.structure,
        form.words,
        saved.answers,
        unfinished=saved.unfinished,
        annexes=annexes,
        locked=locked_questions(form.structure) if documents_later else (),
    )
    errors += [] if documents_later else missing_annexes(row, form)
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
    """Return what the confirmation says: what was sent, when, what it costs, until when it is decided; no answers."""
    row = Submission.objects.select_related("procedure").get(public_id=mail.context["submission"])
    amount = amount_of(row) if row.state == SubmissionState.AWAITING_PAYMENT else None
    return {
        "reference": row.reference,
        "title": row.procedure.title,
        "amount": formats.money(amount.amount_cents) if amount else "",
        "pay_by": formats.full_date(amount.due_at) if amount and amount.due_at else "",
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


@transaction.atomic
def purge(*, submission: Submission, today: date) -> bool:
    """Delete one file whose time of keeping is over, with documents and history; returns whether it was so.

    Only files at their end are deleted, whatever their date says. The journal stays: it holds no
    answers.
    """
    row = Submission.objects.select_for_update().filter(pk=submission.pk).first()
    if row is None or row.state not in ENDED or row.purge_on is None or row.purge_on >= today:
        return False
    erase(row)
    owed = list(amounts_of(row).values_list("pk", flat=True))
    journal.record(subject=row, event="purged", actor=None, side=Side.SYSTEM)
    row.delete()
    AmountDue.objects.filter(pk__in=owed).delete()
    return True
