"""The open data of the Crossroads Bank for Enterprises (KBO): how its files are read and what their codes mean.

The shape is that of the "Cookbook KBO Open data" R018.00 of the FPS Economy (§ 1.5 and 2): UTF-8, commas, texts between
double quotes, numbers with dots, days as dd-mm-yyyy. A full extract holds every active entity; an update extract holds,
for each table, the numbers to delete and the lines to insert. Unverified against a real download, which needs a
registration with the FPS.
"""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import TextIO

from django.conf import settings

#: Legal forms (code table `JuridicalForm` of code.csv) whose entities join the portal as associations: they may not
#: share profits out (Code of Companies and Associations, art. 1:2 and 1:3). All others are enterprises.
ASSOCIATION_FORMS = frozenset(
    {
        "017",  # ASBL/VZW
        "018",  # établissement d'utilité publique (law of 1921)
        "020",  # union professionnelle
        "023",  # foreign association
        "026",  # fondation privée
        "028",  # institution sans but lucratif
        "029",  # fondation d'utilité publique
        "117",  # ASBL of public law
        "125",  # AISBL/IVZW
        "325",  # AISBL of public law
        "724",  # union of workers
    }
)
#: Code table `Language`.
LANGUAGES = {"1": "fr", "2": "nl", "3": "de", "4": "en"}
#: Code table `TypeOfDenomination`, the best first: name, commercial name, abbreviation.
NAME_TYPES = ("001", "003", "002")
NATURAL_PERSON = "1"
SEAT = "REGO"
#: An extract with more lines than this that cannot be read is refused as a whole.
PROBLEMS_ALLOWED = 100

#: Table to the columns that we read; all of them must be in the head of the file.
COLUMNS: dict[str, tuple[str, ...]] = {
    "enterprise": (
        "EnterpriseNumber",
        "Status",
        "TypeOfEnterprise",
        "JuridicalForm",
        "JuridicalFormCAC",
    ),
    "denomination": ("EntityNumber", "Language", "TypeOfDenomination", "Denomination"),
    "address": (
        "EntityNumber",
        "TypeOfAddress",
        "CountryNL",
        "CountryFR",
        "Zipcode",
        "MunicipalityNL",
        "MunicipalityFR",
        "StreetNL",
        "StreetFR",
        "HouseNumber",
        "Box",
        "DateStrikingOff",
    ),
}
#: Columns that older extracts do not have.
OPTIONAL_COLUMNS = frozenset({"JuridicalFormCAC"})


class ExtractRefused(Exception):
    """The extract cannot be taken over; the message says why, for the operator. Nothing was changed."""


class Extract:
    """The files of an extract, in a folder or a zip, whatever the case of their names."""

    def __init__(self, source: Path) -> None:
        self._zip: zipfile.ZipFile | None = None
        try:
            if source.is_dir():
                self._files = {path.name.lower(): path for path in source.iterdir()}
            else:
                self._zip = zipfile.ZipFile(source)
                self._names = {Path(name).name.lower(): name for name in self._zip.namelist()}
        except (OSError, zipfile.BadZipFile) as error:
            raise ExtractRefused(f"{source.name} cannot be opened: {error}") from error

    def __enter__(self) -> "Extract":
        return self

    def __exit__(self, *_: object) -> None:
        if self._zip is not None:
            self._zip.close()

    def __contains__(self, name: str) -> bool:
        return name in (self._names if self._zip else self._files)

    def open(self, name: str) -> TextIO:
        """Open one file for reading; ExtractRefused when it is missing."""
        if name not in self:
            raise ExtractRefused(f"{name} is missing.")
        if self._zip:
            stream = self._zip.open(self._names[name])
            return io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
        return self._files[name].open(encoding="utf-8-sig", newline="")


def meta_of(extract: Extract) -> tuple[date, bool]:
    """Return the day of the snapshot and whether the extract is full; raises ExtractRefused."""
    with extract.open("meta.csv") as stream:
        values = {row[0]: row[1] for row in csv.reader(stream) if len(row) == 2}
    try:
        day = datetime.strptime(values["SnapshotDate"], "%d-%m-%Y").date()  # noqa: DTZ007  a day
        return day, {"full": True, "update": False}[values["ExtractType"].lower()]
    except (KeyError, ValueError) as error:
        raise ExtractRefused(f"meta.csv: SnapshotDate or ExtractType is missing: {error}") from None


def entity_number(text: str) -> str | None:
    """Return the ten digits of an enterprise number such as "0403.019.261"; "" for an establishment, None if wrong."""
    digits = text.replace(".", "")
    if len(digits) != 10 or not (digits.isascii() and digits.isdigit()):
        return None
    if digits[0] not in "01":
        return ""
    return digits if 97 - int(digits[:8]) % 97 == int(digits[8:]) else None


def lines_of(
    extract: Extract, name: str, wanted: tuple[str, ...], problems: list[str]
) -> Iterator[tuple[str, ...]]:
    """Yield the wanted columns of the enterprises in a file, the number first and in its ten digits.

    Lines about establishments are left out; lines that cannot be read go to `problems` with file and line number.
    Raises ExtractRefused when the rest of the file cannot be read either.
    """
    with extract.open(name) as stream:
        reader = csv.reader(stream, strict=True)
        try:
            head = next(reader, [])
            missing = [
                column for column in wanted if column not in head and column not in OPTIONAL_COLUMNS
            ]
            if missing:
                raise ExtractRefused(f"{name}: column {', '.join(missing)} is missing.")
            places = [head.index(column) if column in head else None for column in wanted]
            for row in reader:
                number = entity_number(row[places[0] or 0]) if len(row) == len(head) else None
                if number is None:
                    if len(problems) <= PROBLEMS_ALLOWED:
                        problems.append(
                            f"{name} line {reader.line_num}: not a line of the register"
                        )
                elif number:
                    rest = ("" if place is None else row[place] for place in places[1:])
                    yield (number, *rest)
        except (csv.Error, UnicodeDecodeError, zipfile.BadZipFile) as error:
            raise ExtractRefused(f"{name} line {reader.line_num}: {error}") from error


def names_of(rows: Iterable[list[str]]) -> dict[str, str]:
    """Return the official names by language; commercial names only where there is no official one."""
    by_type: dict[str, dict[str, str]] = {}
    for _number, language, kind, name in rows:
        by_type.setdefault(kind, {}).setdefault(LANGUAGES.get(language, ""), name.strip())
    return next((by_type[kind] for kind in NAME_TYPES if kind in by_type), {})


def address_of(rows: Iterable[list[str]]) -> dict[str, str]:
    """Return the address of the seat in the portal's main language where it has one; empty when struck off."""
    for row in rows:
        line = dict(zip(COLUMNS["address"], row, strict=True))
        if line["TypeOfAddress"] != SEAT or line["DateStrikingOff"]:
            continue
        first, second = ("NL", "FR") if settings.LANGUAGE_CODE == "nl" else ("FR", "NL")
        found = {
            "street": line[f"Street{first}"] or line[f"Street{second}"],
            "number": line["HouseNumber"],
            "box": line["Box"],
            "postcode": line["Zipcode"],
            "locality": line[f"Municipality{first}"] or line[f"Municipality{second}"],
            "country": line[f"Country{first}"] or line[f"Country{second}"],
        }
        return {key: value.strip() for key, value in found.items() if value.strip()}
    return {}
