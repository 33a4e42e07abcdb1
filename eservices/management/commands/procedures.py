"""`manage.py procedures`: look after frozen forms."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from eservices.actions.procedures import changed_frozen_rows, freeze, pages_behind


class Command(BaseCommand):
    """For operators: says which published forms were not taken over and which frozen rows were changed."""

    help = "Compare published procedures with their frozen versions and recompute all hashes."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the two ways to run it."""
        parser.add_argument("--check", action="store_true", help="Only report (the default).")
        parser.add_argument(
            "--repair", action="store_true", help="Freeze the pages that were not taken over."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Report, repair if asked; exit status 1 if something is left to look at."""
        behind = pages_behind()
        if options["repair"]:
            behind = [
                page
                for page in behind
                if freeze(page=page, revision_id=page.live_revision_id) is None
            ]
        for page in behind:
            self.stdout.write(f"Not taken over: {page.title} (page {page.pk})")
        changed = changed_frozen_rows()
        for row in changed:
            self.stdout.write(f"Changed after freezing: {row}")
        if behind or changed:
            raise CommandError(
                f"{len(behind)} pages not taken over, {len(changed)} frozen rows changed."
            )
        self.stdout.write("All published procedures are frozen; all hashes are right.")
