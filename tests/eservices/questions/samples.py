"""A form with every type of question, in four languages, and chance forms and answers for property
tests.
"""

import datetime
import unicodedata

from hypothesis import strategies as st

from eservices.questions.structure import Structure
from eservices.questions.words import Words

LOCALES = ("fr", "nl", "de", "en")

ALL_TYPES = {
    "format": 1,
    "chapters": [
        {
            "id": "c-1",
            "fields": [
                {"id": "q-text", "type": "text", "required": True, "max_length": 80},
                {"id": "q-long", "type": "long_text"},
                {"id": "q-number", "type": "number"},
                {
                    "id": "q-count",
                    "type": "number",
                    "decimals": 0,
                    "minimum": "1",
                    "maximum": "2000",
                },
                {"id": "q-money", "type": "money", "minimum": "0"},
                {"id": "q-date", "type": "date", "required": True},
                {"id": "q-until", "type": "date", "not_before": "q-date"},
                {"id": "q-time", "type": "time"},
                {"id": "q-period", "type": "period"},
                {
                    "id": "q-total",
                    "type": "calculated",
                    "formula": "{q-count} * 2 + {q-money}",
                    "money": True,
                },
            ],
        },
        {
            "id": "c-2",
            "fields": [
                {"id": "q-email", "type": "email"},
                {"id": "q-phone", "type": "phone"},
                {"id": "q-nn", "type": "national_number"},
                {"id": "q-bce", "type": "bce"},
                {"id": "q-iban", "type": "iban", "sensitive": True},
                {"id": "q-yes", "type": "yes_no", "required": True},
                {
                    "id": "q-choice",
                    "type": "choice",
                    "required": True,
                    "options": [{"id": "o-1", "key": "house"}, {"id": "o-2"}],
                    "show_if": [{"field": "q-yes", "op": "is", "value": "yes"}],
                },
                {
                    "id": "q-choices",
                    "type": "choices",
                    "options": [{"id": "o-3"}, {"id": "o-4"}, {"id": "o-5"}],
                },
            ],
        },
        {
            "id": "c-3",
            "fields": [
                {"id": "q-info", "type": "info"},
                {"id": "q-address", "type": "address", "required": True},
                {"id": "q-file", "type": "file", "max_files": 3},
                {
                    "id": "q-table",
                    "type": "table",
                    "max_rows": 4,
                    "columns": [
                        {"id": "k-name", "type": "text", "required": True, "max_length": 50},
                        {"id": "k-size", "type": "number"},
                        {
                            "id": "k-kind",
                            "type": "choice",
                            "options": [{"id": "o-6"}, {"id": "o-7"}],
                        },
                        {"id": "k-day", "type": "date"},
                        {"id": "k-fine", "type": "yes_no"},
                    ],
                },
                {"id": "q-consent", "type": "consent", "required": True},
            ],
        },
    ],
}

#: One right answer of each type.
ANSWERS = {
    "q-text": "Fête de quartier",
    "q-long": "Première ligne\nDeuxième ligne",
    "q-number": "12.5",
    "q-count": "120",
    "q-money": "1250.50",
    "q-date": "2026-07-14",
    "q-until": "2026-07-15",
    "q-time": "17:30",
    "q-period": {"from": "2026-07-14", "to": "2026-07-20"},
    "q-email": "Anna@example.org",
    "q-phone": "+32470123456",
    "q-nn": "85031499701",
    "q-bce": "1999990144",
    "q-iban": "BE68539007547034",
    "q-yes": True,
    "q-choice": "o-1",
    "q-choices": ["o-3", "o-5"],
    "q-address": {
        "street": "Rue du Marché",
        "number": "12",
        "box": "3",
        "postcode": "4700",
        "locality": "Eupen",
    },
    "q-file": ["9f0c3f7e-1111-4000-8000-000000000001"],
    "q-table": [{"k-name": "Porte", "k-size": "2.5", "k-kind": "o-7", "k-fine": False}],
    "q-consent": True,
}


def words_for(raw, locale="en"):
    """Invent words for every id of a raw structure."""
    words = {}
    for chapter in raw["chapters"]:
        words[chapter["id"]] = {"title": f"Chapter {chapter['id']}"}
        for question in chapter["fields"]:
            kind = "text" if question["type"] == "info" else "label"
            words[question["id"]] = {kind: f"Question {question['id']}"}
            for item in (question, *question.get("columns", ())):
                words.setdefault(item["id"], {"label": f"Column {item['id']}"})
                for option in item.get("options", ()):
                    words[option["id"]] = {"label": f"Option {option['id']}"}
    return Words.from_json(words, locale)


