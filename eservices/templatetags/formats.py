"""Template filters over `eservices.formats`, in the language of the request. An empty value gives
an empty text.

Usage: `{% load formats %}{{ file.due_on|full_date }}`; `{{ start|period:end }}`.
"""

import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django import template

from eservices import formats
from eservices.money import Money

register = template.Library()


def _register(name: str, write: Callable[[Any], str]) -> None:
    def filter_function(value: Any) -> str:
        return "" if value is None or value == "" else write(value)

    filter_function.__doc__ = write.__doc__
    register.filter(name, filter_function)


_register("full_date", formats.full_date)
_register("long_date", formats.long_date)
_register("short_date", formats.short_date)
_register("short_month", formats.short_month)
_register("time", formats.clock)
_register("date_time", formats.date_time)
_register("money", formats.money)
_register("price", formats.price)
_register("percent", formats.percent)
_register("iban", formats.iban)
_register("bce", formats.bce)
_register("vat", formats.vat)
_register("phone", formats.phone)
_register("masked_nn", formats.masked_nn)
_register("national_number", formats.national_number)
_register("structured_communication", formats.structured_communication)
_register("file_size", formats.file_size)
_register("address", formats.address)
_register("join_list", formats.join_list)


@register.filter
def period(start: datetime.date | None, end: datetime.date | None) -> str:
    """Write from when to when, the end included; one missing end gives the other day alone."""
    if start and end:
        return formats.period(start, end)
    only = start or end
    return formats.full_date(only) if only else ""


@register.filter
def number(value: Decimal | int | str | None, decimals: int | None = None) -> str:
    """Write a number with grouped thousands; the argument fixes the number of decimals."""
    return "" if value is None or value == "" else formats.number(value, decimals)


@register.filter
def euros(value: str | Decimal | None) -> str:
    """Write an amount kept as a decimal text ("12.50"), as answers do."""
    return "" if value in (None, "") else formats.money(Money.from_decimal(Decimal(str(value))))
