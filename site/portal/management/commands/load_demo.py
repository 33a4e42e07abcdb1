"""`manage.py load_demo`: fill the portal with the demo municipality; may be run again at any time."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.demo_loading.files import ContentError
from portal.demo_loading.loading import load_all


class Command(BaseCommand):
    """Loads people, pages and procedures of the demo."""

    help = (
        "Load the demo municipality. A second run changes nothing; changed files are loaded again."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, or say in one sentence which file is wrong."""
        try:
            total = load_all(self.stdout.write)
        except ContentError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            "Demo content is up to date." if not total else f"Demo content loaded: {total} changes."
        )
