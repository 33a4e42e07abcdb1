"""Refusals about amounts due."""

from django.utils.translation import gettext_lazy as _

from eservices.errors.base import Conflict, Invalid


class AmountPaid(Conflict):
    """The amount was recorded as paid before, with another receipt; `date` and `receipt` say which."""

    code = "amounts.paid"
    message = _(
        "This was paid already on %(date)s, receipt %(receipt)s. Pay the second amount back."
    )


class AmountNotDue(Conflict):
    """The amount is no longer due: its file was withdrawn, or cancelled because it was not paid in time."""

    code = "amounts.not_due"
    message = _(
        "This is no longer due: the file was withdrawn or not paid in time. Give the money back, or take a new "
        "request from the person and record the payment there."
    )


class ReceiptMissing(Invalid):
    """A payment at the counter is recorded with the number of the receipt that the person got."""

    code = "amounts.receipt_missing"
    message = _("Enter the number of the receipt that you gave.")
