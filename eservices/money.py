"""Amounts of money: integer cents and a currency, never floats."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

EUR = "EUR"


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in cents. Adding or comparing two currencies is a programming error
    (ValueError).
    """

    cents: int
    currency: str = EUR

    @classmethod
    def from_decimal(cls, amount: Decimal, currency: str = EUR) -> "Money":
        """Return the amount in euros (or another currency with cents), rounded half up to whole
        cents.
        """
        return cls(int((amount * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP)), currency)

    @classmethod
    def from_json(cls, amount: str, currency: str = EUR) -> "Money":
        """Return the amount written as in answers and API, for example "12.50"."""
        return cls.from_decimal(Decimal(amount), currency)

    @classmethod
    def total(cls, amounts: Iterable["Money"], currency: str = EUR) -> "Money":
        """Return the sum; nothing at all is zero euros."""
        result = cls(0, currency)
        for amount in amounts:
            result += amount
        return result

    @property
    def decimal(self) -> Decimal:
        """The amount in units, with two decimals."""
        return Decimal(self.cents) / 100

    def to_json(self) -> str:
        """Return the amount as text with two decimals, for example "12.50"."""
        return f"{self.decimal:.2f}"

    def __bool__(self) -> bool:
        return self.cents != 0

    def __neg__(self) -> "Money":
        return Money(-self.cents, self.currency)

    def __add__(self, other: "Money") -> "Money":
        return Money(self.cents + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.cents - self._same(other), self.currency)

    def __mul__(self, times: int) -> "Money":
        return Money(self.cents * times, self.currency)

    __rmul__ = __mul__

    def __lt__(self, other: "Money") -> bool:
        return self.cents < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.cents <= self._same(other)

    def __gt__(self, other: "Money") -> bool:
        return self.cents > self._same(other)

    def __ge__(self, other: "Money") -> bool:
        return self.cents >= self._same(other)

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not mix.")
        return other.cents
