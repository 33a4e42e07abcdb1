"""Fixtures of all tests: the database, and the choice of tests by database."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import TransactionTestCase
from django.utils import translation
from hypothesis import settings as hypothesis_settings
from pytest_django import DjangoDbBlocker

from tests.template_database import (
    PostgresTemplate,
    SqliteTemplate,
    files_in,
    template_for,
)

DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "django_db_setup", "demo"}
# Folders and files that look at the portal from outside, and what runs on both databases all the same.
PAGES = {"views", "backoffice", "identity", "api", "test_state_matrix.py", "test_headers.py"}
BOTH = ("test_invariants", "test_schemathesis")
BROWSER_TESTS = Path(__file__).parent / "e2e"

# Properties are about values: how long an example takes depends on what else the machine does.
hypothesis_settings.register_profile("untimed", deadline=None)
hypothesis_settings.load_profile("untimed")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that the second run, on PostgreSQL, uses."""
    parser.addoption(
        "--database-only", action="store_true", help="only tests that use the database"
    )


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Do not even read files of which nothing would run: that takes each worker long."""
    skipped = config.getoption("--database-only") and collection_path.is_file()
    if skipped and PAGES.intersection(collection_path.parts):
        return not collection_path.name.startswith(BOTH) or None
    return None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out tests of the other database, and with --database-only those that need not run on a second one."""
    for item in items:
        if BROWSER_TESTS in item.path.parents:
            item.add_marker(pytest.mark.e2e)
    foreign = "sqlite_only" if connection.vendor == "postgresql" else "postgres_only"
    keep, drop = [], []
    for item in items:
        wanted = not item.get_closest_marker(foreign)
        if config.getoption("--database-only"):
            wanted = wanted and uses_database(item) and not looks_from_outside(item)
        (keep if wanted else drop).append(item)
    if drop:
        config.hook.pytest_deselected(items=drop)
        items[:] = keep


def uses_database(item: pytest.Item) -> bool:
    """Whether a test is marked for the database or asks for one of its fixtures."""
    asked = set(getattr(item, "fixturenames", ()))
    return bool(item.get_closest_marker("django_db") or asked & DATABASE_FIXTURES)


def looks_from_outside(item: pytest.Item) -> bool:
    """Whether a test is about pages or the API: how requests become calls, and results become answers.

    What these ask of a database is in `queries` and `actions`, whose tests run on both. So do rules that must never
    break, tests that commit (they are about transactions and locks, or open each page of the demo), and values that
    nobody thought of.
    """
    if item.path.name.startswith(BOTH) or commits(item):
        return False
    asked = set(getattr(item, "fixturenames", ()))
    return bool(asked & {"client", "admin_client"} or PAGES.intersection(item.path.parts))


def commits(item: pytest.Item) -> bool:
    """Whether a test writes for good instead of in a transaction that is rolled back."""
    mark = item.get_closest_marker("django_db")
    return "transactional_db" in getattr(item, "fixturenames", ()) or bool(
        mark and mark.kwargs.get("transaction")
    )


@pytest.fixture(scope="session")
def template_database() -> SqliteTemplate | PostgresTemplate:
    """The templates of this test process."""
    return template_for(os.environ.get("PYTEST_XDIST_WORKER", "main"))


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_blocker: DjangoDbBlocker,
    template_database: SqliteTemplate | PostgresTemplate,
) -> Iterator[None]:
    """Give this test process its own copy of the migrated template database."""

    def lay_anew(case: TransactionTestCase) -> None:
        template_database.restore()

    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        template_database.create()
        patch.setattr(TransactionTestCase, "_fixture_teardown", lay_anew)
        yield
        template_database.drop()


@pytest.fixture(autouse=True)
def main_language() -> Iterator[None]:
    """Begin in the main language: a request leaves its own one active in the thread it ran in."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture(autouse=True)
def own_files(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path | None]:
    """Send what a test uploads and mails to a folder of its own."""
    if not uses_database(request.node):
        yield None
        return
    folder = tmp_path_factory.mktemp("files")
    with files_in(folder):
        yield folder


@pytest.fixture
def demo(
    transactional_db: None,
    own_files: Path,
    template_database: SqliteTemplate | PostgresTemplate,
) -> None:
    """The demo's content and people, committed; loaded once for each state of the code."""
    template_database.restore_demo(own_files)
    cache.clear()  # Wagtail keeps the roots of sites for an hour: those of the database before
