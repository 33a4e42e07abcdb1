"""What load balancers are told."""

import json

import pytest
from django.db import OperationalError
from django.test import Client

from portal import health


@pytest.fixture(autouse=True)
def _fresh(settings, tmp_path):
    settings.DATA = tmp_path
    health.forget()
    yield
    health.forget()


def test_live_asks_nothing():
    """No database mark: a query would fail this test."""
    answer = Client().get("/health/live")
    assert (answer.status_code, answer.content) == (200, b"ok")
    assert not answer.cookies
    assert "no-cache" in answer["Cache-Control"]


@pytest.mark.django_db
def test_ready_and_soon_with_one_query(django_assert_num_queries):
    answer = Client().get("/health/ready")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "reasons": []})
    with django_assert_num_queries(1):
        Client().get("/health/ready")


@pytest.mark.django_db
def test_unapplied_migrations(monkeypatch):
    from django.db.migrations.executor import MigrationExecutor

    monkeypatch.setattr(MigrationExecutor, "migration_plan", lambda self, targets: ["one"])
    answer = Client().get("/health/ready")
    assert (answer.status_code, answer.json()["reasons"]) == (503, ["migrations"])
    monkeypatch.undo()
    assert Client().get("/health/ready").status_code == 200, "a bad answer is not remembered"


@pytest.mark.django_db
def test_storage_that_cannot_be_written(settings, tmp_path):
    settings.DATA = tmp_path / "gone"
    answer = Client().get("/health/ready")
    assert (answer.status_code, answer.json()["reasons"]) == (503, ["storage"])


@pytest.mark.django_db
def test_database_away_tells_nothing_about_it(monkeypatch):
    from django.db import connection

    def refuse(*args, **options):
        raise OperationalError("password of guichet@10.0.0.7 refused")

    monkeypatch.setattr(connection, "cursor", refuse)
    answer = Client().get("/health/ready")
    assert answer.status_code == 503
    assert json.loads(answer.content) == {"status": "unavailable", "reasons": ["database"]}


def test_only_reading():
    assert Client().post("/health/live").status_code == 405
