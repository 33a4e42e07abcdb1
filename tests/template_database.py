"""Template databases, one migrated and one with the demo; each test process works on a copy.

Migrating Wagtail takes most of a minute, copying a file milliseconds. A test that commits (it uses
threads, a live server or two connections) does not leave tables emptied behind: its database is
laid anew from the template, so the rows of the migrations (root page, locales, groups) are there.
"""

import fcntl
import hashlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import django
import pytest
from django.apps import apps
from django.conf import settings
from django.core.files.storage import Storage, default_storage, storages
from django.core.management import call_command
from django.db import connection, connections
from django.db.models import FileField
from django.test.utils import setup_test_environment

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


# What decides the demo content: any code may.
DEMO_SOURCES = (
    "requirements.txt",
    "[a-z]*/**/*.py",
    "site/portal/demo/**/*",
    "site/sandbox/identity/citizens.json",
)
NOT_PRODUCT = {"var", "tests", "tools", "docs", "static"}


def fingerprint(patterns: tuple[str, ...] = SOURCES) -> str:
    """Hash of all that decides how a freshly made database looks."""
    total = hashlib.sha256(connection.vendor.encode())
    for pattern in patterns:
        for path in sorted(ROOT.glob(pattern)):
            name = path.relative_to(ROOT)
            if path.is_file() and name.parts[0] not in NOT_PRODUCT:
                total.update(str(name).encode() + path.read_bytes())
    return total.hexdigest()[:16]


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Let one test process at a time in."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


class SqliteTemplate:
    """Files in the cache folder, copied page by page."""

    def __init__(self, worker: str) -> None:
        self.folder = settings.BUILD / "cache" / "test-databases"
        self.plain = self.folder / f"plain-{fingerprint()}.sqlite3"
        self.demo = self.folder / f"demo-{fingerprint(DEMO_SOURCES)}.sqlite3"
        self.files = self.folder / "files-sqlite"
        self.lock = self.folder / "lock-sqlite"
        self.name = Path(tempfile.gettempdir()) / f"guichet-test-{os.getpid()}-{worker}.sqlite3"

    def create(self) -> None:
        """Make the template unless it is cached, then this process's database."""
        options = connection.settings_dict["OPTIONS"]  # a test's database survives no power cut
        options["init_command"] = options["init_command"].replace("=FULL", "=OFF")
        with locked(self.lock):
            if not self.plain.exists():
                self._build(self.plain, base=None, command="migrate")
        use_database(str(self.name))
        self.restore()

    def restore(self) -> None:
        """Lay the database anew; open connections of other threads see the change as one commit."""
        self._lay(self.plain)

    def restore_demo(self, files: Path) -> None:
        """Lay the database and the files anew with the demo content, which is loaded once."""
        with locked(self.lock):
            if not self.demo.exists():
                self._build(self.demo, base=self.plain, command="load_demo")
        use_database(str(self.name))
        self._lay(self.demo)
        shutil.copytree(self.files, files, dirs_exist_ok=True)

    def _build(self, target: Path, *, base: Path | None, command: str) -> None:
        for old in self.folder.glob(f"{target.name.split('-')[0]}-*"):
            old.unlink()
        new = target.with_suffix(".new")
        new.unlink(missing_ok=True)
        if base:
            shutil.copy(base, new)
        use_database(str(new))
        make(command, self.files)
        with closing(sqlite3.connect(new)) as plain:
            plain.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            plain.execute("PRAGMA journal_mode=DELETE")
        new.rename(target)

    def _lay(self, template: Path) -> None:
        connections.close_all()
        connection.ensure_connection()
        with closing(sqlite3.connect(f"file:{template}?mode=ro", uri=True)) as source:
            source.backup(connection.connection)
        connection.close()

    def drop(self) -> None:
        """Delete this process's database."""
        connections.close_all()
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self.name}{suffix}").unlink(missing_ok=True)


class PostgresTemplate:
    """Template databases in the cluster of the tests."""

    def __init__(self, worker: str) -> None:
        self.home = settings.DATABASES["default"]["NAME"]
        self.plain = f"guichet_plain_{fingerprint()}"
        self.demo = f"guichet_demo_{fingerprint(DEMO_SOURCES)}"
        self.name = f"guichet_test_{worker}"
        self.folder = settings.BUILD / "cache" / "test-databases"
        self.files = self.folder / "files-postgresql"
        self.lock = self.folder / "lock-postgresql"

    def create(self) -> None:
        """Make the template unless the cluster has it, then this process's database."""
        with locked(self.lock):
            self._build(self.plain, base="template1", command="migrate")
        self.restore()

    def restore(self) -> None:
        """Lay the database anew from the template."""
        self._lay(self.plain)

    def restore_demo(self, files: Path) -> None:
        """Lay the database and the files anew with the demo content, which is loaded once."""
        with locked(self.lock):
            self._build(self.demo, base=self.plain, command="load_demo")
        self._lay(self.demo)
        shutil.copytree(self.files, files, dirs_exist_ok=True)

    def _build(self, target: str, *, base: str, command: str) -> None:
        use_database(self.home)
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [target])
            if cursor.fetchone():
                return
        new = f"{target}_new"
        self._admin(f"DROP DATABASE IF EXISTS {new}", f"CREATE DATABASE {new} TEMPLATE {base}")
        use_database(new)
        make(command, self.files)
        with connection.cursor() as cursor:
            cursor.execute(
                "ANALYZE"
            )  # copies keep what the planner learns here: nothing else ever teaches it
        connection.close()
        self._admin(f"ALTER DATABASE {new} RENAME TO {target}")

    def _lay(self, template: str) -> None:
        self._admin(
            f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)",
            f"CREATE DATABASE {self.name} TEMPLATE {template}",
        )
        use_database(self.name)

    def drop(self) -> None:
        """Delete this process's database."""
        self._admin(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")

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


def make(command: str, files: Path) -> None:
    """Fill the database, and a new folder of files, with a management command."""
    shutil.rmtree(files, ignore_errors=True)
    files.mkdir(parents=True)
    with files_in(files):
        call_command(command, verbosity=0)
    connections.close_all()


@contextmanager
def files_in(folder: Path) -> Iterator[None]:
    """Let all uploads and mails land below a folder.

    Model fields keep their storage objects, also when a test of other settings made `storages` forget its own.
    """
    places = [("default", storages["default"]), ("private", storages["private"])]
    places += [("private", storage) for storage in field_storages()]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "DATA", folder)
        for name, storage in places:
            for cached in ("base_location", "location"):
                patch.setitem(storage.__dict__, cached, str(folder / name))
        yield


def field_storages() -> list[Storage]:
    """The storages of their own that fields of models have: all but the default one."""
    fields = [field for model in apps.get_models() for field in model._meta.get_fields()]
    files = [field for field in fields if isinstance(field, FileField)]
    return [f.storage for f in files if f.storage is not default_storage]


def template_for(worker: str) -> SqliteTemplate | PostgresTemplate:
    """The templates for the database that the settings name."""
    kind = PostgresTemplate if connection.vendor == "postgresql" else SqliteTemplate
    return kind(worker)


def main() -> None:
    """Make both templates of the database that the environment names, before any test asks for them."""
    django.setup()
    setup_test_environment()
    template = template_for("prepare")
    template.create()
    with tempfile.TemporaryDirectory() as files:
        template.restore_demo(Path(files))
    template.drop()


if __name__ == "__main__":
    main()
