"""How dates, hours, numbers, amounts and official numbers are written for people, in fr, nl, de and
en.

Babel (CLDR) gives the names of days and months; the patterns are ours, because CLDR and Django
differ from what a Belgian town hall writes: "1er juillet", "17 h 30", "17.30 uur", 24 hours in
English, narrow spaces in French thousands. Every function takes an optional language; without one
it writes in the language of the request. Spaces that must not break are U+00A0, French thousands
U+202F.
"""

import datetime
from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal

from django.utils import timezone
from django.utils.translation import get_language

from eservices.money import Money

LOCALES: Mapping[str, str] = {"fr": "fr_BE", "nl": "nl_BE", "de": "de_BE", "en": "en_GB"}
NBSP = "\u00a0"
NARROW = "\u202f"

_GROUP = {"fr": NARROW, "nl": ".", "de": ".", "en": ","}
_POINT = {"fr": ",", "nl": ",", "de": ",", "en": "."}
_DAY = {"fr": "d MMMM", "nl": "d MMMM", "de": "d. MMMM", "en": "d MMMM"}
_FIRST = {**_DAY, "fr": "'1er' MMMM"}
_AT = {"fr": "à", "nl": "om", "de": "um", "en": "at"}
_FROM = {"fr": "du", "nl": "van", "de": "vom", "en": ""}
_TO = {"fr": "au", "nl": "tot en met", "de": "bis", "en": "to"}
_HOURS = {
    "fr": "de {start} à {end}",
    "nl": "van {start} tot {end}",
    "de": "von {start} bis {end}",
    "en": "from {start} to {end}",
}
_AND = {"fr": "et", "nl": "en", "de": "und", "en": "and"}
_OR = {"fr": "ou", "nl": "of", "de": "oder", "en": "or"}
_FREE = {"fr": "gratuit", "nl": "gratis", "de": "kostenlos", "en": "free"}
_BOX = {"fr": "bte", "nl": "bus", "de": "Bk.", "en": "box"}
_BYTES = {
    "fr": ("octets", "ko", "Mo", "Go"),
    "nl": ("bytes", "kB", "MB", "GB"),
    "de": ("Bytes", "kB", "MB", "GB"),
    "en": ("bytes", "kB", "MB", "GB"),
}
#: Belgian zones of one digit; all other fixed lines have two.
_SHORT_ZONES = frozenset("2349")

Day = datetime.date | datetime.datetime


def language(locale: str | None = None) -> str:
    """Return the language that formats know: the given one, else the active one, else French."""
    code = (locale or get_language() or "fr").replace("_", "-").split("-")[0]
    return code if code in LOCALES else "fr"


def full_date(value: Day, locale: str | None = None) -> str:
    """Write a day with its week day: "mardi 14 juillet 2026", "Dienstag, 14. Juli 2026"."""
    code, day = language(locale), _day(value)
    comma = "," if code == "de" else ""
    return _babel(day, f"EEEE{comma} {_day_pattern(day, code)} y", code)


def long_date(value: Day, locale: str | None = None) -> str:
    """Write a day without its week day: "14 juillet 2026", "1er juillet 2026"."""
    code, day = language(locale), _day(value)
    return _babel(day, f"{_day_pattern(day, code)} y", code)


def short_date(value: Day, locale: str | None = None) -> str:
    """Write a day in figures, for tables: "14/07/2026", in German "14.07.2026"."""
    day = _day(value)
    mark = "." if language(locale) == "de" else "/"
    return f"{day.day:02d}{mark}{day.month:02d}{mark}{day.year:04d}"


def short_month(value: Day, locale: str | None = None) -> str:
    """Write a month in short, as on a calendar leaf: "juil.", "jul", "Juli", "Jul"."""
    return _babel(_day(value), "LLL", language(locale))


def day_and_month(value: Day, locale: str | None = None) -> str:
    """Write a day without its year: "14 juillet", "14. Juli"."""
    code, day = language(locale), _day(value)
    return _babel(day, _day_pattern(day, code), code)


def month(value: Day, locale: str | None = None) -> str:
    """Write a month with its year: "juillet 2026"."""
    return _babel(_day(value), "LLLL y", language(locale))


def weekday(value: Day, locale: str | None = None) -> str:
    """Write the day of the week: "mardi", "dinsdag", "Dienstag", "Tuesday"."""
    return _babel(_day(value), "cccc", language(locale))


