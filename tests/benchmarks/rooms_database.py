"""What the benchmarks of the rooms share: a database of their own, copies of a booking, the clock."""

import logging
import os
import sys
import tempfile
import warnings
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def seconds(work: Callable[[], Any], times: int) -> float:
    """The median time of some runs."""
    found = []
    for _run in range(times):
        start = perf_counter()
        work()
        found.append(perf_counter() - start)
    return median(found)


def copies_of(first: Any, starts: Sequence[datetime]) -> list[Any]:
    """Store a copy of a booking for each of these times, an hour long, without its occupancy."""
    kind, have, copies = type(first), type(first).objects.count(), []
    for number, start in enumerate(starts, have):
        row = kind()
        for field in kind._meta.concrete_fields:
            setattr(row, field.attname, getattr(first, field.attname))
        row.pk, row.public_id = None, f"00000000-0000-4000-8000-{number:012d}"
        row.reference, row.uid, row.key = f"RES-{number}", f"{number}@bench", str(number)
        row.starts_at, row.ends_at = start, start + timedelta(hours=1)
        copies.append(row)
    stored: list[Any] = kind.objects.bulk_create(copies, batch_size=500)
    return stored


def in_own_database(measure: Callable[[], int]) -> int:
    """Measure with a fresh SQLite database in a folder that goes with it; returns what `measure` judges."""
    sys.path[:0] = [str(ROOT), str(ROOT / "site")]
    with tempfile.TemporaryDirectory() as name:
        os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings.demo"
        os.environ["GUICHET_DATA"] = name
        os.environ["DATABASE_URL"] = f"sqlite:///{Path(name) / 'bench.sqlite3'}"
        import django  # noqa: PLC0415  the database is named first

        django.setup()
        from django.conf import settings  # noqa: PLC0415

        settings.ALLOWED_HOSTS = ["*"]
        logging.disable(logging.INFO)  # a line for each request
        warnings.simplefilter("ignore")  # no folder of static files is needed
        return measure()
