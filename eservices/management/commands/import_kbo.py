"""`manage.py import_kbo <folder or zip>`: take over an extract of the register of enterprises."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from eservices.actions.directory import import_extract
from eservices.kbo import ExtractRefused


class Command(BaseCommand):
    """For operators, each month: full and update extracts of the KBO open data, as they were downloaded."""

    help = "Import an extract (full or update) of the KBO open data: a zip, or a folder of its CSV."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add what to import."""
        parser.add_argument("source", type=Path, help="The zip, or the folder of its CSV files.")
        parser.add_argument(
            "--older", action="store_true", help="Take an extract older than the entries, too."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, tell how far it is, list the lines that could not be read."""
        try:
            result = import_extract(
                source=options["source"],
                progress=lambda words: self.stdout.write(words),
                allow_older=options["older"],
            )
        except ExtractRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        for problem in result.problems:
            self.stderr.write(f"Left out: {problem}")
        kind = "Full" if result.is_full else "Update"
        self.stdout.write(
            f"{kind} extract of {result.snapshot_on}: {result.written} entries written, "
            f"{result.stopped} marked as stopped, {len(result.problems)} lines left out."
        )