def clock(value: datetime.time | datetime.datetime, locale: str | None = None) -> str:
    """Write an hour of the day: "17 h 30", "17.30 uur", "17.30 Uhr", "17:30"."""
    code = language(locale)
    suffix = {"nl": f"{NBSP}uur", "de": f"{NBSP}Uhr"}.get(code, "")
    return _bare_clock(value, code) + suffix


def date_time(value: datetime.datetime, locale: str | None = None) -> str:
    """Write a moment: "mardi 14 juillet 2026 à 17 h 30"."""
    code = language(locale)
    local = _local(value)
    return f"{full_date(local, code)} {_AT[code]} {clock(local, code)}"


def period(start: Day, end: Day, locale: str | None = None) -> str:
    """Write from when to when, the end included: "du 6 au 10 juillet 2026", "van 6 tot en met 10
    juli 2026".

    Two moments of one day give the day and the hours; two equal days give the day.
    """
    code = language(locale)
    first, last = _day(start), _day(end)
    if first == last:
        if isinstance(start, datetime.datetime) and isinstance(end, datetime.datetime):
            begins = _bare_clock(start, code) if code in ("nl", "de") else clock(start, code)
            hours = _HOURS[code].format(start=begins, end=clock(end, code))
            return f"{full_date(first, code)} {hours}"
        return full_date(first, code)
    if first.year != last.year:
        begin = long_date(first, code)
    elif first.month != last.month:
        begin = _babel(first, _day_pattern(first, code), code)
    else:
        begin = {"fr": "1er" if first.day == 1 else str(first.day), "de": f"{first.day}."}.get(
            code, str(first.day)
        )
    return " ".join(filter(None, (_FROM[code], begin, _TO[code], long_date(last, code))))


def number(
    value: Decimal | int | str, decimals: int | None = None, locale: str | None = None
) -> str:
    """Write a number with grouped thousands: "1 234 567,89"; `decimals` fixes how many are
    shown.
    """
    code = language(locale)
    amount = Decimal(value)
    if decimals is not None:
        amount = amount.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    sign = "-" if amount < 0 else ""
    whole, _, fraction = f"{abs(amount):f}".partition(".")
    grouped = f"{int(whole):,}".replace(",", _GROUP[code])
    return sign + grouped + (_POINT[code] + fraction if fraction else "")


def percent(value: Decimal | int | str, locale: str | None = None) -> str:
    """Write a percentage: "6 %" in French and German, "6%" in Dutch and English."""
    code = language(locale)
    return number(value, locale=code) + (f"{NBSP}%" if code in ("fr", "de") else "%")


def money(value: Money | int, locale: str | None = None) -> str:
    """Write an amount (Money or cents) with two decimals: "1 250,50 €", "€ 1.250,50",
    "€1,250.50".
    """
    code = language(locale)
    amount = value if isinstance(value, Money) else Money(value)
    mark = "€" if amount.currency == "EUR" else amount.currency
    figures = number(abs(amount.decimal), 2, code)
    sign = "-" if amount.cents < 0 else ""
    match code:
        case "nl":
            return f"{mark}{NBSP}{sign}{figures}"
        case "en":
            return f"{sign}{mark}{figures}"
        case _:
            return f"{sign}{figures}{NBSP}{mark}"


def price(value: Money | int, locale: str | None = None) -> str:
    """Write what something costs: an amount, or "gratuit", "gratis", "kostenlos", "free" for
    zero.
    """
    amount = value if isinstance(value, Money) else Money(value)
    return money(amount, locale) if amount else _FREE[language(locale)]


def phone(value: str) -> str:
    """Write a stored phone number (E.164) in groups: "+32 4 123 45 67". What is not a number stays
    as it is.
    """
    import phonenumbers  # heavy: the numbers of the world

    try:
        parsed = phonenumbers.parse(value, "BE")
    except phonenumbers.NumberParseException:
        return value
    if parsed.country_code != 32 or phonenumbers.is_valid_number(parsed):
        return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    digits = str(parsed.national_number)
    if len(digits) == 8 and digits[0] in _SHORT_ZONES:
        return f"+32 {digits[0]} {digits[1:4]} {digits[4:6]} {digits[6:]}"
    if len(digits) == 8:
        return f"+32 {digits[:2]} {digits[2:4]} {digits[4:6]} {digits[6:]}"
    return f"+32 {digits}"


