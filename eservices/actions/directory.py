"""Keeping our copy of the register of enterprises up to date (`manage.py import_kbo`).

All lines of an extract are first laid out in a temporary database on disk, in any order; only when every file could be
read are the entries written, each of them once and complete. So memory does not grow with the extract, a broken extract
changes nothing, and people who look a number up meanwhile never meet half an entry.
"""

import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import TypeVar

from django.db import transaction

from eservices.enums import ProfileKind
from eservices.kbo import (
    ASSOCIATION_FORMS,
    COLUMNS,
    NATURAL_PERSON,
    PROBLEMS_ALLOWED,
    Extract,
    ExtractRefused,
    address_of,
    lines_of,
    meta_of,
    names_of,
)
from eservices.models import DirectoryEntry

#: Entries that are written at once.
BATCH = 1000
#: Lines that are laid out at once.
LINES = 5000

Progress = Callable[[str], object]
Item = TypeVar("Item")
#: Lines of one table by number.
Lines = Mapping[str, list[list[str]]]


@dataclass(frozen=True, kw_only=True)
class ImportResult:
    """What an import did: entries written, entries marked as stopped, and the lines that could not be read."""

    snapshot_on: date
    is_full: bool
    written: int
    stopped: int
    problems: list[str] = field(default_factory=list)


def import_extract(
    *, source: Path, progress: Progress = lambda words: None, allow_older: bool = False
) -> ImportResult:
    """Take over an extract, full or update, from a folder or a zip; doing it twice changes nothing.

    Raises ExtractRefused: a file or column is missing, too many lines cannot be read, or the entries that we
    have are newer (unless `allow_older`). Entities that are no longer in the register stay, marked as stopped.
    """
    with Extract(source) as extract:
        snapshot, is_full = meta_of(extract)
        newest = (
            DirectoryEntry.objects.exclude(snapshot_on=None)
            .order_by("-snapshot_on")
            .values_list("snapshot_on", flat=True)
            .first()
        )
        if newest and newest > snapshot and not allow_older:
            raise ExtractRefused(
                f"The extract is of {snapshot}, the entries are of {newest} already."
            )
        with (
            tempfile.TemporaryDirectory() as folder,
            closing(_staging(Path(folder) / "extract.sqlite3")) as staging,
        ):
            problems = _load(extract, staging, is_full=is_full, progress=progress)
            if len(problems) > PROBLEMS_ALLOWED:
                first = "; ".join(problems[:5])
                raise ExtractRefused(f"Too many lines cannot be read; the first: {first}")
            write = _write_full if is_full else _write_update
            written, stopped = write(staging, snapshot, progress)
    return ImportResult(
        snapshot_on=snapshot, is_full=is_full, written=written, stopped=stopped, problems=problems
    )


def _staging(path: Path) -> sqlite3.Connection:
    staging = sqlite3.connect(path, isolation_level=None)
    staging.execute("PRAGMA journal_mode = OFF")
    staging.execute("PRAGMA synchronous = OFF")
    staging.execute("PRAGMA cache_size = -8000")  # 8 MB: the extract stays on disk
    for table, columns in COLUMNS.items():
        names = ", ".join(["number", *columns[1:]])
        staging.execute(f"CREATE TABLE {table} ({names})")
        staging.execute(f"CREATE TABLE {table}_delete (number)")
    return staging


def _load(
    extract: Extract, staging: sqlite3.Connection, *, is_full: bool, progress: Progress
) -> list[str]:
    """Lay all lines out on disk; returns what could not be read."""
    problems: list[str] = []
    for table, columns in COLUMNS.items():
        files = [(table, columns, f"{table}.csv")]
        if not is_full:
            files = [
                (f"{table}_delete", columns[:1], f"{table}_delete.csv"),
                (table, columns, f"{table}_insert.csv"),
            ]
        for target, wanted, name in files:
            count = 0
            places = ", ".join("?" * len(wanted))
            for rows in _batches(lines_of(extract, name, wanted, problems), LINES):
                staging.execute("BEGIN")
                staging.executemany(f"INSERT INTO {target} VALUES ({places})", rows)  # noqa: S608
                staging.execute("COMMIT")
                count += len(rows)
                if count % (100 * LINES) == 0:
                    progress(f"{name}: {count} lines read")
            staging.execute(f"CREATE INDEX {target}_number ON {target} (number)")
            progress(f"{name}: {count} lines")
    return problems


def _batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


