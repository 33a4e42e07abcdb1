"""`manage.py rooms_rerender_feeds`: write the events of all calendars again."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from rooms.actions.calendars import rewrite
from rooms.models import Room


class Command(BaseCommand):
    """For operators, after an update that changed words or the way of writing; harmless at any time."""

    help = "Write the events of the rooms' calendars again."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add which rooms."""
        parser.add_argument("--room", action="append", help="Only this room (its code).")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write, and say how many."""
        rooms = Room._default_manager.filter(code__in=options["room"]) if options["room"] else None
        count = rewrite(rooms=rooms)
        self.stdout.write(f"{count} bookings and blocked times written.")
