"""Replaces our keys towards identity providers, one step at each call."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from eservices.actions.client_keys import rotate
from eservices.enums import ClientKeyUse


class Command(BaseCommand):
    """Makes the next key; a day later puts it to use; another day later retires the one before."""

    help = (
        "Replaces our keys towards identity providers, one step at each call (docs/operations.md)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--now",
            action="store_true",
            help="after a leak: the new key is used at once, logins may fail for a day",
        )
        parser.add_argument("--use", choices=ClientKeyUse.values, help="only the keys of this use")

    def handle(self, *args: Any, **options: Any) -> None:
        uses = [ClientKeyUse(options["use"])] if options["use"] else list(ClientKeyUse)
        for use in uses:
            done = rotate(use=use, at_once=options["now"])
            self.stdout.write(f"{use.value}: {', '.join(done) or 'nothing to do yet'}")
