"""Amounts due: paid at the counter, remembered, given up when nobody pays in time. No money is ever lost in silence."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from eservices import formats
from eservices.actions import journal, mails, requests
from eservices.actions.charges import charge
from eservices.actions.notices import notify
from eservices.actions.rights import check_role
from eservices.actions.submissions import move
from eservices.contract import registry
from eservices.enums import (
    AmountState,
    NoticeKind,
    RequestState,
    Side,
    SubmissionEvent,
    SubmissionState,
)
from eservices.errors import AmountDiffers, AmountNotDue, AmountPaid, NotFound, ReceiptMissing
from eservices.models import AmountDue, InformationRequest, OutgoingMail, Submission, User
from eservices.money import Money
from eservices.queries.amounts import amount_of, file_of, unpaid
from eservices.queries.introducers import receiver_of

#: How an amount was paid when somebody brought the money.
COUNTER = "counter"
#: So many days before the end people are reminded, if they had more than these.
REMINDER_DAYS = 3

__all__ = ["cancel", "charge", "record_payment", "remind_unpaid", "time_out_unpaid"]


@transaction.atomic
def record_payment(
    *,
    amount: AmountDue,
    by: User,
    receipt: str,
    received: Money | None = None,
    now: datetime | None = None,
) -> AmountDue:
    """Record that an amount was paid at the counter; the file that waited for it goes on to the municipality.

    What waits for an amount of another service is that service's to tell (`EService.amount_paid`).
    An amount that an agent asked for answers its request; the file goes on when no other request is open. `received`
    is what was counted, for who types it; the same receipt twice is one payment. Raises NotFound and RoleTooLow as
    every act of an agent in a file, AmountDiffers, ReceiptMissing, AmountPaid for a second payment, and AmountNotDue
    when the file ended or the request was withdrawn meanwhile: whoever holds the money learns what to do with it.
    """
    receipt, now = receipt.strip(), now or timezone.now()
    file, service = _locked_file(amount), registry.get(amount.service)
    if service is None:
        raise NotFound
    if file is not None:
        check_role(file, by)
    else:
        service.awaits_payment(amount, by)
    if received is not None and received != Money(amount.amount_cents, amount.currency):
        raise AmountDiffers(amount=formats.money(amount.amount_cents), field="euros")
    if not receipt:
        raise ReceiptMissing(field="receipt")
    row = AmountDue.objects.select_for_update().get(pk=amount.pk)
    if row.state == AmountState.PAID:
        if row.receipt == receipt:
            return row
        raise AmountPaid(date=formats.full_date(row.paid_at or now), receipt=row.receipt)
    if row.state != AmountState.DUE:
        raise AmountNotDue
    asked = InformationRequest.objects.select_for_update().filter(amount=row).first()
    if file is not None and not _is_awaited(file, asked):
        raise AmountNotDue
    _settle(row, by=by, receipt=receipt, now=now)
    if file is not None and asked is not None:
        asked.amount = row
        requests.paid(request=asked, submission=file, by=by, now=now)
        _tell(file, row, template="payment_received", kind=NoticeKind.PROGRESS)
    elif file is not None:
        move(
            submission=file,
            event=SubmissionEvent.PAID,
            by=by,
            side=Side.AGENT,
            facts={"amount": row.reference, "receipt": receipt},
            answer_due_at=None,
        )
        _tell(file, row, template="payment_received", kind=NoticeKind.PROGRESS)
    else:
        service.amount_paid(row, by)
    return row


def _is_awaited(file: Submission, asked: InformationRequest | None) -> bool:
    """Whether a file waits for a fee, or for a request with its amount."""
    if asked is None:
        return file.state == SubmissionState.AWAITING_PAYMENT
    return file.state == SubmissionState.AWAITING_CITIZEN and asked.state == RequestState.OPEN


def _settle(row: AmountDue, *, by: User, receipt: str, now: datetime) -> None:
    values: dict[str, Any] = {
        "state": AmountState.PAID,
        "paid_at": now,
        "paid_by": COUNTER,
        "recorded_by": by,
        "receipt": receipt[:60],
    }
    if not AmountDue.objects.filter(pk=row.pk, state=AmountState.DUE).update(**values):
        raise AmountNotDue
    for name, value in values.items():
        setattr(row, name, value)


@transaction.atomic
def cancel(*, amount: AmountDue, by: User | None, reason: str = "") -> AmountDue:
    """Give up an amount that is due; what is paid stays paid. Raises AmountNotDue.

    The file that waited for it is cancelled with it, as after the last day. What an agent asked for is given up by
    withdrawing the request, not here.
    """
    file = _locked_file(amount)
    due = AmountDue.objects.filter(pk=amount.pk, state=AmountState.DUE, requests=None)
    if not due.update(state=AmountState.CANCELLED):
        raise AmountNotDue
    amount.state = AmountState.CANCELLED
    if file is not None and file.state == SubmissionState.AWAITING_PAYMENT:
        move(
            submission=file,
            event=SubmissionEvent.TIMEOUT,
            by=by,
            side=Side.SYSTEM,
            reason=reason,
            facts={"amount": amount.reference},
            answer_due_at=None,
        )
    elif file is not None:
        journal.record(
            subject=file,
            event="amount_cancelled",
            actor=by,
            side=Side.AGENT if by else Side.SYSTEM,
            reason=reason,
            data={"amount": amount.reference},
        )
    return amount


def time_out_unpaid(*, now: datetime | None = None) -> int:
    """Cancel files whose time to pay is over, and tell the people; returns how many. Each in its own transaction."""
    now = now or timezone.now()
    count = 0
    for amount in unpaid(due_before=now).iterator(chunk_size=200):
        with transaction.atomic():
            try:
                cancel(amount=amount, by=None)
            except AmountNotDue:
                continue  # paid a moment ago
            file = file_of(amount)
            if file is not None:
                _tell(file, amount, template="payment_too_late", kind=NoticeKind.QUESTION)
            count += 1
    return count


def remind_unpaid(*, now: datetime | None = None) -> int:
    """Remind people three days before the end of their time to pay, once; returns how many notices."""
    now = now or timezone.now()
    count = 0
    for amount in unpaid(due_before=now + timedelta(days=REMINDER_DAYS)).iterator(chunk_size=200):
        had_time = amount.due_at and amount.due_at - amount.created_at > timedelta(
            days=REMINDER_DAYS + 1
        )
        file = file_of(amount)
        if had_time and file is not None and amount.due_at and amount.due_at > now:
            with transaction.atomic():
                count += _tell(file, amount, template="payment_reminder", kind=NoticeKind.REMINDER)
    return count


def _locked_file(amount: AmountDue) -> Submission | None:
    """Return the file that waits for an amount, locked: always before the amount, so that nobody waits crosswise."""
    if amount.subject_type != Submission._meta.label_lower:
        return None
    rows = Submission.objects.select_for_update(of=("self",)).select_related(
        "procedure", "profile", "assignee", "acting_user"
    )
    return rows.filter(public_id=amount.subject_id).first()


def _tell(file: Submission, amount: AmountDue, *, template: str, kind: NoticeKind) -> bool:
    """Send a notice about an amount to who follows the file; returns whether one was made."""
    key = f"{template.replace('_', '-')}:{amount.public_id}"
    receiver = receiver_of(file)
    if receiver is None or OutgoingMail.objects.filter(key=key).exists():
        return False
    notify(
        kind=kind,
        profile=file.profile,
        template=template,
        to_user=receiver,
        key=key,
        context={"submission": str(file.public_id), "amount": str(amount.public_id)},
    )
    return True


@mails.mail_extra("payment_received")
@mails.mail_extra("payment_reminder")
@mails.mail_extra("payment_too_late")
def payment_letter(mail: OutgoingMail) -> dict[str, Any]:
    """Return what the letters about an amount say: how much, until when, and where it is paid."""
    row = Submission.objects.select_related("procedure").get(public_id=mail.context["submission"])
    wanted = mail.context.get("amount")
    amount = AmountDue.objects.get(public_id=wanted) if wanted else amount_of(row)
    return {
        "reference": row.reference,
        "title": row.procedure.title,
        "amount": formats.money(amount.amount_cents) if amount else "",
        "pay_by": formats.full_date(amount.due_at) if amount and amount.due_at else "",
        "receipt": amount.receipt if amount else "",
        "more": row.state == SubmissionState.AWAITING_CITIZEN,
        "button_path": reverse("submission", args=[row.reference]),
    }
