"""Amounts as rows: made when a file is sent or an agent asks for one, given up when it ends unpaid.

`amounts` has what people do with them.
"""

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from django.db import models
from django.utils import timezone

from eservices.actions.references import under_new_reference
from eservices.enums import AmountState
from eservices.models import AmountDue, Submission
from eservices.money import Money
from eservices.queries.amounts import amount_of, amounts_of


def charge(*, submission: Submission, now: datetime) -> AmountDue:
    """Make the amount of a file's fee due, in the transaction that sends the file; an open one is kept as it is.

    What it is for and how much it is stay as they are now, whatever becomes of the procedure. It is to be paid by the
    end of the last day.
    """
    fee = amount_of(submission)
    if fee is not None and fee.state == AmountState.DUE:
        return fee
    procedure = submission.procedure
    if procedure.fee_cents is None:
        raise ValueError("A procedure without a fee charges nothing.")
    last_day = timezone.localdate(now) + timedelta(days=procedure.payment_days)
    return owe(
        subject=submission,
        profile_id=submission.profile_id,
        service="procedures",
        amount=Money(procedure.fee_cents),
        titles={
            code: texts.get("title") or procedure.code for code, texts in procedure.texts.items()
        },
        due_at=timezone.make_aware(datetime.combine(last_day, time(23, 59, 59))),
        now=now,
    )


def owe(
    *,
    subject: models.Model,
    profile_id: int,
    service: str,
    amount: Money,
    titles: Mapping[str, str],
    due_at: datetime,
    now: datetime,
) -> AmountDue:
    """Make one amount due for a file or what else waits for it, in the caller's transaction, under a new reference.

    `subject` is anything with a `public_id`, `service` the slug of the e-service that it belongs to: its
    `amount_paid` is told. `titles` say what it is for, by code of language; neither they nor the amount ever change.
    """
    return under_new_reference(
        "PAY",
        now.year,
        lambda reference: AmountDue.objects.create(
            reference=reference,
            profile_id=profile_id,
            service=service,
            subject_type=subject._meta.label_lower,
            subject_id=subject.public_id,  # type: ignore[attr-defined]
            titles=dict(titles),
            amount_cents=amount.cents,
            currency=amount.currency,
            due_at=due_at,
            created_at=now,
        ),
    )


def give_up(submission: Submission) -> int:
    """Cancel the open amounts of a file that ends unpaid; returns how many there were."""
    return amounts_of(submission).filter(state=AmountState.DUE).update(state=AmountState.CANCELLED)


def give_up_one(amount: AmountDue) -> None:
    """Cancel one amount that is no longer asked for; what is paid stays paid."""
    due = AmountDue.objects.filter(pk=amount.pk, state=AmountState.DUE)
    due.update(state=AmountState.CANCELLED)
