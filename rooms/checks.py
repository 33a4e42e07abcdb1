"""What must be true of the database before anybody books."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

from rooms import triggers


@register(Tags.database)
def occupancy_is_guarded(
    databases: Sequence[str] | None = None, **_options: Any
) -> list[CheckMessage]:
    """Refuse a database in which two bookings could overlap (run by `check --database default` and `migrate`)."""
    found: list[CheckMessage] = []
    for alias in databases or ():
        connection = connections[alias]
        if "rooms_occupancy" not in connection.introspection.table_names():
            continue
        for name in triggers.missing(alias):
            found.append(
                Error(
                    f"The guard {name} against double bookings is missing.",
                    hint="Run `manage.py migrate`; on a managed PostgreSQL allow the extension btree_gist first.",
                    id="rooms.E001",
                )
            )
    return found
