"""Requests to the citizen, item by item: asked together, answered one by one, the last answer brings the file back.

A file awaits the citizen exactly as long as a request is open: it enters that state with at least one, and leaves it
when every one was answered or withdrawn, when the citizen takes the request back, or when the time is over. A payment
is a request with an `AmountDue`: recording it as paid (`actions.amounts`) answers it, and it is owed no longer than it
is asked.
"""

from collections.abc import Collection, Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Min
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from eservices import formats
from eservices.actions import annexes, charges, journal
from eservices.actions.letters import tell_agent
from eservices.actions.notices import notify
from eservices.actions.rights import check_in_charge
from eservices.actions.submissions import move
from eservices.actions.wanted import ANSWERED_HERE, Wanted, check_day, check_items
from eservices.enums import (
    AmountState,
    AnnexPurpose,
    NoticeKind,
    RequestKind,
    RequestState,
    Side,
    SubmissionEvent,
    SubmissionState,
)
from eservices.errors import (
    MoveRefused,
    RequestAnswerMissing,
    RequestElsewhere,
    RequestEnded,
    RequestTextMissing,
)
from eservices.models import AmountDue, InformationRequest, Submission, User
from eservices.queries.introducers import receiver_of

#: The citizen is reminded so long before the moment.
REMINDERS: Final = (timedelta(days=3), timedelta(days=1))
#: What answers a request for a document.
KINDS: Final = ("pdf", "jpg", "png", "docx", "xlsx", "odt")
#: So many documents answer one request.
MOST_FILES: Final = 10


@transaction.atomic
def ask(
    *,
    submission: Submission,
    by: User,
    items: Sequence[Wanted],
    due_at: datetime,
    now: datetime | None = None,
) -> list[InformationRequest]:
    """Ask the citizen for one or several things; the clock of the decision stands still meanwhile.

    A file that awaits the citizen already gets further requests. Raises RequestsMissing, RequestTextMissing,
    RequestQuestionUnknown, RequestAmountMissing, RequestNotOffered, RequestDayRefused, NotYourFile, RoleTooLow,
    MoveRefused.
    """
    now = now or timezone.now()
    row = _locked(submission)
    check_in_charge(row, by)
    check_items(row, items)
    check_day(due_at, now)
    waiting = row.state == SubmissionState.AWAITING_CITIZEN
    if not waiting and row.state != SubmissionState.IN_REVIEW:
        raise MoveRefused
    rows = [
        InformationRequest.objects.create(
            submission=row,
            kind=item.kind,
            text=item.text.strip(),
            question_id=item.question if item.kind == RequestKind.CORRECTION else "",
            amount=_owed(row, item, due_at, now),
            due_at=due_at,
            created_by=by,
            created_at=now,
        )
        for item in items
    ]
    asked = {"requests": [_fact(item) for item in rows]}
    if waiting:
        _schedule(row)
        journal.record(subject=row, event="request_added", actor=by, side=Side.AGENT, data=asked)
    else:
        move(
            submission=row,
            event=SubmissionEvent.ASK_CITIZEN,
            by=by,
            side=Side.AGENT,
            facts=asked,
            answer_due_at=due_at,
            assignee=by,
        )
    _tell_citizen(row, "request_asked", f"request-asked:{rows[0].public_id}", NoticeKind.QUESTION)
    _follow(submission, row)
    return rows


@transaction.atomic
def change(
    *,
    request: InformationRequest,
    by: User,
    text: str,
    due_at: datetime,
    now: datetime | None = None,
) -> InformationRequest:
    """Put other words or another day to an open request; raises what `ask` raises, and RequestEnded.

    An amount is paid by the new day; what was to be paid, and what for, stay as they were asked.
    """
    row, request = _opened(request)
    check_in_charge(row, by)
    if not text.strip():
        raise RequestTextMissing(field="text")
    check_day(due_at, now or timezone.now())
    request.text, request.due_at, request.reminded_at = text.strip(), due_at, None
    request.save(update_fields=("text", "due_at", "reminded_at"))
    AmountDue.objects.filter(requests=request, state=AmountState.DUE).update(due_at=due_at)
    _schedule(row)
    journal.record(
        subject=row,
        event="request_changed",
        actor=by,
        side=Side.AGENT,
        data={"request": str(request.public_id)},
    )
    return request


