"""Numbers and amounts of money, and the reader of typed numbers."""

import re
from decimal import Decimal
from typing import Any, NoReturn

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from eservices import formats
from eservices.enums import QuestionType
from eservices.money import Money
from eservices.questions.base import Question, ShowOptions, plain
from eservices.questions.conditions import DECIMAL
from eservices.questions.words import Words

#: More digits than this are not exact in every program that reads our data.
MAX_DIGITS = 15

SPACES = re.compile(r"[ \u00a0\u202f\u2009']", re.ASCII)
SHAPE = re.compile(r"([+-]?)([0-9., ]*)", re.ASCII)
GROUPED = {
    mark: re.compile(rf"[0-9]{{1,3}}(?:{re.escape(mark)}[0-9]{{3}})+", re.ASCII) for mark in " .,"
}


def parse_number(text: str) -> Decimal | None:
    """Read a number as people write it in four languages; None if empty, ValidationError if it is
    no number.

    Spaces (also narrow ones) group thousands; of point and comma the last one marks the decimals,
    the other groups. One
    single mark before exactly three digits could be either ("1.500"): that is asked back rather
    than guessed.
    """
    text = SPACES.sub(" ", text.strip().replace("\u2212", "-")).strip()
    if not text:
        return None
    match = SHAPE.fullmatch(text)
    if match is None:
        _refuse()
    sign, body = match[1], match[2].strip()
    whole, fraction = _split(sign, body)
    digits = whole + fraction
    if not digits or len(digits.lstrip("0")) > MAX_DIGITS or len(digits) > 2 * MAX_DIGITS:
        _refuse()
    number = Decimal(f"{sign}{whole or '0'}.{fraction or '0'}")
    return normal(number)


def normal(number: Decimal) -> Decimal:
    """Return a number in its one written form: no exponent, no zeros at the end, no minus zero."""
    if number == 0:
        return Decimal(0)
    text = f"{number:f}"
    return Decimal(text.rstrip("0").rstrip(".") if "." in text else text)


def typed(number: Decimal, locale: str | None = None, decimals: int = 0) -> str:
    """Return a number as it is typed in a language: without grouping, and never so that it must be
    asked back.
    """
    text = f"{number:f}"
    whole, _point, fraction = text.partition(".")
    fraction = fraction.ljust(decimals, "0")
    if (
        len(fraction) == 3
        and GROUPED["."].fullmatch(f"{whole.lstrip('-')}.{fraction}")
        and whole.strip("-0")
    ):
        fraction += "0"
    mark = "." if formats.language(locale) == "en" else ","
    return whole + (mark + fraction if fraction else "")


def _split(sign: str, body: str) -> tuple[str, str]:
    """Return the digits before and after the decimal mark; the sign is only for the question
    back.
    """
    points, commas = body.count("."), body.count(",")
    if points and commas:
        mark = max(".,", key=body.rfind)
        group = "." if mark == "," else ","
        whole, _mark, fraction = body.rpartition(mark)
        if mark in whole or " " in body or not GROUPED[group].fullmatch(whole):
            _refuse()
        return whole.replace(group, ""), _digits(fraction)
    if points + commas == 0:
        return _ungrouped(body), ""
    mark = "." if points else ","
    if points + commas > 1:
        if not GROUPED[mark].fullmatch(body):
            _refuse()
        return body.replace(mark, ""), ""
    whole, _mark, fraction = body.partition(mark)
    if GROUPED[mark].fullmatch(body) and whole.strip("0"):
        _ask_back(sign + whole, fraction, mark)
    return _ungrouped(whole) if whole else "", _digits(fraction)


def _ungrouped(whole: str) -> str:
    if " " in whole and not GROUPED[" "].fullmatch(whole):
        _refuse()
    return whole.replace(" ", "")


def _digits(fraction: str) -> str:
    if " " in fraction:
        _refuse()
    return fraction


def _refuse() -> NoReturn:
    raise ValidationError(
        _("Enter a number in figures, for example %(example)s."),
        code="number",
        params={"example": 120},
    )


def _ask_back(whole: str, fraction: str, mark: str) -> NoReturn:
    decimals = fraction.rstrip("0")
    if len(decimals) == 3:
        decimals += "0"
    raise ValidationError(
        _("Enter %(whole)s or %(decimal)s: as it stands, this number can be read in two ways."),
        code="ambiguous",
        params={
            "whole": whole + fraction,
            "decimal": whole + (mark + decimals if decimals else ""),
        },
    )


