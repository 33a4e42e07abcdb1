"""Normal forms of what people type to say who they are."""

import re
import unicodedata


def normal_email(address: str) -> str:
    """Return the one form under which a mail address is stored and looked up: NFKC, trimmed, lower case."""
    return unicodedata.normalize("NFKC", address).strip().lower()


def enterprise_number(typed: str) -> str | None:
    """Return the ten digits of an enterprise number (BCE, KBO), or None when it cannot be one.

    Takes points, spaces, the prefix BE of VAT numbers and old numbers of nine digits. Source: Crossroads Bank for
    Enterprises (the first digit is 0 or, since 2023, 1; the last two check the others).
    """
    digits = _digits(typed).removeprefix("BE")
    if not re.fullmatch(r"[01]?[0-9]{9}", digits, re.ASCII):
        return None
    from stdnum.be import vat  # heavy: loads pydoc
    from stdnum.exceptions import ValidationError as NumberError

    try:
        number: str = vat.validate(digits)
    except NumberError:
        return None
    return number


def establishment_number(typed: str) -> str | None:
    """Return the ten digits of an establishment unit's number, or None when it cannot be one.

    The first digit is 2 to 8; the last two are 97 minus the remainder of the first eight by 97, as in enterprise
    numbers (Crossroads Bank for Enterprises).
    """
    digits = _digits(typed)
    if not re.fullmatch(r"[2-8][0-9]{9}", digits, re.ASCII):
        return None
    return digits if 97 - int(digits[:8]) % 97 == int(digits[8:]) else None


def _digits(typed: str) -> str:
    return re.sub(r"[\s./\u2010\u2011-]", "", unicodedata.normalize("NFKC", typed)).upper()
