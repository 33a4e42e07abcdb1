"""`manage.py rebuild_search`: write what the search knows of all pages anew, for example after an upgrade."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from cms_pages import versions
from faq.indexing import rebuild


class Command(BaseCommand):
    """Rebuilds the search entries."""

    help = "Write the search entries of all public pages anew."

    def handle(self, *args: Any, **options: Any) -> None:
        """Rebuild in one transaction, so that nobody searches half an index."""
        with transaction.atomic():
            count = rebuild()
            versions.raise_version()
        self.stdout.write(f"{count} pages can be found.")
