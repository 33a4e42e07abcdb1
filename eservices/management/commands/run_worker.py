"""Run background tasks until told to stop."""

from dataclasses import fields
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from eservices.worker import Limits, Worker


class Command(BaseCommand):
    """`manage.py run_worker`: start as many as you like; `--min-priority 0` leaves exports to
    others.
    """

    help = "Runs background tasks until SIGTERM."
    #: The checks build every form of the back office, some 40 MB that a worker never needs again; the web process and
    #: `manage.py check` judge the same settings.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--interval", type=float, default=0.5, help="seconds between looks at an empty table"
        )
        parser.add_argument("--min-priority", type=int, default=-100)
        for field in fields(Limits):
            name = f"--{field.name.replace('_', '-')}"
            parser.add_argument(name, type=type(field.default), default=field.default)

    def handle(self, *args: Any, **options: Any) -> None:
        limits = Limits(**{field.name: options[field.name] for field in fields(Limits)})
        Worker(
            interval=options["interval"], min_priority=options["min_priority"], limits=limits
        ).run()