def _kept(staging: sqlite3.Connection, table: str, numbers: Iterable[str]) -> Lines:
    """Return the lines of a table by number, for a batch of numbers in rising order."""
    wanted = list(numbers)
    rows = staging.execute(
        f"SELECT * FROM {table} WHERE number BETWEEN ? AND ? ORDER BY number, rowid",  # noqa: S608
        (wanted[0], wanted[-1]),
    )
    return {key: [list(row) for row in group] for key, group in groupby(rows, key=itemgetter(0))}


def _entry(line: list[str], snapshot: date) -> DirectoryEntry:
    number, status, kind, form, form_now = line
    legal_form = form_now or form
    is_association = legal_form in ASSOCIATION_FORMS
    return DirectoryEntry(
        number=number,
        kind=ProfileKind.ASSOCIATION if is_association else ProfileKind.ENTERPRISE,
        legal_form=legal_form,
        is_active=status == "AC",
        is_natural_person=kind == NATURAL_PERSON,
        snapshot_on=snapshot,
    )


def _write(entries: list[DirectoryEntry]) -> None:
    DirectoryEntry.objects.bulk_create(
        entries,
        update_conflicts=True,
        unique_fields=["number"],
        update_fields=[
            "names",
            "kind",
            "legal_form",
            "is_active",
            "is_natural_person",
            "address",
            "snapshot_on",
        ],
    )


def _write_full(staging: sqlite3.Connection, snapshot: date, progress: Progress) -> tuple[int, int]:
    """Write every entity of a full extract, then mark those that are no longer in it."""
    written = 0
    lines = staging.execute("SELECT * FROM enterprise ORDER BY number")
    for batch in _batches(lines, BATCH):
        entries = {line[0]: _entry(list(line), snapshot) for line in batch}
        names, addresses = (_kept(staging, t, entries) for t in ("denomination", "address"))
        for number, entry in entries.items():
            entry.names = names_of(names.get(number, ()))
            if not entry.is_natural_person:
                entry.address = address_of(addresses.get(number, ()))
        _write(list(entries.values()))
        written += len(entries)
        if written % (100 * BATCH) == 0:
            progress(f"{written} entries written")
    gone = DirectoryEntry.objects.filter(is_active=True).exclude(snapshot_on=snapshot)
    return written, gone.update(is_active=False)


def _write_update(
    staging: sqlite3.Connection, snapshot: date, progress: Progress
) -> tuple[int, int]:
    """Apply an update extract: for each table first the numbers to delete, then the lines to insert."""
    tables = [name for table in COLUMNS for name in (table, f"{table}_delete")]
    union = " UNION ".join(f"SELECT number FROM {table}" for table in tables)  # noqa: S608
    written = stopped = 0
    touched = (row[0] for row in staging.execute(f"{union} ORDER BY number"))
    for numbers in _batches(touched, BATCH):
        found = {table: _kept(staging, table, numbers) for table in tables}
        with transaction.atomic():
            rows = DirectoryEntry.objects.select_for_update().filter(number__in=numbers)
            old = {row.number: row for row in rows.order_by("number")}
            entries = [_updated(number, old.get(number), found, snapshot) for number in numbers]
            changed = [entry for entry in entries if entry is not None]
            stopped += sum(
                not entry.is_active for entry in changed if _was_active(old, entry.number)
            )
            _write(changed)
        written += len(changed)
        progress(f"{written} entries written")
    return written, stopped


def _was_active(old: Mapping[str, DirectoryEntry], number: str) -> bool:
    return number in old and old[number].is_active


def _updated(
    number: str,
    old: DirectoryEntry | None,
    found: Mapping[str, Lines],
    snapshot: date,
) -> DirectoryEntry | None:
    """Return an entry as it is after the update; None for a number that we do not know and need not."""
    lines = found["enterprise"].get(number)
    if lines:
        entry = _entry(lines[-1], snapshot)
        if old is not None:
            entry.names, entry.address = old.names, old.address
    elif old is None:
        return None
    else:
        entry = DirectoryEntry(
            number=number,
            names=old.names,
            kind=old.kind,
            legal_form=old.legal_form,
            is_active=old.is_active and number not in found["enterprise_delete"],
            is_natural_person=old.is_natural_person,
            address=old.address,
            snapshot_on=snapshot,
        )
    if number in found["denomination"]:
        entry.names = names_of(found["denomination"][number])
    if number in found["address_delete"] or number in found["address"]:
        entry.address = address_of(found["address"].get(number, ()))
    if entry.is_natural_person:
        entry.address = {}
    return entry
