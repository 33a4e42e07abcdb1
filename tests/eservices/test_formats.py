"""How dates, hours, numbers and amounts are written in the four languages (glossary of the
product).
"""

import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.utils.translation import override

from eservices import formats
from eservices.money import Money

LOCALES = ("fr", "nl", "de", "en")
DAY = datetime.date(2026, 7, 14)
MOMENT = datetime.datetime(2026, 7, 14, 17, 30, tzinfo=ZoneInfo("Europe/Brussels"))
JULY = [datetime.date(2026, 7, day) for day in (1, 6, 10)]


def plain(text):
    """Replace spaces that do not break, to read the expected texts with ease."""
    return text.replace("\u00a0", " ").replace("\u202f", "_")


def in_four(write, *args):
    return [plain(write(*args, locale=locale)) for locale in LOCALES]


def test_full_dates():
    assert in_four(formats.full_date, DAY) == [
        "mardi 14 juillet 2026",
        "dinsdag 14 juli 2026",
        "Dienstag, 14. Juli 2026",
        "Tuesday 14 July 2026",
    ]


def test_the_first_of_a_month_in_french_is_an_ordinal():
    assert in_four(formats.full_date, JULY[0]) == [
        "mercredi 1er juillet 2026",
        "woensdag 1 juli 2026",
        "Mittwoch, 1. Juli 2026",
        "Wednesday 1 July 2026",
    ]


def test_short_dates():
    assert in_four(formats.short_date, DAY) == [
        "14/07/2026",
        "14/07/2026",
        "14.07.2026",
        "14/07/2026",
    ]
    assert formats.short_date(datetime.date(850, 1, 2), "en") == "02/01/0850"


def test_times_have_24_hours():
    assert in_four(formats.clock, MOMENT) == ["17 h 30", "17.30 uur", "17.30 Uhr", "17:30"]
    assert in_four(formats.clock, datetime.time(9, 5)) == [
        "9 h 05",
        "9.05 uur",
        "9.05 Uhr",
        "09:05",
    ]


def test_moments():
    assert in_four(formats.date_time, MOMENT) == [
        "mardi 14 juillet 2026 à 17 h 30",
        "dinsdag 14 juli 2026 om 17.30 uur",
        "Dienstag, 14. Juli 2026 um 17.30 Uhr",
        "Tuesday 14 July 2026 at 17:30",
    ]


def test_moments_are_told_in_belgian_time():
    late = datetime.datetime(2026, 7, 14, 22, 30, tzinfo=datetime.UTC)

    assert formats.date_time(late, "en") == "Wednesday 15 July 2026 at 00:30"
    assert formats.short_date(late, "en") == "15/07/2026"


@pytest.mark.parametrize(
    ("start", "end", "texts"),
    [
        (
            JULY[1],
            JULY[2],
            [
                "du 6 au 10 juillet 2026",
                "van 6 tot en met 10 juli 2026",
                "vom 6. bis 10. Juli 2026",
                "6 to 10 July 2026",
            ],
        ),
        (
            JULY[0],
            JULY[2],
            [
                "du 1er au 10 juillet 2026",
                "van 1 tot en met 10 juli 2026",
                "vom 1. bis 10. Juli 2026",
                "1 to 10 July 2026",
            ],
        ),
        (
            datetime.date(2026, 6, 28),
            JULY[0],
            [
                "du 28 juin au 1er juillet 2026",
                "van 28 juni tot en met 1 juli 2026",
                "vom 28. Juni bis 1. Juli 2026",
                "28 June to 1 July 2026",
            ],
        ),
        (
            datetime.date(2025, 12, 30),
            JULY[1],
            [
                "du 30 décembre 2025 au 6 juillet 2026",
                "van 30 december 2025 tot en met 6 juli 2026",
                "vom 30. Dezember 2025 bis 6. Juli 2026",
                "30 December 2025 to 6 July 2026",
            ],
        ),
        (
            DAY,
            DAY,
            [
                "mardi 14 juillet 2026",
                "dinsdag 14 juli 2026",
                "Dienstag, 14. Juli 2026",
                "Tuesday 14 July 2026",
            ],
        ),
        (
            MOMENT,
            MOMENT + datetime.timedelta(hours=2),
            [
                "mardi 14 juillet 2026 de 17 h 30 à 19 h 30",
                "dinsdag 14 juli 2026 van 17.30 tot 19.30 uur",
                "Dienstag, 14. Juli 2026 von 17.30 bis 19.30 Uhr",
                "Tuesday 14 July 2026 from 17:30 to 19:30",
            ],
        ),
    ],
)
def test_periods(start, end, texts):
    assert in_four(formats.period, start, end) == texts


def test_amounts():
    assert in_four(formats.money, Money(125050)) == [
        "1_250,50 €",
        "€ 1.250,50",
        "1.250,50 €",
        "€1,250.50",
    ]
    assert in_four(formats.money, -1250) == ["-12,50 €", "€ -12,50", "-12,50 €", "-€12.50"]
    assert in_four(formats.money, 5) == ["0,05 €", "€ 0,05", "0,05 €", "€0.05"]


def test_what_costs_nothing_is_free():
    assert in_four(formats.price, 0) == ["gratuit", "gratis", "kostenlos", "free"]
    assert formats.price(Money(100), "en") == "€1.00"
    assert formats.money(0, "en") == "€0.00"


