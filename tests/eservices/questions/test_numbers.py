"""Numbers as people type them in four languages."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from eservices import formats
from eservices.questions.numbers import normal, parse_number, typed
from tests.eservices.questions.samples import LOCALES, decimals


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", "0"),
        ("-0", "0"),
        ("120", "120"),
        (" 120 ", "120"),
        ("007", "7"),
        ("+5", "5"),
        ("-5", "-5"),
        ("−5", "-5"),
        ("12,5", "12.5"),
        ("12.5", "12.5"),
        ("12,50", "12.5"),
        ("5.", "5"),
        (",5", "0.5"),
        ("0,125", "0.125"),
        ("0.125", "0.125"),
        ("1234,567", "1234.567"),
        ("1 500", "1500"),
        ("1\u00a0500", "1500"),
        ("1\u202f500", "1500"),
        ("1 234 567,89", "1234567.89"),
        ("1 500,500", "1500.5"),
        ("1.500,50", "1500.5"),
        ("1,500.50", "1500.5"),
        ("1.234.567", "1234567"),
        ("1,234,567", "1234567"),
        ("1.234.567,8", "1234567.8"),
        ("999999999999999", "999999999999999"),
    ],
)
def test_numbers_are_read_as_meant(text, number):
    assert parse_number(text) == Decimal(number)
    assert f"{parse_number(text):f}" == number


@pytest.mark.parametrize("text", ["", " ", "\u00a0"])
def test_nothing_is_no_number(text):
    assert parse_number(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "une centaine",
        "1e3",
        "NaN",
        "Infinity",
        "0x10",
        "1_000",
        "٣",
        "３",
        "--5",
        "5-",
        "1 5",
        "1 50 000",
        "15 00",
        "1.5,00.1",
        "1.50.000",
        "12.34,5",
        "1,2,3",
        ".",
        ",",
        "-",
        "1.5.",
        "12,5 0",
        "9999999999999999",
        "1" * 200,
    ],
)
def test_other_texts_are_refused(text):
    with pytest.raises(ValidationError) as caught:
        parse_number(text)

    assert caught.value.code == "number"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1.500", "Enter 1500 or 1.5: as it stands, this number can be read in two ways."),
        ("12,345", "Enter 12345 or 12,3450: as it stands, this number can be read in two ways."),
        ("-1.000", "Enter -1000 or -1: as it stands, this number can be read in two ways."),
    ],
)
def test_one_mark_before_three_digits_is_asked_back(text, message):
    with pytest.raises(ValidationError) as caught:
        parse_number(text)

    assert caught.value.code == "ambiguous"
    assert caught.value.messages == [message]


@pytest.mark.parametrize("text", ["1500", "1.5", "12345", "12,3450"])
def test_both_readings_offered_are_accepted(text):
    assert parse_number(text) is not None


@settings(max_examples=200, deadline=None)
@given(text=decimals(6), locale=st.sampled_from(LOCALES))
def test_typed_and_written_numbers_are_read_back(text, locale):
    number = normal(Decimal(text))

    assert parse_number(typed(number, locale)) == number
    written = formats.number(number, locale=locale)
    try:
        again = parse_number(written)
    except ValidationError as error:
        again = error.code
    assert again in (number, "ambiguous")


@settings(max_examples=300, deadline=None)
@given(text=st.text("0123456789., -+\u202f", max_size=12))
def test_no_text_breaks_the_reader(text):
    try:
        number = parse_number(text)
    except ValidationError as error:
        number = None
        told = error.messages[0]
    else:
        told = ""

    assert told == "" or told.endswith(".")
    assert number is None or f"{number:f}" == f"{normal(number):f}"
