"""Amounts due to the municipality: which are open, what a file costs, what was asked for later."""

from datetime import datetime

from django.db.models import QuerySet

from eservices.enums import AmountState
from eservices.models import AmountDue, Submission


def amounts_of(submission: Submission) -> QuerySet[AmountDue]:
    """Return all amounts of a file, newest first."""
    return AmountDue.objects.filter(
        subject_type=submission._meta.label_lower, subject_id=submission.public_id
    )


def amount_of(submission: Submission) -> AmountDue | None:
    """Return the fee of a file, the last one; None for a file without. Amounts of requests are not fees."""
    fees = amounts_of(submission).filter(requests=None)
    return fees.select_related("recorded_by").first()


def file_of(amount: AmountDue) -> Submission | None:
    """Return the file that waits for an amount; None when it belongs to another service or is gone."""
    if amount.subject_type != Submission._meta.label_lower:
        return None
    return Submission.objects.filter(public_id=amount.subject_id).first()


def unpaid(*, due_before: datetime) -> QuerySet[AmountDue]:
    """Return open fees of files whose time to pay ends before a moment.

    Amounts that were asked for end with their request, as answers do: `actions.requests.close_unanswered`.
    """
    return AmountDue.objects.filter(
        state=AmountState.DUE,
        requests=None,
        due_at__lt=due_before,
        subject_type=Submission._meta.label_lower,
    ).order_by("due_at", "pk")
