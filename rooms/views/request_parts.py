"""What the pages of a request show: the price with its lines, the dates of a series, what travels along hidden."""

from collections.abc import Iterable, Sequence
from datetime import time
from typing import Any

from django.utils.translation import gettext as _

from eservices.errors import DomainError
from rooms.actions.series import PlannedTime, Standing
from rooms.forms.requests import PlanRow, RequestForm
from rooms.models import Room
from rooms.queries.clock import Span
from rooms.queries.price_lines import lines_of, sum_of
from rooms.queries.quotes import quote
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
    total = sum_of(prices)
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
        "total": total.total_cents,
        "vat": total.vat_cents,
        "deposit": total.deposit_cents,
        "count": len(prices),
    }


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