class NumberQuestion(Question):
    """A number, with a unit if the editor gave one. Stored as decimal text without superfluous
    zeros.
    """

    kin = frozenset({QuestionType.MONEY})
    short = True

    def widget(self, words: Words) -> forms.Widget:
        """A text input with the keyboard of figures: number inputs change values on scrolling and
        hide mistakes.
        """
        return forms.TextInput(
            attrs={"inputmode": "decimal" if self.spec.decimals != 0 else "numeric"}
        )

    def read(self, raw: Any) -> Decimal | None:
        """Read a number."""
        return parse_number(plain(raw))

    def check(self, value: Decimal) -> None:
        """Check decimals, least and greatest value."""
        exponent = value.as_tuple().exponent
        places = -exponent if isinstance(exponent, int) and exponent < 0 else 0
        if self.spec.decimals is not None and places > self.spec.decimals:
            if self.spec.decimals == 0:
                raise ValidationError(_("Enter a whole number, for example 120."), code="decimals")
            raise ValidationError(
                _("Enter at most %(limit)s digits after the decimal mark."),
                code="decimals",
                params={"limit": self.spec.decimals},
            )
        check_range(value, self.spec.minimum, self.spec.maximum, formats.number)

    def to_json(self, value: Decimal) -> str:
        """Plain decimal text."""
        return f"{value:f}"

    def accepts(self, answer: Any) -> bool:
        """A decimal written as text."""
        return isinstance(answer, str) and DECIMAL.fullmatch(answer) is not None

    def to_raw(self, answer: Any, locale: str | None = None) -> Any:
        """The number with the decimal mark of the language."""
        return typed(normal(Decimal(answer)), locale)

    def show(self, answer: Any, words: Words, options: ShowOptions) -> str:
        """The number with grouped thousands, and its unit."""
        unit = words.unit(self.id)
        figures = formats.number(answer, locale=options.locale)
        return f"{figures}{formats.NBSP}{unit}" if unit else figures

    def json_schema(self, words: Words) -> dict[str, Any]:
        """A decimal as text; the limits are in words, JSON Schema cannot compare texts."""
        limits = [
            f"{name} {bound:f}"
            for name, bound in (("minimum", self.spec.minimum), ("maximum", self.spec.maximum))
            if bound is not None
        ]
        schema = {"type": "string", "pattern": r"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)$"}
        return schema | ({"description": ", ".join(limits)} if limits else {})

    def convert(self, answer: Any, source: Question) -> Any:
        """An amount becomes a number without superfluous zeros."""
        return self.to_json(normal(Decimal(answer))) if source.accepts(answer) else answer


class MoneyQuestion(Question):
    """An amount in euros. Stored as decimal text with two decimals."""

    kin = frozenset({QuestionType.NUMBER})
    short = True

    def widget(self, words: Words) -> forms.Widget:
        """A text input with the keyboard of figures."""
        return forms.TextInput(attrs={"inputmode": "decimal"})

    def read(self, raw: Any) -> Money | None:
        """Read an amount; a euro sign before or after it is taken."""
        text = plain(raw)
        for mark in ("€", "EUR", "euro"):
            text = text.removeprefix(mark).removesuffix(mark).strip()
        try:
            amount = parse_number(text)
        except ValidationError as error:
            if error.code == "ambiguous":
                raise
            raise self._wrong() from None
        if amount is None:
            if plain(raw):
                raise self._wrong()
            return None
        if amount != round(amount, 2):
            raise ValidationError(
                _("An amount has at most two digits for cents, for example 12,50."), code="cents"
            )
        return Money.from_decimal(amount)

    def check(self, value: Money) -> None:
        """Check the least and greatest amount."""
        check_range(value.decimal, self.spec.minimum, self.spec.maximum, _euros)

    def to_json(self, value: Money) -> str:
        """Decimal text with two decimals."""
        return value.to_json()

    def accepts(self, answer: Any) -> bool:
        """A decimal written as text."""
        return isinstance(answer, str) and DECIMAL.fullmatch(answer) is not None

    def to_raw(self, answer: Any, locale: str | None = None) -> Any:
        """The amount with the decimal mark of the language and two decimals."""
        return typed(normal(Decimal(answer)), locale, decimals=2)

    def show(self, answer: Any, words: Words, options: ShowOptions) -> str:
        """The amount with its euro sign."""
        return formats.money(Money.from_json(answer), options.locale)

    def json_schema(self, words: Words) -> dict[str, Any]:
        """A decimal as text with at most two decimals."""
        return {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]{1,2})?$"}

    def convert(self, answer: Any, source: Question) -> Any:
        """A number becomes an amount if it has no more than two decimals."""
        if not source.accepts(answer) or Decimal(answer) != round(Decimal(answer), 2):
            return None
        return self.to_json(Money.from_json(answer))

    @staticmethod
    def _wrong() -> ValidationError:
        return ValidationError(_("Enter an amount in figures, for example 12,50."), code="money")


def check_range(
    value: Decimal, minimum: Decimal | None, maximum: Decimal | None, write: Any
) -> None:
    """Refuse (ValidationError) a value outside its bounds; `write` puts a bound into words."""
    if minimum is not None and value < minimum:
        raise ValidationError(
            _("Enter %(limit)s or more."), code="minimum", params={"limit": write(minimum)}
        )
    if maximum is not None and value > maximum:
        raise ValidationError(
            _("Enter %(limit)s or less."), code="maximum", params={"limit": write(maximum)}
        )


def _euros(amount: Decimal) -> str:
    return formats.money(Money.from_decimal(amount))