@transaction.atomic
def withdraw(
    *, request: InformationRequest, by: User, now: datetime | None = None
) -> InformationRequest:
    """Take a request back; with the last open one the file is in review again. Raises RequestEnded, NotYourFile."""
    row, request = _opened(request)
    check_in_charge(row, by)
    request.state, request.ended_at = RequestState.WITHDRAWN, now or timezone.now()
    request.save(update_fields=("state", "ended_at"))
    if request.amount is not None:
        charges.give_up_one(request.amount)
    data = {"request": str(request.public_id)}
    if _any_open(row):
        _schedule(row)
        journal.record(subject=row, event="request_withdrawn", actor=by, side=Side.AGENT, data=data)
    else:
        move(
            submission=row,
            event=SubmissionEvent.WITHDRAW_REQUEST,
            by=by,
            side=Side.AGENT,
            facts=data,
            answer_due_at=None,
        )
    return request


def answer(
    *,
    request: InformationRequest,
    by: User,
    text: str = "",
    files: Sequence[UploadedFile[Any]] = (),
    now: datetime | None = None,
) -> InformationRequest:
    """Answer one request: words to a question or a correction that is not needed, files to one for a document.

    With the last answer the file goes back to its agent by itself. Raises RequestAnswerMissing, RequestElsewhere for
    payments and signatures, RequestEnded, UploadRefused and its kinds; nothing is stored then.
    """
    kind = RequestKind(request.kind)
    if kind not in ANSWERED_HERE:
        raise RequestElsewhere
    if kind == RequestKind.DOCUMENT and not files:
        raise RequestAnswerMissing(field="files")
    if kind != RequestKind.DOCUMENT and not text.strip():
        raise RequestAnswerMissing(field="text")
    with ExitStack() as undo, transaction.atomic():
        row, request = _opened(request)
        if kind == RequestKind.DOCUMENT:
            for uploaded in files[:MOST_FILES]:
                _store(request, row, uploaded, by, undo)
        _answered(request, row, by=by, text=text.strip(), now=now)
    return request


@transaction.atomic
def corrected(
    *,
    submission: Submission,
    by: User,
    questions: Collection[str],
    now: datetime | None = None,
) -> Submission:
    """Take a correction that was sent as the answer to what was asked to be corrected in these questions."""
    row = _locked(submission)
    if row.state != SubmissionState.AWAITING_CITIZEN:
        return submission
    wanted = row.requests.filter(
        kind=RequestKind.CORRECTION, state=RequestState.OPEN, question_id__in=questions
    )
    for request in wanted:
        _answered(request, row, by=by, now=now)
    _follow(submission, row)
    return row


def paid(
    *, request: InformationRequest, submission: Submission, by: User, now: datetime
) -> Submission:
    """Take a recorded payment as the answer to its request, in the transaction of `amounts.record_payment`.

    `submission` is the locked file. With the last open request the clock of the decision goes on.
    """
    _close_as_answered(request, by=None, text="", now=now)
    amount = request.amount
    assert amount is not None  # noqa: S101  the caller found the request by it
    facts = {**_fact(request), "amount": amount.reference, "receipt": amount.receipt}
    if _any_open(submission):
        journal.record(
            subject=submission, event="request_paid", actor=by, side=Side.AGENT, data=facts
        )
        _schedule(submission)
        return submission
    move(
        submission=submission,
        event=SubmissionEvent.PAID,
        by=by,
        side=Side.AGENT,
        facts=facts,
        answer_due_at=None,
    )
    if submission.assignee is not None and submission.assignee != by:
        key = f"request-answered:{request.public_id}"
        tell_agent(submission, submission.assignee, template="request_answered", key=key)
    return submission


def remind(*, now: datetime | None = None) -> int:
    """Remind citizens three days and one day before an answer is due, once each; returns how many letters."""
    now = now or timezone.now()
    count = 0
    soon = Submission.objects.filter(
        state=SubmissionState.AWAITING_CITIZEN,
        answer_due_at__gt=now,
        answer_due_at__lte=now + max(REMINDERS),
    )
    for row in soon.select_related("acting_user", "profile").order_by("answer_due_at", "pk"):
        assert row.answer_due_at is not None  # noqa: S101  the filter says so
        step = min(time for time in REMINDERS if row.answer_due_at <= now + time)
        moment = int(row.answer_due_at.timestamp())
        key = f"request-reminder:{row.public_id}:{moment}:{step.days}"
        with transaction.atomic():
            _tell_citizen(row, "request_reminder", key, NoticeKind.QUESTION)
            row.requests.filter(state=RequestState.OPEN).update(reminded_at=now)
        count += 1
    return count


def close_unanswered(*, now: datetime | None = None) -> int:
    """Close the files whose citizen did not answer in time, with the reason in that person's language."""
    now = now or timezone.now()
    late = Submission.objects.filter(
        state=SubmissionState.AWAITING_CITIZEN, answer_due_at__lt=now
    ).order_by("answer_due_at", "pk")
    return sum(_close(row, now) for row in late)


