"""Fixtures of all tests: the database, and the choice of tests by database."""

import os
from collections.abc import Iterator

import pytest
from django.core.files.storage import storages
from django.db import connection
from django.test import TransactionTestCase

from tests.template_database import template_for

DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "django_db_setup"}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that the second run, on PostgreSQL, uses."""
    parser.addoption(
        "--database-only", action="store_true", help="only tests that use the database"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out tests of the other database, and with --database-only those of none."""
    foreign = "sqlite_only" if connection.vendor == "postgresql" else "postgres_only"
    keep, drop = [], []
    for item in items:
        wanted = not item.get_closest_marker(foreign)
        if config.getoption("--database-only"):
            wanted = wanted and uses_database(item)
        (keep if wanted else drop).append(item)
    if drop:
        config.hook.pytest_deselected(items=drop)
        items[:] = keep


def uses_database(item: pytest.Item) -> bool:
    """Whether a test is marked for the database or asks for one of its fixtures."""
    asked = set(getattr(item, "fixturenames", ()))
    return bool(item.get_closest_marker("django_db") or asked & DATABASE_FIXTURES)


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker) -> Iterator[None]:
    """Give this test process its own copy of the migrated template database."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        template = template_for(worker)
        template.create()
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: template.restore())
        yield
        template.drop()


@pytest.fixture(autouse=True)
def _own_files(request, monkeypatch, tmp_path_factory) -> None:
    """Send what a test uploads to a folder of its own; fields keep their storage objects."""
    if uses_database(request.node):
        folder = tmp_path_factory.mktemp("files")
        for name in ("default", "private"):
            for cached in ("base_location", "location"):
                monkeypatch.setitem(storages[name].__dict__, cached, str(folder / name))
