"""Looks for a national number in all that was written or sent: database, sessions, files, letters, logs, answers."""

import base64
import gzip
import hashlib
import io
import itertools
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pypdf
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection

#: What may stand between the figures of a number, whoever writes it.
_BETWEEN = r"[\s./\u2011\u2013\u00a0_-]{0,3}"


def pattern(number: str) -> re.Pattern[str]:
    """Every spelling of a number: with separators anywhere, encoded as base64, or hashed without a key."""
    spaced = r"(?<!\d)" + _BETWEEN.join(number) + r"(?!\d)"
    hidden = [hashlib.new(name, number.encode()).hexdigest() for name in ("md5", "sha1", "sha256")]
    for before in range(3):  # base64 depends on what stands before
        text = base64.b64encode(b"x" * before + number.encode()).decode()
        hidden.append(text[4 if before else 0 : 12])
    return re.compile("|".join([spaced, *map(re.escape, hidden)]))


def text_of(value: Any) -> str:
    """A value as text, whatever it is; compressed and PDF bytes are opened."""
    if isinstance(value, memoryview):
        value = bytes(value)
    if isinstance(value, bytes):
        if value.startswith(b"%PDF"):
            reader = pypdf.PdfReader(io.BytesIO(value))
            pages = " ".join(page.extract_text() for page in reader.pages)
            return f"{pages} {dict(reader.metadata or {})}"
        if value.startswith(b"\x1f\x8b"):
            value = gzip.decompress(value)
        return value.decode("utf-8", "replace")
    return value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)


class Traces:
    """Collects what leaves the portal and what stays in it; `found` names the places that hold a number."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []

    def keep(self, place: str, *values: Any) -> None:
        """Note something that was sent."""
        self.sent += [(place, text_of(value)) for value in values]

    def response(self, place: str, response: Any, *, own: bool = False) -> Any:
        """Note an answer: address, headers and body; the body is left out where a person reads what is theirs."""
        self.keep(f"{place}: address", unquote(str(getattr(response, "url", ""))))
        self.keep(f"{place}: headers", unquote(str(dict(response.items()))))
        self.keep(f"{place}: cookies", str(response.cookies))
        if not own:
            body = b"".join(response) if response.streaming else response.content
            self.keep(f"{place}: body", body)
        return response

    def places(self) -> Iterator[tuple[str, str]]:
        """Everything there is, by place."""
        yield from self.sent
        yield from _rows()
        yield from _sessions()
        yield from _letters()
        yield from _files()

    def found(self, *numbers: str) -> list[str]:
        """The places that hold one of the numbers, in any spelling."""
        wanted = [pattern(number) for number in numbers]
        return sorted(
            {place for place, text in self.places() if any(one.search(text) for one in wanted)}
        )


def _rows() -> Iterator[tuple[str, str]]:
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
    for table in sorted(tables):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for name, value in zip(names, row, strict=True):
                    yield f"table {table}.{name}", text_of(value)


def _sessions() -> Iterator[tuple[str, str]]:
    for session in Session.objects.all():
        yield "session", text_of(session.get_decoded())


def _letters() -> Iterator[tuple[str, str]]:
    for letter in mail.outbox:
        yield "letter", letter.message().as_string()
        bodies: Iterable[str] = [
            letter.body,
            *(part[0] for part in getattr(letter, "alternatives", ())),
        ]
        for text in itertools.chain([letter.subject], bodies):
            yield "letter", text_of(text)


def _files() -> Iterator[tuple[str, str]]:
    for name in ("default", "private"):
        folder = Path(settings.STORAGES[name]["OPTIONS"]["location"])
        for path in folder.rglob("*"):
            yield "file name", str(path.relative_to(folder))
            if path.is_file():
                yield "file", text_of(path.read_bytes())
