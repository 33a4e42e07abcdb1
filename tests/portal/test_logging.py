"""What the logs hold, and what they must never hold."""

import json
import logging
import logging.config

import pytest
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from portal.logging import configuration, redacted

#: One of each kind of thing that people type and that no log may keep.
MARKERS = {
    "mail": "amelie.renard@example.org",
    "national number": "85.03.14-997.01",
    "bare national number": "85031499701",
    "account": "BE68 5390 0754 7034",
    "phone": "+32 470 12 34 56",
    "code": "493817",
    "token": "k3J9dPq2mX7vR8sT1uW4yZ6aB0cD5eF",
    "name": "Renard-Vandenbroucke",
    "query": "secret-search-words",
    "answer": "Rue du Secret 12",
}


@pytest.fixture
def lines(capsys):
    """Log as production does; returns the lines written so far."""
    before = logging.root.handlers[:]
    logging.config.dictConfig(configuration(json=True))
    yield lambda: capsys.readouterr().out
    logging.root.handlers[:] = before


def clean(output: str) -> list[dict]:
    """Parse the lines after making sure that no marker is in them."""
    assert output.strip(), "nothing was logged: the test would prove nothing"
    for kind, marker in MARKERS.items():
        assert marker not in output, kind
    return [json.loads(line) for line in output.splitlines()]


def test_fields_outside_the_list_are_dropped_by_name(lines):
    log = logging.getLogger("guichet.test")
    log.warning("task_failed", extra={"task": "eservices.actions.mails.deliver", "attempt": 2})
    log.warning("leak", extra={"person": MARKERS["name"], "answers": {"q": MARKERS["answer"]}})
    first, second = clean(lines())
    assert (first["task"], first["attempt"]) == ("eservices.actions.mails.deliver", 2)
    assert (first["level"], first["logger"], first["event"]) == (
        "warning",
        "guichet.test",
        "task_failed",
    )
    assert first["timestamp"].endswith("Z")
    assert second["dropped"] == ["answers", "person"]


def test_texts_are_redacted_wherever_they_stand(lines):
    log = logging.getLogger("guichet.test")
    text = " | ".join(
        MARKERS[kind]
        for kind in (
            "mail",
            "national number",
            "bare national number",
            "account",
            "phone",
            "code",
            "token",
        )
    )
    log.warning(text, extra={"error": text, "reasons": [text]})
    (line,) = clean(lines())
    for place in (line["event"], line["error"], line["reasons"][0]):
        for word in ("[mail]", "[number]", "[account]", "[code]", "[token]"):
            assert word in place


def test_values_in_messages_of_libraries_are_left_out(lines):
    logging.getLogger("django.request").error("Broken pipe from %s", f"/fr/x/?q={MARKERS['query']}")
    logging.getLogger("some.library").warning("%s did %s", MARKERS["name"], MARKERS["answer"])
    events = [line["event"] for line in clean(lines())]
    assert events == ["Broken pipe from %s", "%s did %s"]


def test_exceptions_show_places_and_no_messages(lines):
    def save():
        raise IntegrityError(f"Key (email)=({MARKERS['mail']}) of {MARKERS['name']}")

    try:
        try:
            save()
        except IntegrityError as error:
            raise ValueError(MARKERS["answer"]) from error
    except ValueError:
        logging.getLogger("guichet.test").exception("job_failed", extra={"job": "x"})
    (line,) = clean(lines())
    assert line["exception"][0] == "builtins.ValueError"
    assert "django.db.utils.IntegrityError" in line["exception"]
    assert any(
        "test_logging.py" in place and place.endswith(" save") for place in line["exception"]
    )


def fails(request: HttpRequest, token: str) -> HttpResponse:
    raise RuntimeError(f"{MARKERS['name']} {request.body!r}")


def works(request: HttpRequest, token: str) -> HttpResponse:
    return HttpResponse("ok")


urlpatterns = [
    path("fails/<str:token>/", fails, name="fails"),
    path("works/<str:token>/", works, name="works"),
]


def handler404(request: HttpRequest, exception: Exception) -> HttpResponse:
    return HttpResponse(status=404)


def handler500(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=500)


@pytest.mark.django_db
@pytest.mark.parametrize(("place", "status"), [("works", 200), ("fails", 500), ("nowhere", 404)])
def test_a_request_leaves_one_line_with_its_route(settings, lines, place, status):
    settings.ROOT_URLCONF = __name__
    client = Client(raise_request_exception=False)
    answer = client.post(
        f"/{place}/{MARKERS['token']}/?q={MARKERS['query']}&mail={MARKERS['mail']}",
        {"name": MARKERS["name"], "code": MARKERS["code"], "note": MARKERS["answer"]},
        headers={"Referer": f"http://testserver/{MARKERS['token']}", "User-Agent": MARKERS["name"]},
    )
    assert answer.status_code == status
    found = clean(lines())
    (line,) = [line for line in found if line["event"] == "request"]
    assert line["status"] == status
    assert line["method"] == "POST"
    assert line["route"] == ("" if place == "nowhere" else f"{place}/<str:token>/")
    assert line["request_id"] == answer["X-Request-ID"]
    if status == 500:
        (trouble,) = [line for line in found if "exception" in line]
        assert trouble["request_id"] == line["request_id"]


def test_the_proxys_request_id_is_kept_if_it_is_one():
    given = "0123456789abcdef0123456789abcdef"
    assert Client().get("/health/live", headers={"X-Request-ID": given})["X-Request-ID"] == given
    forged = Client().get("/health/live", headers={"X-Request-ID": MARKERS["mail"]})
    assert forged["X-Request-ID"] != MARKERS["mail"]


@pytest.mark.parametrize(
    "text",
    [
        "database_unavailable",
        "eservices.actions.mails.deliver",
        "127.0.0.1",
        "SELECT 1",
        "2026-07-14",
    ],
)
def test_harmless_texts_stay(text):
    assert redacted(text) == text or text == "2026-07-14"
