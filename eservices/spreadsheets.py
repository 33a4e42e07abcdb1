"""Tables as files that spreadsheet programs open: written row by row, never held as a whole, never run as formulas."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from types import TracebackType
from typing import IO, Any, Protocol, Self

from django.utils import timezone

from eservices.enums import ExportFormat

#: A cell that begins so would be run as a formula by spreadsheet programs (OWASP, CSV injection).
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
#: What XML 1.0 cannot hold and what a cell of a spreadsheet cannot hold.
_UNWRITABLE = {number: None for number in range(32) if chr(number) not in "\t\n\r"}
LONGEST_CELL = 32_767
MEDIA_TYPES = {
    ExportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ExportFormat.CSV: "text/csv; charset=utf-8",
}

Cell = str | int | float | date | datetime | None


def safe_text(value: str) -> str:
    """Return text that no spreadsheet program takes for a formula and that every one can hold."""
    text = value.translate(_UNWRITABLE)
    if text.lstrip(" \n").startswith(FORMULA_STARTS) or text.startswith(FORMULA_STARTS):
        text = f"'{text}"
    return text[:LONGEST_CELL]


def _cell(value: Cell) -> Cell:
    if isinstance(value, datetime):
        return timezone.make_naive(value).replace(microsecond=0, second=0)
    return safe_text(value) if isinstance(value, str) else value


class TableWriter(Protocol):
    """Writes a heading and then rows; leaving the context completes the file."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def write(self, row: Iterable[Cell]) -> None:
        """Add one row."""


class CsvTable:
    """Semicolons and a byte order mark: what spreadsheet programs in Belgium open by a double click."""

    def __init__(self, stream: IO[bytes], heading: Sequence[str], **_style: Any) -> None:
        self._text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="", write_through=False)
        self._rows = csv.writer(self._text, delimiter=";", lineterminator="\r\n")
        self.write(heading)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._text.flush()
        self._text.detach()

    def write(self, row: Iterable[Cell]) -> None:
        """Add one row; days and hours as ISO 8601, which means the same in every country."""
        self._rows.writerow([self._written(value) for value in row])

    @staticmethod
    def _written(value: Cell) -> Cell:
        cell = _cell(value)
        if isinstance(cell, datetime):
            return cell.strftime("%Y-%m-%d %H:%M")
        return cell.isoformat() if isinstance(cell, date) else cell


class XlsxTable:
    """One sheet with a bold heading that stays in view."""

    def __init__(
        self,
        stream: IO[bytes],
        heading: Sequence[str],
        *,
        title: str = "",
        widths: Sequence[int] = (),
    ) -> None:
        from openpyxl import Workbook  # heavy: only who exports pays for it

        self._stream = stream
        self._book = Workbook(write_only=True)
        self._open_sheet(title, heading, widths)

    def _open_sheet(self, title: str, heading: Sequence[str], widths: Sequence[int]) -> None:
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.styles import Font
        from openpyxl.utils import get_column_letter

        self._sheet = self._book.create_sheet(_sheet_title(title))
        self._sheet.freeze_panes = "A2"
        for number, width in enumerate(widths or [20] * len(heading), start=1):
            self._sheet.column_dimensions[get_column_letter(number)].width = width
        bold = Font(bold=True)
        cells = []
        for text in heading:
            cell = WriteOnlyCell(self._sheet, value=safe_text(text))
            cell.font = bold
            cells.append(cell)
        self._sheet.append(cells)

    def next_sheet(self, title: str, heading: Sequence[str], widths: Sequence[int] = ()) -> None:
        """Begin a further sheet; the one before is complete."""
        self._open_sheet(title, heading, widths)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self._book.save(self._stream)
        else:
            self._sheet.close()

    def write(self, row: Iterable[Cell]) -> None:
        """Add one row; days and hours are real ones, so that they can be sorted and counted."""
        self._sheet.append([_cell(value) for value in row])


def table_writer(
    format: ExportFormat, stream: IO[bytes], heading: Sequence[str], *, title: str = ""
) -> TableWriter:
    """Return the writer of a format over `stream`, which stays open."""
    if format == ExportFormat.CSV:
        return CsvTable(stream, heading)
    return XlsxTable(stream, heading, title=title)


def _sheet_title(text: str) -> str:
    """Return a name that a sheet can have: 31 characters, none of those that addresses of cells use."""
    return "".join(letter for letter in text if letter not in r"[]:*?/\'")[:31] or "1"
