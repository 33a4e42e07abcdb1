"""What the pages of a request show: the price with its lines, the dates of a series, what travels along hidden."""

from collections.abc import Iterable, Sequence
from datetime import time
from typing import Any

from django.utils.translation import gettext as _

from eservices import formats
from eservices.errors import DomainError
from eservices.models.procedures import in_language
from rooms.actions.series import PlannedTime, Standing
from rooms.enums import PriceUnit
from rooms.forms.requests import PlanRow, RequestForm
from rooms.models import Room
from rooms.queries.clock import Span
from rooms.queries.quotes import Quote, QuoteLine, quote
from rooms.queries.words import span_words


def price_section(
    room: Room, spans: Sequence[Span], kind: str, form: RequestForm
) -> dict[str, Any]:
    """Return the times with the price of each, its lines when there is one time, and the sums."""
    known = form.is_bound and form.is_valid()
    extras = form.extras if known else {}
    resident = bool(known and form.cleaned_data.get("resident"))
    prices = []
    for span in spans:
        try:
            prices.append(quote(room, span, kind=kind, resident=resident, extras=extras))
        except DomainError:  # an extra that is no longer offered: the form says so
            prices.append(quote(room, span, kind=kind, resident=resident))
    return {
        "rows": [
            {
                "words": span_words(span, whole_days=room.whole_days),
                "cents": price.total_cents,
            }
            for span, price in zip(spans, prices, strict=True)
        ],
        "title": span_words(spans[0], whole_days=room.whole_days),
        "lines": lines_of(prices[0]) if len(prices) == 1 else [],
        "total": sum(price.total_cents for price in prices),
        "vat": sum(price.vat_cents for price in prices),
        "deposit": sum(price.deposit_cents for price in prices),
        "count": len(prices),
    }


def lines_of(price: Quote) -> list[dict[str, Any]]:
    """Return the lines of a price: what, how many at how much, how much."""
    return [
        {"label": line_label(line), "note": line_note(line), "cents": line.cents}
        for line in price.lines
    ]


def line_label(line: QuoteLine) -> str:
    """Return what a line is for."""
    return in_language(line.names or {}) if line.extra else _("Use of the room")


def line_note(line: QuoteLine) -> str:
    """Return how many units at which amount."""
    if not line.unit_cents or (line.extra and line.count == "1"):
        return ""
    unit = "" if line.extra else f" {PriceUnit(line.unit).label}"
    count = formats.number(line.count)
    return f"{count} × {formats.money(line.unit_cents)}{unit}"


def plan_rows(planned: Iterable[PlannedTime]) -> list[dict[str, Any]]:
    """Return the dates of a series with the names of their inputs."""
    return [
        {
            "names": PlanRow(number=number).names,
            "date": row.day.isoformat(),
            "day": row.day,
            "start": _hour(row.start),
            "end": _hour(row.end),
            "skip": row.standing == Standing.SKIPPED,
            "free": row.is_free,
            "kind": row.standing.value,
            "word": standing_word(row.standing),
            "why": row.why,
        }
        for number, row in enumerate(planned)
    ]


def standing_word(standing: Standing) -> str:
    """Return how a date stands, in a word."""
    return {
        Standing.FREE: _("Free"),
        Standing.TAKEN: _("Taken"),
        Standing.CLOSED: _("Closed"),
        Standing.REFUSED: _("Not possible"),
        Standing.SKIPPED: _("Left out"),
    }[standing]


def said_rows(form: RequestForm) -> list[dict[str, str]]:
    """Return what was said, in words, once the form is valid; what was left empty is left out."""
    rows = []
    for name, field in form.fields.items():
        value = form.cleaned_data.get(name)
        if not value or name in ("terms", "repeat", "step", "until"):
            continue
        words = dict(field.choices).get(value, value) if name == "layout" else value  # type: ignore[attr-defined]
        rows.append({"label": str(field.label), "value": _("Yes") if value is True else str(words)})
    return rows


def hidden_rows(form: RequestForm) -> list[tuple[str, str]]:
    """Return what was typed, to travel along with the next page."""
    if not form.is_bound:
        return []
    data = form.data
    return [
        (name, value)
        for name in form.fields
        for value in (data.getlist(name) if hasattr(data, "getlist") else [data.get(name, "")])
        if value
    ]


def _hour(hour: time) -> str:
    return f"{hour:%H:%M}"
