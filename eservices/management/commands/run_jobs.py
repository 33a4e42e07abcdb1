"""Run periodic jobs that are due."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, InterfaceError, close_old_connections, connections

from eservices.jobs import all_jobs, run_due


class Command(BaseCommand):
    """`manage.py run_jobs` once, or `--loop` for ever; safe to start several times."""

    help = "Runs the periodic jobs that are due."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--loop", action="store_true")
        parser.add_argument(
            "--interval", type=float, default=20.0, help="seconds between two looks"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["loop"]:
            for name in run_due(all_jobs()):
                self.stdout.write(name)
            return
        stopping = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.set())
        while not stopping.is_set():
            try:
                close_old_connections()
                run_due(all_jobs())
            except (DatabaseError, InterfaceError):
                connections.close_all()
            stopping.wait(options["interval"])
