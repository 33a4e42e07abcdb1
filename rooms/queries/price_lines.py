"""Prices line by line, in the reader's language; several prices as one."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from eservices import formats
from eservices.models.procedures import in_language
from rooms.enums import PriceUnit
from rooms.queries.quotes import Quote, QuoteLine


def lines_of(price: Quote) -> list[dict[str, Any]]:
    """Return the lines of a price: what, how many at how much, how much."""
    return [
        {"label": line_label(line), "note": line_note(line), "cents": line.cents}
        for line in price.lines
    ]


def line_label(line: QuoteLine) -> str:
    """Return what a line is for."""
    return in_language(dict(line.names or {})) if line.extra else _("Use of the room")


def line_note(line: QuoteLine) -> str:
    """Return how many units at which amount."""
    if not line.unit_cents or (line.extra and line.count == "1"):
        return ""
    unit = "" if line.extra else f" {PriceUnit(line.unit).label}"
    count = formats.number(line.count)
    return f"{count} × {formats.money(line.unit_cents)}{unit}"


def sum_of(prices: Sequence[Quote]) -> Quote:
    """Return several prices as one sum."""
    return Quote(
        total_cents=sum(price.total_cents for price in prices),
        vat_cents=sum(price.vat_cents for price in prices),
        deposit_cents=sum(price.deposit_cents for price in prices),
    )
