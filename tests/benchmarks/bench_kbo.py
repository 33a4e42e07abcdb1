"""How fast and how lean an extract of the enterprise register is taken over: `./dev bench kbo`.

Generates extracts of the documented shape with 20 000 and 200 000 enterprises (three names and one address each),
imports each into a fresh SQLite database in a process of its own, and compares the time with the baseline: reading the
same files with Python's csv module alone. Prints lines per second, the ratio to the baseline and the peak of memory
above the start of the import. The exit status is 1 when ten times the rows need more than 30 MB more.
"""

import csv
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).resolve().parents[2]
SIZES = (20_000, 200_000)
MORE_ALLOWED = 30  # MB


def generate(folder: Path, size: int) -> int:
    """Write a full extract; returns how many lines it has."""
    (folder / "meta.csv").write_text(
        'Variable,Value\n"SnapshotDate","02-10-2026"\n"ExtractType","full"\n', encoding="utf-8"
    )
    heads = {
        "enterprise": "EnterpriseNumber,Status,JuridicalSituation,TypeOfEnterprise,JuridicalForm,"
        "JuridicalFormCAC,StartDate",
        "denomination": "EntityNumber,Language,TypeOfDenomination,Denomination",
        "address": "EntityNumber,TypeOfAddress,CountryNL,CountryFR,Zipcode,MunicipalityNL,"
        "MunicipalityFR,StreetNL,StreetFR,HouseNumber,Box,ExtraAddressInfo,DateStrikingOff",
    }
    files = {name: (folder / f"{name}.csv").open("w", encoding="utf-8") for name in heads}
    for name, head in heads.items():
        files[name].write(head + "\n")
    for row in range(size):
        first = f"{10_000_000 - size + row:08d}"
        number = f"{first}{97 - int(first) % 97:02d}"
        dotted = f"{number[:4]}.{number[4:7]}.{number[7:]}"
        form = "017" if row % 5 == 0 else "610"
        files["enterprise"].write(f'"{dotted}","AC","000","2","{form}","","01-01-1999"\n')
        for language, kind in (("1", "001"), ("2", "001"), ("1", "003")):
            files["denomination"].write(f'"{dotted}","{language}","{kind}","Name {row}"\n')
        files["address"].write(
            f'"{dotted}","REGO",,,"4000","Luik","Liège","Nieuwstraat","Rue Neuve","{row % 200}",,,\n'
        )
    for file in files.values():
        file.close()
    return size * 5


def read_alone(folder: Path) -> float:
    """The baseline: seconds to read the files with the csv module."""
    start = perf_counter()
    for path in folder.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as stream:
            for _line in csv.reader(stream):
                pass
    return perf_counter() - start


def peak() -> float:
    """The most memory of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(size: int) -> None:
    """Import one extract in this process; prints seconds, baseline, lines and MB on one line."""
    sys.path[:0] = [str(ROOT), str(ROOT / "site")]
    os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings.demo"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["DATABASE_URL"] = f"sqlite:///{folder / 'bench.sqlite3'}"
        lines = generate(folder, size)
        baseline = read_alone(folder)

        import django  # noqa: PLC0415  the database is named first

        django.setup()
        from django.db import connection  # noqa: PLC0415

        from eservices.actions.directory import import_extract  # noqa: PLC0415
        from eservices.models import DirectoryEntry  # noqa: PLC0415

        with connection.schema_editor() as editor:
            editor.create_model(DirectoryEntry)
        before, start = peak(), perf_counter()
        result = import_extract(source=folder)
        seconds = perf_counter() - start
        if result.written != size or result.problems:
            raise SystemExit(f"The import is wrong: {result.written} of {size} entries.")
        sys.stdout.write(f"{seconds} {baseline} {lines} {peak() - before}\n")


def main() -> int:
    """Measure each size in its own process, print, judge."""
    above = []
    for size in SIZES:
        command = [sys.executable, __file__, str(size)]
        answer = subprocess.run(command, check=True, capture_output=True, text=True)
        seconds, baseline, lines, more = map(float, answer.stdout.split())
        above.append(more)
        sys.stdout.write(
            f"{size} enterprises: {lines / seconds:.0f} lines/s, {seconds / baseline:.1f} times the "
            f"baseline, {more:.0f} MB above the start\n"
        )
    return int(above[-1] - above[0] > MORE_ALLOWED)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        measure(int(sys.argv[1]))
    else:
        sys.exit(main())
