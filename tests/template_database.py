"""One migrated template database for all tests; each test process works on a copy.

Migrating Wagtail takes most of a minute, copying a file milliseconds. A test that commits (it uses
threads, a live server or two connections) does not leave tables emptied behind: its database is
laid anew from the template, so the rows of the migrations (root page, locales, groups) are there.
"""

import fcntl
import hashlib
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections

ROOT = Path(__file__).resolve().parent.parent
# What decides the rows and tables of an empty database.
SOURCES = (
    "requirements.txt",
    "*/migrations/*.py",
    "*/models.py",
    "*/models/*.py",
    "*/apps.py",
    "*/plugin.py",
    "*/permissions.py",
    "*/receivers.py",
    "site/portal/settings/*.py",
)


def fingerprint() -> str:
    """Hash of all that decides how a freshly migrated database looks."""
    total = hashlib.sha256(connection.vendor.encode())
    for pattern in SOURCES:
        for path in sorted(ROOT.glob(pattern)):
            total.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return total.hexdigest()[:16]


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Let one test process at a time in."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


class SqliteTemplate:
    """A file in the cache folder, copied page by page."""

    def __init__(self, worker: str) -> None:
        self.folder = settings.BUILD / "cache" / "test-databases"
        self.template = self.folder / f"{fingerprint()}.sqlite3"
        self.name = Path(tempfile.gettempdir()) / f"guichet-test-{os.getpid()}-{worker}.sqlite3"

    def create(self) -> None:
        """Make the template unless it is cached, then this process's database."""
        with locked(self.folder / "lock"):
            if not self.template.exists():
                for old in self.folder.glob("*.sqlite3*"):
                    old.unlink()
                self._build()
        use_database(str(self.name))
        self.restore()

    def _build(self) -> None:
        new = self.template.with_suffix(".new")
        new.unlink(missing_ok=True)
        use_database(str(new))
        migrate()
        with closing(sqlite3.connect(new)) as plain:
            plain.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            plain.execute("PRAGMA journal_mode=DELETE")
        new.rename(self.template)

    def restore(self) -> None:
        """Lay the database anew; open connections of other threads see the change as one commit."""
        connections.close_all()
        connection.ensure_connection()
        with closing(sqlite3.connect(f"file:{self.template}?mode=ro", uri=True)) as template:
            template.backup(connection.connection)
        # A test's database need not survive a power cut.
        connection.close()

    def drop(self) -> None:
        """Delete this process's database."""
        connections.close_all()
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self.name}{suffix}").unlink(missing_ok=True)


class PostgresTemplate:
    """A template database in the same cluster."""

    def __init__(self, worker: str) -> None:
        self.home = settings.DATABASES["default"]["NAME"]
        self.template = f"guichet_template_{fingerprint()}"
        self.name = f"guichet_test_{worker}"

    def create(self) -> None:
        """Make the template unless the cluster has it, then this process's database."""
        with locked(settings.BUILD / "cache" / "test-databases" / "lock"):
            if not self._exists(self.template):
                half = f"{self.template}_new"
                self._admin(f"DROP DATABASE IF EXISTS {half}", f"CREATE DATABASE {half}")
                use_database(half)
                migrate()
                self._admin(f"ALTER DATABASE {half} RENAME TO {self.template}")
        self.restore()

    def restore(self) -> None:
        """Lay the database anew from the template."""
        self._admin(
            f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)",
            f"CREATE DATABASE {self.name} TEMPLATE {self.template}",
        )
        use_database(self.name)

    def drop(self) -> None:
        """Delete this process's database."""
        self._admin(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")

    def _exists(self, name: str) -> bool:
        use_database(self.home)
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            return cursor.fetchone() is not None

    def _admin(self, *statements: str) -> None:
        use_database(self.home)
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
        connection.close()


def use_database(name: str) -> None:
    """Point Django's default connection at another database."""
    connections.close_all()
    settings.DATABASES["default"]["NAME"] = name
    connection.settings_dict["NAME"] = name


def migrate() -> None:
    """Build the whole schema with the migrations, as an operator would."""
    call_command("migrate", verbosity=0, interactive=False)
    connections.close_all()


def template_for(worker: str) -> SqliteTemplate | PostgresTemplate:
    """The template of the database that the settings name."""
    kind = PostgresTemplate if connection.vendor == "postgresql" else SqliteTemplate
    return kind(worker)
