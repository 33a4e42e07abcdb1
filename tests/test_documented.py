"""What the documents promise to list, they list."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import get_resolver
from django.utils import translation

from eservices.errors import DomainError
from portal.logging import ALLOWED

ROOT = Path(__file__).resolve().parents[1]
ERRORS = (ROOT / "docs" / "errors.md").read_text()
OPERATIONS = (ROOT / "docs" / "operations.md").read_text()


def refusals(base: type[DomainError] = DomainError) -> Iterator[type[DomainError]]:
    """All refusals of the product, once everything that has addresses is loaded."""
    assert get_resolver().url_patterns
    for error in base.__subclasses__():
        if not error.__module__.startswith("tests."):
            yield error
            yield from refusals(error)


def rows() -> dict[str, list[str]]:
    """The cells of the table by code."""
    found = re.findall(r"^\| `([\w.]+)` \| (.+) \|$", ERRORS, re.MULTILINE)
    return {code: [cell.strip() for cell in rest.split("|")] for code, rest in found}


def test_every_refusal_is_listed_with_its_status_and_text():
    listed = rows()
    seen = set()
    with translation.override("en"):
        for error in refusals():
            seen.add(error.code)
            assert error.code in listed, f"docs/errors.md lacks {error.code}"
            status, text, *_when = listed[error.code]
            assert status == str(error.status), error.code
            if error.__str__ is DomainError.__str__:
                assert text == str(error.message), error.code
    assert len(seen) > 30


def test_no_refusal_is_listed_that_does_not_exist():
    known = {error.code for error in refusals()}
    by_the_web = set(re.findall(r"^\| `(\w+)` \| \d+ \| [^|]+ \|$", ERRORS, re.MULTILINE))
    assert set(rows()) - known - by_the_web == set()


def test_codes_are_stable_words_and_belong_to_one_meaning():
    by_code: dict[str, set[str]] = {}
    for error in refusals():
        assert re.fullmatch(r"[a-z_]+(\.[a-z_]+)?", error.code), error
        if "code" in vars(error):
            by_code.setdefault(error.code, set()).add(error.__qualname__)
    assert {code: names for code, names in by_code.items() if len(names) > 1} == {}


@pytest.mark.parametrize("name", ["base", "production"])
def test_every_environment_variable_is_listed(name):
    text = (ROOT / "site" / "portal" / "settings" / f"{name}.py").read_text()
    read = set(re.findall(r"(?:environ\.get|_required)\(\s*\"(\w+)\"", text))
    assert read
    missing = {variable for variable in read if f"`{variable}`" not in OPERATIONS}
    assert missing == set()


def test_every_field_of_the_log_is_listed():
    line = next(line for line in OPERATIONS.splitlines() if "Fields:" in line)
    assert set(line.split("`")[1].split()) >= ALLOWED
