"""Requests of a file in words, for the panel on its page."""

from typing import Any

from django.utils.translation import gettext as _

from eservices import formats
from eservices.enums import RequestKind, RequestState
from eservices.models import InformationRequest, Submission
from eservices.queries.requests import requests_of

_ICONS = {
    RequestKind.DOCUMENT: "file-up",
    RequestKind.CORRECTION: "pencil-line",
    RequestKind.ANSWER: "message-square",
    RequestKind.SIGNATURE: "signature",
    RequestKind.PAYMENT: "banknote",
}


def panel_of(submission: Submission) -> dict[str, Any]:
    """Return what submissions/requests.html shows: open requests first, then what is over."""
    rows = [request_row(row) for row in requests_of(submission)]
    waiting = [row for row in rows if row["open"]]
    return {
        "requests": waiting + [row for row in rows if not row["open"]],
        "open_requests": len(waiting),
    }


def request_row(row: InformationRequest) -> dict[str, Any]:
    """Return one request in words."""
    is_open = row.state == RequestState.OPEN
    return {
        "request": row,
        "open": is_open,
        "icon": _ICONS[RequestKind(row.kind)] if is_open else "check",
        "title": title_of(row),
        "button": button_of(row) if is_open else "",
        "over": "" if is_open else over_words(row),
    }


def title_of(row: InformationRequest) -> str:
    """Return what to do, in a few words."""
    words = {
        RequestKind.DOCUMENT: _("Send a document"),
        RequestKind.CORRECTION: _("Correct an answer"),
        RequestKind.ANSWER: _("Answer a question"),
        RequestKind.SIGNATURE: _("Sign a document"),
        RequestKind.PAYMENT: _("Pay an amount"),
    }
    if row.amount is not None:
        return _("%(amount)s to pay") % {"amount": formats.money(row.amount.amount_cents)}
    return words[RequestKind(row.kind)]


def button_of(row: InformationRequest) -> str:
    """Return the word on the button of a request; nothing for what is not answered on a page."""
    words = {
        RequestKind.DOCUMENT: _("Send the document"),
        RequestKind.CORRECTION: _("Correct"),
        RequestKind.ANSWER: _("Answer"),
    }
    return words.get(RequestKind(row.kind), "")


def over_words(row: InformationRequest) -> str:
    """Return how a request ended."""
    amount = row.amount
    if amount is not None and amount.paid_at:
        facts = {"date": formats.full_date(amount.paid_at), "receipt": amount.receipt}
        return _("Paid on %(date)s, receipt %(receipt)s") % facts
    if row.state == RequestState.ANSWERED and row.answered_at:
        return _("Answered on %(date)s") % {"date": formats.date_time(row.answered_at)}
    if row.state == RequestState.WITHDRAWN:
        return _("No longer asked")
    if amount is not None:
        return _("Not paid in time; nothing is to be paid any more")
    return _("Not answered in time")
