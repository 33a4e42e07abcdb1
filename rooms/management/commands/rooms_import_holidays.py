"""Copy public and school holidays into the calendar of the rooms."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from rooms.actions.holidays import import_holidays
from rooms.enums import Community
from rooms.errors import HolidaysMissing
from rooms.queries.clock import today


class Command(BaseCommand):
    """`manage.py rooms_import_holidays --years 2026 2027`."""

    help = "Imports holidays; rows that were changed by hand stay. Doing it twice changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        year = today().year
        parser.add_argument("--years", nargs="+", type=int, default=[year, year + 1])
        parser.add_argument(
            "--communities",
            nargs="+",
            choices=Community.values,
            help="School holidays of these communities; without, those of the sites.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        chosen = [Community(value) for value in options["communities"] or ()] or None
        try:
            report = import_holidays(years=options["years"], communities=chosen)
        except HolidaysMissing as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(
            f"{report.added} added, {report.changed} changed, {report.kept} kept as changed by hand."
        )
