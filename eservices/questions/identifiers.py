"""Official numbers with check digits: national or BIS number, enterprise number, bank account.

Sources: Royal Decree of 3 April 1984 (national number), of 8 February 1991 (BIS number), Crossroads
Bank for Enterprises (first digit 0 or 1 since 2023), ISO 13616 (IBAN).
"""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from eservices import formats
from eservices.questions.base import Question, ShowOptions, plain
from eservices.questions.words import Words

ELEVEN_DIGITS = re.compile(r"[0-9]{11}", re.ASCII)
ENTERPRISE = re.compile(r"[01]?[0-9]{9}", re.ASCII)
IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", re.ASCII)
SEPARATORS = re.compile(r"[\s./\u2011-]")


def _compact(raw: Any) -> str:
    return SEPARATORS.sub("", plain(raw)).upper()


def is_national_number(digits: str) -> bool:
    """Whether eleven digits can be a national or a BIS number."""
    from stdnum.be import bis, nn  # heavy: loads pydoc

    return ELEVEN_DIGITS.fullmatch(digits) is not None and (
        nn.is_valid(digits) or bis.is_valid(digits)
    )


class NationalNumberQuestion(Question):
    """A national or BIS number, stored as eleven digits, always encrypted and masked."""

    short = True
    masks_itself = True

    def widget(self, words: Words) -> forms.Widget:
        """A text input that browsers do not remember."""
        return forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})

    def read(self, raw: Any) -> str | None:
        """Read eleven digits with or without separators and check them."""
        digits = _compact(raw)
        if not digits:
            return None
        if not ELEVEN_DIGITS.fullmatch(digits):
            raise ValidationError(
                _("Enter the 11 digits on the back of the card, for example 85.03.14-997.01."),
                code="national_number",
            )
        if not is_national_number(digits):
            raise ValidationError(
                _("This number cannot exist: check the 11 digits on the back of the card."),
                code="national_number_check",
            )
        return digits

    def to_raw(self, answer: Any, locale: str | None = None) -> Any:
        """The number with its separators."""
        return formats.national_number(answer)

    def show(self, answer: Any, words: Words, options: ShowOptions) -> str:
        """The number, masked unless the reader may see it."""
        return formats.masked_nn(answer) if options.masked else formats.national_number(answer)

    def json_schema(self, words: Words) -> dict[str, Any]:
        """Eleven digits."""
        return {"type": "string", "pattern": "^[0-9]{11}$"}


class BceQuestion(Question):
    """An enterprise number (BCE, KBO), stored as ten digits."""

    short = True

    def widget(self, words: Words) -> forms.Widget:
        """A text input with the keyboard of figures."""
        return forms.TextInput(attrs={"inputmode": "numeric"})

    def read(self, raw: Any) -> str | None:
        """Read an enterprise or VAT number; old ones of nine digits get their leading zero."""
        digits = _compact(raw).removeprefix("BE")
        if not digits:
            if plain(raw):
                raise self._wrong()
            return None
        if not ENTERPRISE.fullmatch(digits):
            raise self._wrong()
        from stdnum.be import vat  # heavy: loads pydoc
        from stdnum.exceptions import ValidationError as NumberError

        try:
            return vat.validate(digits)
        except NumberError:
            raise ValidationError(
                _("This enterprise number cannot exist: check its 10 digits."), code="bce_check"
            ) from None

    def to_raw(self, answer: Any, locale: str | None = None) -> Any:
        """The number with its points."""
        return formats.bce(answer)

    def show(self, answer: Any, words: Words, options: ShowOptions) -> str:
        """The number with its points."""
        return formats.bce(answer)

    def json_schema(self, words: Words) -> dict[str, Any]:
        """Ten digits, the first 0 or 1."""
        return {"type": "string", "pattern": "^[01][0-9]{9}$"}

    @staticmethod
    def _wrong() -> ValidationError:
        return ValidationError(
            _("Enter an enterprise number of 10 digits, for example 1999.990.144."), code="bce"
        )


class IbanQuestion(Question):
    """A bank account number (IBAN) of any country, stored without spaces."""

    def widget(self, words: Words) -> forms.Widget:
        """A text input that browsers do not remember."""
        return forms.TextInput(attrs={"autocomplete": "off"})

    def read(self, raw: Any) -> str | None:
        """Read an IBAN with or without spaces; length and check digits must be right for its
        country.
        """
        text = _compact(raw)
        if not text:
            return None
        if not IBAN.fullmatch(text):
            raise ValidationError(
                _("Enter an account number (IBAN), for example BE68 5390 0754 7034."), code="iban"
            )
        from stdnum import iban  # heavy: loads pydoc
        from stdnum.exceptions import ValidationError as NumberError

        try:
            return iban.validate(text, check_country=False)
        except NumberError:
            raise ValidationError(
                _("This account number cannot exist: check its letters and digits."),
                code="iban_check",
            ) from None

    def to_raw(self, answer: Any, locale: str | None = None) -> Any:
        """The number in groups of four."""
        return formats.iban(answer)

    def show(self, answer: Any, words: Words, options: ShowOptions) -> str:
        """The number in groups of four."""
        return formats.iban(answer)

    def json_schema(self, words: Words) -> dict[str, Any]:
        """An IBAN without spaces."""
        return {"type": "string", "pattern": "^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$"}
