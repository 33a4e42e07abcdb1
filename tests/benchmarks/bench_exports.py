"""How fast and how lean a list becomes a file: `./dev bench exports`.

Writes the same invented rows (twelve columns, as the agents' list has them) three times, each in a process of its own:
with openpyxl, the whole workbook in memory (the baseline), and with our tables, row by row,
as xlsx and as csv. Prints rows per second, the peak of memory above the start, and the ratios to the baseline. The exit
status is 1 when our xlsx takes more than a quarter of the baseline's memory or more than twice its time, or when five
times the rows need more than 10 MB more.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).resolve().parents[2]
SIZES = (10_000, 50_000)
COLUMNS = 12
MOST_MEMORY = 0.25
MOST_TIME = 2.0
MORE_ALLOWED = 10  # MB, from the small to the large size
HEADING = [f"Column {number}" for number in range(1, COLUMNS + 1)]
WHEN = datetime(2026, 10, 1, 9, 30, tzinfo=UTC)
DAY = date(2026, 10, 30)


def rows(size: int) -> Iterator[list[str | int | date | datetime]]:
    """Rows as long and as mixed as those of the agents' list."""
    for number in range(size):
        texts = [f"SUB-2026-{number:06d}", "Réserver l’espace public", f"Amélie Renard {number}"]
        more = [f"Réponse {number} à la question {column}" for column in range(5)]
        yield [*texts, *more, number, WHEN, DAY, "=1+1"]


def in_memory(target: Path, size: int) -> None:
    """The baseline: a whole workbook, then saved."""
    from openpyxl import Workbook  # noqa: PLC0415  measured

    book = Workbook()
    sheet = book.active
    sheet.append(HEADING)
    for row in rows(size):
        sheet.append(
            [value.replace(tzinfo=None) if isinstance(value, datetime) else value for value in row]
        )
    book.save(target)


def ours(target: Path, size: int, kind: str) -> None:
    """What the worker does with its rows."""
    from eservices.enums import ExportFormat  # noqa: PLC0415  after django.setup()
    from eservices.spreadsheets import table_writer  # noqa: PLC0415

    with (
        target.open("wb") as stream,
        table_writer(ExportFormat(kind), stream, HEADING, title="Files") as table,
    ):
        for row in rows(size):
            table.write(row)


def peak() -> float:
    """The most memory of this process so far, in MB; `ru_maxrss` would begin with that of the parent."""
    (line,) = (
        line
        for line in Path("/proc/self/status").read_text().splitlines()
        if line.startswith("VmHWM")
    )
    return int(line.split()[1]) / 1024


def measure(kind: str, size: int) -> None:
    """Write one file in this process; prints seconds and MB above the start on one line."""
    sys.path[:0] = [str(ROOT), str(ROOT / "site")]
    import os  # noqa: PLC0415

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.demo")
    import django  # noqa: PLC0415  the settings are named first

    django.setup()
    import openpyxl  # noqa: F401, PLC0415  both kinds of xlsx load it: it is not what is compared

    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "list"
        Path("/proc/self/clear_refs").write_text(
            "5"
        )  # the peak begins anew: start-up is not measured
        before, start = peak(), perf_counter()
        if kind == "memory":
            in_memory(target, size)
        else:
            ours(target, size, kind)
        sys.stdout.write(f"{perf_counter() - start} {peak() - before}\n")


def run(kind: str, size: int) -> tuple[float, float]:
    """Measure in a process of its own; returns seconds and MB."""
    command = [sys.executable, __file__, kind, str(size)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds, more = map(float, answer.stdout.split())
    return seconds, more


def main() -> int:
    """Measure, print, judge."""
    good, of_size = True, []
    for size in SIZES:
        slow, much = run("memory", size)
        print(f"{size} rows, whole workbook  {size / slow:9.0f} rows/s  {much:6.1f} MB")
        for kind in ("xlsx", "csv"):
            seconds, more = run(kind, size)
            print(
                f"{size} rows, {kind:4} by rows    {size / seconds:9.0f} rows/s  {more:6.1f} MB  "
                f"{seconds / slow:4.2f}x the time  {more / much:4.2f}x the memory"
            )
            if kind == "xlsx":
                of_size.append(more)
                good = good and more <= MOST_MEMORY * much and seconds <= MOST_TIME * slow
    good = good and of_size[-1] - of_size[0] <= MORE_ALLOWED
    print("met" if good else "NOT met")
    return 0 if good else 1


if __name__ == "__main__":
    if len(sys.argv) > 1:
        measure(sys.argv[1], int(sys.argv[2]))
    else:
        sys.exit(main())
