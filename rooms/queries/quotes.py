"""What a booking costs. The price is worked out once, shown before sending, and kept with the booking."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from eservices.money import EUR
from rooms.enums import PriceUnit
from rooms.errors import ExtraUnknown
from rooms.models import Booking, Room, RoomExtra, Tariff
from rooms.queries.availability import days_of
from rooms.queries.clock import Span, days, local

#: A half day is so many hours; a begun one counts whole.
HALF_DAY_HOURS = 5
#: From this hour of the wall clock on it is evening.
EVENING = 17


@dataclass(frozen=True, kw_only=True)
class QuoteLine:
    """One line of a price: a number of units at an amount; `extra` is the code of an extra, or empty for the room."""

    unit: str
    count: str
    unit_cents: int
    cents: int
    vat_percent: str
    extra: str = ""
    names: Mapping[str, str] | None = None


@dataclass(frozen=True, kw_only=True)
class Quote:
    """A price: its lines, the sum, the part of it that is VAT, and the deposit that comes back."""

    lines: Sequence[QuoteLine] = ()
    total_cents: int = 0
    vat_cents: int = 0
    deposit_cents: int = 0
    tariff: int | None = None
    currency: str = EUR

    @property
    def is_free(self) -> bool:
        """Whether nothing is to be paid, not even a deposit."""
        return not self.total_cents and not self.deposit_cents

    def to_json(self) -> dict[str, Any]:
        """Return the price as it is kept with a booking."""
        return {
            "lines": [
                {
                    "unit": line.unit,
                    "count": line.count,
                    "unit_cents": line.unit_cents,
                    "cents": line.cents,
                    "vat_percent": line.vat_percent,
                    "extra": line.extra,
                    "names": dict(line.names or {}),
                }
                for line in self.lines
            ],
            "total_cents": self.total_cents,
            "vat_cents": self.vat_cents,
            "deposit_cents": self.deposit_cents,
            "tariff": self.tariff,
            "currency": self.currency,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Quote":
        """Return the price that was kept; an empty one is free of charge."""
        return cls(
            lines=[QuoteLine(**line) for line in data.get("lines", ())],
            total_cents=data.get("total_cents", 0),
            vat_cents=data.get("vat_cents", 0),
            deposit_cents=data.get("deposit_cents", 0),
            tariff=data.get("tariff"),
            currency=data.get("currency", EUR),
        )


def quote(
    room: Room,
    span: Span,
    *,
    kind: str,
    resident: bool = False,
    extras: Mapping[str, int] | None = None,
) -> Quote:
    """Return the price of a room for a span: the cheapest tariff that applies, with its deposit, and the extras.

    A tariff applies to its profile kind (or to everybody), to residents if it says so, and on the day on which the
    booking begins. Without any tariff the room costs nothing. Hours are real hours, also in the night in which clocks
    change; begun half days, days, evenings and weekends count whole. Raises ExtraUnknown.
    """
    priced = [
        (_price(tariff, span), tariff)
        for tariff in room.tariffs.all()
        if _applies(tariff, span, kind, resident)
    ]
    lines: list[QuoteLine] = []
    deposit, chosen = 0, None
    if priced:
        line, chosen = min(
            priced, key=lambda pair: (pair[0].cents, pair[1].deposit_cents, pair[1].pk)
        )
        lines, deposit = [line], chosen.deposit_cents
    lines += _extras(room, extras or {})
    return Quote(
        lines=lines,
        total_cents=sum(line.cents for line in lines),
        vat_cents=sum(_vat(line) for line in lines),
        deposit_cents=deposit,
        tariff=chosen.pk if chosen else None,
    )


def moved_price(booking: Booking, room: Room, span: Span) -> Quote:
    """Return what a booking costs at another time or in another room; extras stay with the room they were asked for."""
    return quote(
        room,
        span,
        kind=booking.profile.kind,
        resident=booking.resident,
        extras=booking.extras if room.pk == booking.room_id else {},
    )


def count_of(unit: str, span: Span) -> Decimal:
    """Return how many units of a price a span is: real hours with fractions, everything else as begun."""
    first, last = days_of(span)
    if unit == PriceUnit.FIXED:
        return Decimal(1)
    if unit == PriceUnit.HOUR:
        return Decimal(span.minutes) / 60
    if unit == PriceUnit.HALF_DAY:
        return Decimal(math.ceil(span.minutes / (HALF_DAY_HOURS * 60)))
    if unit == PriceUnit.WEEKEND:
        mondays = {day - timedelta(days=day.weekday()) for day in days(first, last)}
        return Decimal(len(mondays))
    return Decimal((last - first).days + 1)


def _applies(tariff: Tariff, span: Span, kind: str, resident: bool) -> bool:
    first, last = days_of(span)
    if tariff.profile_kind not in ("", kind) or (tariff.residents_only and not resident):
        return False
    if tariff.valid_from and first < tariff.valid_from:
        return False
    if tariff.valid_until and first > tariff.valid_until:
        return False
    if tariff.unit == PriceUnit.EVENING:
        return local(span.start).hour >= EVENING and span.minutes <= 12 * 60
    if tariff.unit == PriceUnit.WEEKEND:
        evening = first.weekday() == 4 and local(span.start).hour >= EVENING
        return (evening or first.weekday() >= 5) and (last - first).days <= 3
    return True


def _price(tariff: Tariff, span: Span) -> QuoteLine:
    count = count_of(tariff.unit, span)
    cents = int((tariff.amount_cents * count).quantize(Decimal(1), rounding=ROUND_HALF_UP))
    return QuoteLine(
        unit=tariff.unit,
        count=f"{count:.2f}".rstrip("0").rstrip("."),
        unit_cents=tariff.amount_cents,
        cents=cents,
        vat_percent=str(tariff.vat_percent),
    )


def _extras(room: Room, wanted: Mapping[str, int]) -> list[QuoteLine]:
    offered: dict[str, RoomExtra] = {extra.code: extra for extra in room.extras.all()}
    lines = []
    for code, count in sorted(wanted.items()):
        if not count:
            continue
        extra = offered.get(code)
        if extra is None or not 0 < count <= extra.max_count:
            raise ExtraUnknown(field="extras")
        lines.append(
            QuoteLine(
                unit=PriceUnit.FIXED,
                count=str(count),
                unit_cents=extra.amount_cents,
                cents=extra.amount_cents * count,
                vat_percent="0",
                extra=code,
                names=extra.names,
            )
        )
    return lines


def _vat(line: QuoteLine) -> int:
    """The part of an amount that is VAT: prices include it."""
    percent = Decimal(line.vat_percent)
    share = line.cents * percent / (100 + percent)
    return int(share.quantize(Decimal(1), rounding=ROUND_HALF_UP))
