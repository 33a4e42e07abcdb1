"""Below /api/ every refusal is a problem document, whatever went wrong."""

import pytest
from django.test import Client

from tests.factories.eservices import log_in, make_user

pytestmark = pytest.mark.django_db


def assert_problem(answer, status: int, code: str) -> None:
    assert answer.status_code == status, answer.content[:300]
    assert answer.headers["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert (body["status"], body["code"]) == (status, code)
    assert body["title"]
    assert not answer.has_header("Location")


@pytest.mark.parametrize("path", ["/api/", "/api/v1/nothing/", "/api/v9/x", "/api/v1/faq"])
@pytest.mark.parametrize("language", ["fr", "nl", "de", "en", "tlh"])
def test_unknown_addresses(path, language):
    answer = Client().get(path, headers={"Accept-Language": language})
    if path == "/api/v1/faq" and answer.status_code == 301:
        pytest.fail("an API address must not be redirected to another spelling")
    assert_problem(answer, 404, "not_found")


def test_unknown_locale():
    assert Client().get("/api/v1/faq/", {"locale": "tlh"}).status_code in {404, 422}
    assert "problem+json" in Client().get("/api/v1/faq/", {"locale": "tlh"})["Content-Type"]


def test_wrong_method():
    answer = Client().put("/api/v1/session/")
    assert_problem(answer, 405, "method_not_allowed")
    assert "GET" in answer["Allow"]


def test_malformed_json():
    client = log_in(Client(), make_user())
    answer = client.post("/api/v1/submissions/", b"{not json", content_type="application/json")
    assert_problem(answer, 400, "malformed")


def test_another_media_type():
    client = log_in(Client(), make_user())
    answer = client.post("/api/v1/submissions/", b"<x/>", content_type="application/xml")
    assert_problem(answer, 415, "media_type")


def test_nobody_is_logged_in():
    answer = Client().get("/api/v1/submissions/")
    assert_problem(answer, 403, "accounts.login_required")
    assert answer.json()["login_url"].endswith("/login/") or "login_url" in answer.json()


def test_without_the_security_token():
    client = log_in(Client(enforce_csrf_checks=True), make_user())
    answer = client.post("/api/v1/submissions/", {}, content_type="application/json")
    assert_problem(answer, 403, "csrf")


def test_a_foreign_file_looks_like_none():
    client = log_in(Client(), make_user())
    assert_problem(client.get("/api/v1/submissions/SUB-2026-ZZZZZZ/"), 404, "not_found")
