"""The description of the API: complete, without warnings, true for refusals."""

import json

import pytest
from django.core.management import call_command
from django.test import Client

pytestmark = pytest.mark.django_db


def test_it_is_made_without_a_warning_and_valid(tmp_path):
    call_command(
        "spectacular", "--fail-on-warn", "--validate", "--file", str(tmp_path / "schema.yaml")
    )


def test_anybody_may_read_it():
    answer = Client().get("/api/v1/schema/")
    assert answer.status_code == 200
    assert not answer.cookies
    paths = json.loads(answer.content)["paths"]
    assert "/api/v1/session/" in paths
    assert "/api/v1/faq/" in paths
    assert all(path.startswith("/api/v1/") for path in paths)


def test_every_operation_tells_its_refusals():
    paths = json.loads(Client().get("/api/v1/schema/").content)["paths"]
    for path, item in paths.items():
        for method, operation in item.items():
            assert "404" in operation["responses"], (method, path)
            problem = operation["responses"]["404"]["content"]
            assert list(problem) == ["application/problem+json"], (method, path)