def national_number(value: str) -> str:
    """Write the eleven digits of a national or BIS number: "85.03.14-997.01"."""
    d = value
    return f"{d[:2]}.{d[2:4]}.{d[4:6]}-{d[6:9]}.{d[9:]}" if len(d) == 11 else d


def masked_nn(value: str) -> str:
    """Write a national number so that only its check digits can be read: "••.••.••-•••.01"."""
    return f"••.••.••-•••.{value[-2:]}" if value else ""


def bce(value: str) -> str:
    """Write the ten digits of an enterprise number: "1999.990.144"."""
    return f"{value[:4]}.{value[4:7]}.{value[7:]}" if len(value) == 10 else value


def vat(value: str) -> str:
    """Write an enterprise number as a VAT number: "BE 1999.990.144"."""
    return f"BE{NBSP}{bce(value)}"


def iban(value: str) -> str:
    """Write an account number in groups of four: "BE68 5390 0754 7034"."""
    compact = value.replace(" ", "")
    return " ".join(compact[at : at + 4] for at in range(0, len(compact), 4))


def structured_communication(value: str) -> str:
    """Write the twelve digits of a structured communication: "+++202/6000/00192+++"."""
    return f"+++{value[:3]}/{value[3:7]}/{value[7:]}+++" if len(value) == 12 else value


def file_size(size: int, locale: str | None = None) -> str:
    """Write a size in bytes with decimal units: "24 Mo", "1,5 Mo" in French, "1.5 MB" in
    English.
    """
    code = language(locale)
    amount, unit = Decimal(size), 0
    while (
        amount.quantize(Decimal(1) if unit == 0 else Decimal("0.1"), ROUND_HALF_UP) >= 1000
        and unit < 3
    ):
        amount, unit = amount / 1000, unit + 1
    rounded = amount.quantize(Decimal("0.1"), ROUND_HALF_UP)
    whole = unit == 0 or rounded >= 10 or rounded == rounded.to_integral_value()
    return f"{number(amount, 0 if whole else 1, code)}{NBSP}{_BYTES[code][unit]}"


def join_list(items: Iterable[object], locale: str | None = None) -> str:
    """Write a list: "a, b et c", without a comma before the last."""
    words = [str(item) for item in items]
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {_AND[language(locale)]} {words[-1]}"


def join_choices(items: Iterable[object], locale: str | None = None) -> str:
    """Write a list of which one is enough: "a, b ou c"."""
    words = [str(item) for item in items]
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {_OR[language(locale)]} {words[-1]}"


def address(value: Mapping[str, str], locale: str | None = None) -> str:
    """Write an address on one line: "Rue du Marché 12 bte 3, 4700 Eupen"; parts that are missing
    are left out.
    """
    part = {
        name: value.get(name) or "" for name in ("street", "number", "box", "postcode", "locality")
    }
    box = f"{_BOX[language(locale)]} {part['box']}" if part["box"] else ""
    street = " ".join(filter(None, (part["street"], part["number"], box)))
    town = " ".join(filter(None, (part["postcode"], part["locality"])))
    return ", ".join(filter(None, (street, town)))


def _local(value: datetime.datetime) -> datetime.datetime:
    return timezone.localtime(value) if timezone.is_aware(value) else value


def _day(value: Day) -> datetime.date:
    return _local(value).date() if isinstance(value, datetime.datetime) else value


def _bare_clock(value: datetime.time | datetime.datetime, code: str) -> str:
    moment = _local(value) if isinstance(value, datetime.datetime) else value
    match code:
        case "fr":
            return f"{moment.hour}{NBSP}h{NBSP}{moment.minute:02d}"
        case "nl" | "de":
            return f"{moment.hour}.{moment.minute:02d}"
        case _:
            return f"{moment.hour:02d}:{moment.minute:02d}"


def _day_pattern(day: datetime.date, code: str) -> str:
    return _FIRST[code] if day.day == 1 else _DAY[code]


def _babel(day: datetime.date, pattern: str, code: str) -> str:
    from babel.dates import format_date  # heavy: the calendars of all languages

    return str(format_date(day, pattern, locale=LOCALES[code]))