def test_numbers():
    assert in_four(formats.number, Decimal("1234567.89")) == [
        "1_234_567,89",
        "1.234.567,89",
        "1.234.567,89",
        "1,234,567.89",
    ]
    assert formats.number("-1000", locale="en") == "-1,000"
    assert formats.number(Decimal("2.345"), 2, "en") == "2.35"
    assert formats.number(Decimal("1E+3"), locale="en") == "1,000"


def test_percentages():
    assert in_four(formats.percent, 6) == ["6 %", "6%", "6 %", "6%"]


@pytest.mark.parametrize(
    ("size", "texts"),
    [
        (0, ["0 octets", "0 bytes", "0 Bytes", "0 bytes"]),
        (999, ["999 octets", "999 bytes", "999 Bytes", "999 bytes"]),
        (1500, ["1,5 ko", "1,5 kB", "1,5 kB", "1.5 kB"]),
        (24_000_000, ["24 Mo", "24 MB", "24 MB", "24 MB"]),
        (999_960, ["1 Mo", "1 MB", "1 MB", "1 MB"]),
        (2_450_000_000, ["2,5 Go", "2,5 GB", "2,5 GB", "2.5 GB"]),
    ],
)
def test_sizes_of_files(size, texts):
    assert in_four(formats.file_size, size) == texts


def test_lists_have_no_comma_before_the_last():
    assert in_four(formats.join_list, ["a", "b", "c"]) == [
        "a, b et c",
        "a, b en c",
        "a, b und c",
        "a, b and c",
    ]
    assert [formats.join_list(items, "en") for items in ([], ["a"], ["a", "b"])] == [
        "",
        "a",
        "a and b",
    ]


def test_addresses():
    home = {
        "street": "Marktstraat",
        "number": "12",
        "box": "3",
        "postcode": "4700",
        "locality": "Eupen",
    }

    assert in_four(formats.address, home) == [
        "Marktstraat 12 bte 3, 4700 Eupen",
        "Marktstraat 12 bus 3, 4700 Eupen",
        "Marktstraat 12 Bk. 3, 4700 Eupen",
        "Marktstraat 12 box 3, 4700 Eupen",
    ]
    assert formats.address({"street": "Marktstraat"}, "nl") == "Marktstraat"


@pytest.mark.parametrize(
    ("write", "value", "text"),
    [
        (formats.phone, "+3241234567", "+32 4 123 45 67"),
        (formats.phone, "+3287123456", "+32 87 12 34 56"),
        (formats.phone, "+32470123456", "+32 470 12 34 56"),
        (formats.phone, "call me", "call me"),
        (formats.national_number, "85031499701", "85.03.14-997.01"),
        (formats.masked_nn, "85031499701", "••.••.••-•••.01"),
        (formats.bce, "1999990144", "1999.990.144"),
        (formats.iban, "BE68539007547034", "BE68 5390 0754 7034"),
        (formats.structured_communication, "202600000192", "+++202/6000/00192+++"),
    ],
)
def test_official_numbers(write, value, text):
    assert write(value) == text


@pytest.mark.parametrize(
    ("active", "text"), [("fr-be", "14/07/2026"), ("de", "14.07.2026"), ("en-gb", "14/07/2026")]
)
def test_without_a_language_that_of_the_request_counts(active, text):
    with override(active):
        assert formats.short_date(DAY) == text


def test_filters_write_in_the_language_of_the_request():
    template = Template(
        "{% load formats %}{{ day|full_date }}|{{ moment|time }}|{{ fee|money }}|"
        "{{ nn|masked_nn }}|"
        "{{ day|period:day }}|{{ size|number:1 }}|{{ none|full_date }}|{{ none|number }}|"
        "{{ amount|euros }}"
    )

    with override("fr"):
        text = template.render(
            Context(
                {
                    "day": DAY,
                    "moment": MOMENT,
                    "fee": Money(4500),
                    "nn": "85031499701",
                    "size": "1234.5",
                    "none": None,
                    "amount": "12.50",
                }
            )
        )

    assert plain(text) == (
        "mardi 14 juillet 2026|17 h 30|45,00 €|••.••.••-•••.01|mardi 14 juillet 2026|1_234,5|"
        "||12,50 €"
    )


def test_money_is_counted_in_cents():
    assert Money.from_decimal(Decimal("0.005")) == Money(1)
    assert Money.from_json("12.50").to_json() == "12.50"
    assert Money(10) + Money(20) - Money(5) == Money(25)
    assert 3 * Money(10) == Money(30)
    assert Money.total([Money(1), Money(2)]) == Money(3)
    assert max(Money(1), Money(2)) == Money(2)
    assert not Money(0)
    with pytest.raises(ValueError, match="do not mix"):
        Money(1) + Money(1, "USD")


@pytest.mark.parametrize(
    ("locale", "expected"), [("fr", "déc."), ("nl", "dec"), ("de", "Dez"), ("en", "Dec")]
)
def test_short_month_as_on_a_calendar_leaf(locale, expected):
    assert formats.short_month(datetime.date(2026, 12, 15), locale).rstrip(".") == expected.rstrip(
        "."
    )


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fr", ("mardi", "1er décembre", "décembre 2026")),
        ("nl", ("dinsdag", "1 december", "december 2026")),
        ("de", ("Dienstag", "1. Dezember", "Dezember 2026")),
        ("en", ("Tuesday", "1 December", "December 2026")),
    ],
)
def test_parts_of_a_day(language, words):
    day = datetime.date(2026, 12, 1)
    parts = (formats.weekday, formats.day_and_month, formats.month)
    assert tuple(write(day, language) for write in parts) == words
