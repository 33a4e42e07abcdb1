"""What a room costs, in words, before anybody has chosen a time."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from eservices import formats
from eservices.contract import Viewer
from eservices.enums import ProfileKind
from rooms.enums import PriceUnit
from rooms.models import Room, Tariff


@dataclass(frozen=True, kw_only=True)
class PriceWords:
    """The price of a room for one kind of profile: "15,00 € per hour", and its deposit if there is one."""

    price: str
    deposit: str = ""
    residents: str = ""


def kind_of(viewer: Viewer) -> str:
    """Return as what the viewer would book; who is not logged in sees what a person pays."""
    return viewer.profile.kind if viewer.profile else ProfileKind.CITIZEN


def price_words(room: Room, kind: str, day: date) -> PriceWords:
    """Return the price that everybody of this kind pays on a day, and what people of the municipality pay instead.

    The room's tariffs are loaded by the caller (`prefetch_related("tariffs")`).
    """
    rows = [row for row in room.tariffs.all() if _counts(row, kind, day)]
    everybody = [row for row in rows if not row.residents_only]
    residents = [row for row in rows if row.residents_only]
    if not rows:
        return PriceWords(price=_("Free of charge"))
    usual = _cheapest(everybody) or _cheapest(residents)
    special = _cheapest(residents)
    deposit = usual.deposit_cents if usual else 0
    return PriceWords(
        price=amount_words(usual),
        deposit=formats.money(deposit) if deposit else "",
        residents=amount_words(special) if special and special is not usual else "",
    )


def amount_words(tariff: Tariff | None) -> str:
    """Return one tariff in words."""
    if tariff is None or not tariff.amount_cents:
        return _("Free of charge")
    unit = PriceUnit(tariff.unit).label
    return f"{formats.money(tariff.amount_cents)} {unit}"


def _counts(row: Tariff, kind: str, day: date) -> bool:
    if row.profile_kind not in ("", kind):
        return False
    begun = row.valid_from is None or row.valid_from <= day
    return begun and (row.valid_until is None or day <= row.valid_until)


def _cheapest(rows: list[Tariff]) -> Tariff | None:
    """The one that people compare by: an hourly price before others, then the smallest amount."""
    order = list(PriceUnit)
    return min(
        rows, key=lambda row: (order.index(PriceUnit(row.unit)), row.amount_cents), default=None
    )
