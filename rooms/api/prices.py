"""Prices as they are answered: amounts as decimal text, and in words of the reader's language."""

from typing import Any

from rest_framework import serializers

from eservices import formats
from eservices.money import Money
from rooms.enums import PriceUnit
from rooms.queries.price_lines import line_label
from rooms.queries.quotes import Quote


class LineSerializer(serializers.Serializer[Any]):
    """One line of a price."""

    label = serializers.CharField()  # type: ignore[assignment]  # the name in the JSON
    extra = serializers.CharField(help_text="Code of the extra; empty for the use of the room.")
    unit = serializers.ChoiceField(choices=PriceUnit.choices)
    count = serializers.CharField(help_text="How many units, as decimal text.")
    unit_amount = serializers.CharField(help_text="Euros per unit, such as 12.50.")
    amount = serializers.CharField(help_text="Euros, such as 12.50.")
    vat_percent = serializers.CharField(help_text="VAT in the amount.")


class PriceSerializer(serializers.Serializer[Any]):
    """A price. Amounts include VAT; the deposit comes back and is not in the total."""

    total = serializers.CharField(help_text="Euros, such as 12.50.")
    vat = serializers.CharField(help_text="The part of the total that is VAT.")
    deposit = serializers.CharField()
    currency = serializers.CharField()
    total_text = serializers.CharField(help_text="In words of the language, such as 12,50 €.")
    deposit_text = serializers.CharField(help_text="Empty without a deposit.")


class FullPriceSerializer(PriceSerializer):
    """A price with its lines."""

    lines = LineSerializer(many=True)


def euros(cents: int) -> str:
    """Return cents as decimal text."""
    return Money(cents).to_json()


def price_row(price: Quote) -> dict[str, Any]:
    """Return a price with its lines, in the active language."""
    return {
        "total": euros(price.total_cents),
        "vat": euros(price.vat_cents),
        "deposit": euros(price.deposit_cents),
        "currency": price.currency,
        "total_text": formats.price(price.total_cents),
        "deposit_text": formats.money(price.deposit_cents) if price.deposit_cents else "",
        "lines": [
            {
                "label": line_label(line),
                "extra": line.extra,
                "unit": line.unit,
                "count": line.count,
                "unit_amount": euros(line.unit_cents),
                "amount": euros(line.cents),
                "vat_percent": line.vat_percent,
            }
            for line in price.lines
        ],
    }