@transaction.atomic
def _close(submission: Submission, now: datetime) -> bool:
    row = _locked(submission)
    due = row.answer_due_at
    if row.state != SubmissionState.AWAITING_CITIZEN or due is None or due >= now:
        return False
    with translation.override(row.locale):
        reason = _(
            "We asked you for an answer by %(date)s and did not get all of it. Your file is closed without a decision. "
            "You can send a new request, or write to us if you think that this is a mistake."
        ) % {"date": formats.date_time(due)}
    move(
        submission=row,
        event=SubmissionEvent.DEADLINE,
        by=None,
        side=Side.SYSTEM,
        reason=reason,
        decision_reason=reason,
    )
    key = f"request-closed:{row.public_id}:{int(due.timestamp())}"
    _tell_citizen(row, "request_closed", key, NoticeKind.DECISION)
    return True


def _owed(row: Submission, item: Wanted, due_at: datetime, now: datetime) -> AmountDue | None:
    """Make the amount of a payment due; what for is written in the language of the citizen alone."""
    if item.kind != RequestKind.PAYMENT or item.amount is None:
        return None
    titles = {row.locale: item.text.strip()}
    return charges.owe(
        subject=row,
        profile_id=row.profile_id,
        service="procedures",
        amount=item.amount,
        titles=titles,
        due_at=due_at,
        now=now,
    )


def _fact(request: InformationRequest) -> dict[str, str]:
    return {"id": str(request.public_id), "kind": request.kind}


def _locked(submission: Submission) -> Submission:
    """Return the file, locked and read anew: two agents ask, and two people answer, one after the other."""
    rows = Submission.objects.select_for_update(of=("self",))
    return rows.select_related(
        "procedure", "version", "profile", "acting_user", "assignee", "team"
    ).get(pk=submission.pk)


def _opened(request: InformationRequest) -> tuple[Submission, InformationRequest]:
    """Return a request that is still open with its locked file; raises RequestEnded otherwise."""
    row = _locked(request.submission)
    found = InformationRequest.objects.select_for_update().get(pk=request.pk)
    if found.state != RequestState.OPEN or row.state != SubmissionState.AWAITING_CITIZEN:
        raise RequestEnded
    found.submission = row
    return row, found


def _answered(
    request: InformationRequest,
    row: Submission,
    *,
    by: User | None,
    text: str = "",
    now: datetime | None = None,
) -> None:
    now = now or timezone.now()
    _close_as_answered(request, by=by, text=text, now=now)
    data = {"request": str(request.public_id), "kind": request.kind}
    journal.record(subject=row, event="request_answered", actor=by, side=Side.CITIZEN, data=data)
    if _any_open(row):
        Submission.objects.filter(pk=row.pk).update(last_citizen_act_at=now)
        _schedule(row)
        return
    move(
        submission=row,
        event=SubmissionEvent.REPLIED,
        by=by,
        side=Side.CITIZEN,
        answer_due_at=None,
    )
    if row.assignee is not None:
        tell_agent(
            row,
            row.assignee,
            template="request_answered",
            key=f"request-answered:{request.public_id}",
        )


def _close_as_answered(
    request: InformationRequest, *, by: User | None, text: str, now: datetime
) -> None:
    request.state, request.answer = RequestState.ANSWERED, text
    request.answered_by, request.answered_at, request.ended_at = by, now, now
    request.save(update_fields=("state", "answer", "answered_by", "answered_at", "ended_at"))


def _any_open(row: Submission) -> bool:
    return bool(row.requests.filter(state=RequestState.OPEN).exists())


def _schedule(row: Submission) -> None:
    """Note until when the citizen must act: the first of the open requests."""
    first = row.requests.filter(state=RequestState.OPEN).aggregate(first=Min("due_at"))["first"]
    Submission.objects.filter(pk=row.pk).update(answer_due_at=first)
    row.answer_due_at = first


def _follow(given: Submission, row: Submission) -> None:
    """Bring the caller's instance up to date."""
    for name in ("state", "state_since", "due_on", "answer_due_at", "paused_on", "due_days_left"):
        setattr(given, name, getattr(row, name))


def _tell_citizen(row: Submission, template: str, key: str, kind: NoticeKind) -> None:
    if (receiver := receiver_of(row)) is not None:
        notify(
            kind=kind,
            profile=row.profile,
            to_user=receiver,
            template=template,
            key=key,
            context={"submission": str(row.public_id)},
        )


def _store(
    request: InformationRequest,
    row: Submission,
    uploaded: UploadedFile[Any],
    by: User,
    undo: ExitStack,
) -> None:
    annex = undo.enter_context(annexes.stored(uploaded, KINDS, by))
    annex.submission, annex.request, annex.purpose = row, request, AnnexPurpose.REQUESTED
    annex.save(force_insert=True)
    annexes.arrived(annex, by, Side.CITIZEN)
