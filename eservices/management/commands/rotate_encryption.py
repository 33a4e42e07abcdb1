"""`manage.py rotate_encryption`: seal all encrypted columns with the newest keys."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from eservices.actions.rotation import rotate


class Command(BaseCommand):
    """For operators, after a new key was put first in FIELD_ENCRYPTION_KEYS or LOOKUP_HMAC_KEYS."""

    help = "Seal all encrypted columns with the newest keys; stop it and run it again as you like."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the way to look only."""
        parser.add_argument(
            "--check", action="store_true", help="Only say how many rows still need former keys."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Report by column; exit status 1 when rows still need former keys or open with none."""
        left = closed = 0
        for outcome in rotate(only_count=options["check"]):
            left += outcome.old - outcome.renewed
            closed += outcome.closed
            self.stdout.write(
                f"{outcome.column}: {outcome.rows} rows, {outcome.renewed} renewed, "
                f"{outcome.old - outcome.renewed} need a former key, {outcome.closed} do not open"
            )
        if closed:
            raise CommandError(
                f"{closed} rows open with no key of FIELD_ENCRYPTION_KEYS: put their key back."
            )
        if left:
            raise CommandError(f"{left} rows still need a former key: run the command again.")
        self.stdout.write("No row needs a former key.")
