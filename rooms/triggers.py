"""SQLite's guard against double bookings; PostgreSQL has its exclusion constraint (`models.occupancy`).

Django remakes a table of SQLite at many migrations, and the triggers go with the old one: they are laid again after
every `migrate`, and `checks` finds them missing.
"""

from typing import Any, Final

from django.db import connections

#: What an overlap is called in the error of either database.
NAME: Final = "rooms_occupancy_no_overlap"

_TRIGGER: Final = """
    CREATE TRIGGER IF NOT EXISTS %(name)s_%(act)s BEFORE %(act)s ON rooms_occupancy
    WHEN NEW.blocking
    BEGIN
        SELECT RAISE(ABORT, '%(name)s')
        WHERE EXISTS (
            SELECT 1 FROM rooms_occupancy AS other
            WHERE other.unit_id = NEW.unit_id AND other.blocking AND other.id IS NOT NEW.id
            AND other.blocked_from < NEW.blocked_until AND other.blocked_until > NEW.blocked_from
        );
    END
"""

_STATEMENTS: Final = {
    f"{NAME}_{act}": _TRIGGER % {"name": NAME, "act": act} for act in ("insert", "update")
}


def lay(*, using: str = "default", **_signal: Any) -> None:
    """Create the triggers that are missing; nothing on other databases or before the table is there."""
    connection = connections[using]
    if (
        connection.vendor != "sqlite"
        or "rooms_occupancy" not in connection.introspection.table_names()
    ):
        return
    with connection.cursor() as cursor:
        for statement in _STATEMENTS.values():
            cursor.execute(statement)


def missing(using: str = "default") -> list[str]:
    """Return the names of the guards that the database lacks."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            wanted = set(_STATEMENTS)
        else:
            cursor.execute("SELECT conname FROM pg_constraint WHERE contype = 'x'")
            wanted = {NAME}
        found = {row[0] for row in cursor.fetchall()}
    return sorted(wanted - found)