STRUCTURE = Structure.from_json(ALL_TYPES)
WORDS = {locale: words_for(ALL_TYPES, locale) for locale in LOCALES}


def form_of(*questions):
    """Return the structure of one chapter with these raw questions, and invented words."""
    raw = {"format": 1, "chapters": [{"id": "c-1", "fields": list(questions)}]}
    return Structure.from_json(raw), words_for(raw)


# Chance answers, in the form in which they are stored

TEXTS = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=40
)


def _stored_text(text):
    return " ".join(unicodedata.normalize("NFC", text).split())


def decimals(places):
    """Numbers as they are stored: no exponent, no zeros at the end."""

    def written(pair):
        whole, fraction = pair
        tail = fraction.rstrip("0")
        return f"{whole}.{tail}" if tail else str(whole)

    fractions = st.text("0123456789", max_size=places)
    return st.tuples(st.integers(-(10**8), 10**8), fractions).map(written)


def _national(number):
    head = f"{number:09d}"
    return head + f"{97 - int(head) % 97:02d}"


NATIONAL_NUMBERS = st.builds(
    lambda day, serial: _national(int(f"{day:%y%m%d}{serial:03d}")),
    st.dates(datetime.date(1930, 1, 1), datetime.date(1999, 12, 31)),
    st.integers(1, 997),
)
BCES = st.integers(2_000_000, 19_999_999).map(lambda head: f"{head:08d}{97 - head % 97:02d}")


def _iban(account):
    body = f"{account:010d}{account % 97 or 97:02d}"
    return f"BE{98 - int(body + '111400') % 97:02d}{body}"


IBANS = st.integers(1, 10**10 - 1).map(_iban)
PHONES = st.one_of(
    st.integers(70_000_000, 99_999_999).map(lambda rest: f"+324{rest:08d}"),
    st.sampled_from(["+3241234567", "+3287123456", "+4930123456", "+31201234567", "+33123456789"]),
)
SAFE_TEXTS = TEXTS.map(_stored_text).filter(bool)
DATES = st.dates(datetime.date(1850, 1, 1), datetime.date(2200, 12, 31)).map(
    datetime.date.isoformat
)
PERIODS = st.fixed_dictionaries({}, optional={"from": DATES, "to": DATES}).filter(bool)
TIMES = st.times().map(lambda moment: moment.strftime("%H:%M"))
AMOUNTS = st.integers(-(10**10), 10**10).map(
    lambda cents: f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02d}"
)
LONG_TEXTS = st.lists(SAFE_TEXTS, min_size=1, max_size=4).map("\n".join)
ADDRESSES = st.fixed_dictionaries(
    {},
    optional={
        "street": SAFE_TEXTS,
        "number": st.sampled_from(["1", "12A", "7/3"]),
        "box": st.sampled_from(["1", "bis"]),
        "postcode": st.integers(1000, 9999).map(str),
        "locality": SAFE_TEXTS,
    },
).filter(bool)


def _some(options):
    return st.lists(st.sampled_from(options), min_size=1, unique=True).map(
        lambda chosen: [name for name in options if name in chosen]
    )


ROWS = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "k-name": SAFE_TEXTS,
            "k-size": decimals(5),
            "k-kind": st.sampled_from(["o-6", "o-7"]),
            "k-day": DATES,
            "k-fine": st.booleans(),
        },
    ).filter(bool),
    min_size=1,
    max_size=4,
)

ALL_ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        "q-text": SAFE_TEXTS,
        "q-long": LONG_TEXTS,
        "q-number": decimals(6),
        "q-count": decimals(0),
        "q-money": AMOUNTS,
        "q-date": DATES,
        "q-until": DATES,
        "q-time": TIMES,
        "q-period": PERIODS,
        "q-email": st.sampled_from(["a@b.be", "Anna.Peeters+x@example.org"]),
        "q-phone": PHONES,
        "q-nn": NATIONAL_NUMBERS,
        "q-bce": BCES,
        "q-iban": IBANS,
        "q-yes": st.booleans(),
        "q-choice": st.sampled_from(["o-1", "o-2"]),
        "q-choices": _some(["o-3", "o-4", "o-5"]),
        "q-address": ADDRESSES,
        "q-file": st.lists(st.uuids().map(str), min_size=1, max_size=3, unique=True),
        "q-table": ROWS,
        "q-consent": st.just(True),
    },
)
