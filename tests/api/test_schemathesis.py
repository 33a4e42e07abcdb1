"""Chance requests made from the API's own description: no crash, only answers that are described."""

from collections.abc import Callable, Iterable, Iterator
from itertools import count
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from eservices.enums import SubmissionState
from tests.factories.eservices import log_in, make_user
from tests.factories.rooms import day_ahead, make_booking, make_room, span_on
from tests.factories.submissions import make_draft, make_file, viewer_of
from tests.factories.teams import make_team_agent

#: The stricter database: it refuses characters and numbers that SQLite takes.
pytestmark = pytest.mark.postgres_only

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
Environ = dict[str, Any]


class Application:
    """The portal, with the cookies and the security token of somebody put into every request."""

    def __init__(self) -> None:
        self.portal = get_wsgi_application()
        self.cookies: dict[str, str] = {}

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        if self.cookies:
            environ["HTTP_COOKIE"] = "; ".join(
                f"{key}={value}" for key, value in self.cookies.items()
            )
            environ["HTTP_X_CSRFTOKEN"] = self.cookies["csrftoken"]
        body = self.portal(environ, start_response)
        try:
            return [b"".join(body)]
        finally:
            body.close()  # as a server does: temporary files go


@pytest.fixture
def application() -> Iterator[Application]:
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)  # as Django's own test client does
    yield Application()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


BOUNDED = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def explore(
    application: Application,
    *,
    below: str = "/api/v1/",
    aim: Callable[[Any], None] = lambda case: None,
) -> None:
    """Send chance requests to every operation below a path; fails with all that was found."""
    api = schemathesis.openapi.from_wsgi("/api/v1/schema/", application)
    found, seen = [], 0
    for result in api.get_all_operations():
        operation = result.ok()
        if not operation.path.startswith(below):
            continue

        @BOUNDED
        @given(case=operation.as_strategy())
        def call(case: Any) -> None:
            aim(case)
            case.call_and_validate(checks=CHECKS)

        try:
            call()
        except (FailureGroup, Failure) as failure:
            found.append(f"{operation.method} {operation.path}: {failure.exceptions}")
        seen += 1
    assert seen, "nothing was explored"
    assert not found, "\n".join(found)


def session_of(user) -> dict[str, str]:
    """The cookies of a session with the second factor, and a token that goes with them."""
    client = log_in(Client(), user)
    token = "a" * 32
    return {name: morsel.value for name, morsel in client.cookies.items()} | {"csrftoken": token}


@pytest.mark.django_db
def test_anybody(application):
    explore(application)


@pytest.fixture
def files(db):
    """A draft and two files on their way, of one person."""
    draft = make_draft()
    user = draft.acting_user
    return [
        draft,
        make_file(SubmissionState.SUBMITTED, user),
        make_file(SubmissionState.IN_REVIEW, user),
    ]


def at(files: list[Any]) -> Callable[[Any], None]:
    """Return what points every other request at a file that exists."""
    turns = count()

    def aim(case: Any) -> None:
        turn = next(turns)
        if turn % 2 and case.path_parameters and "reference" in case.path_parameters:
            case.path_parameters["reference"] = files[turn // 2 % len(files)].reference

    return aim


def test_a_citizen(application, files):
    application.cookies = session_of(files[0].acting_user)
    explore(application, aim=at(files))


def test_an_agent(application, files):
    application.cookies = session_of(make_team_agent(*files))
    explore(application, below="/api/v1/agent/", aim=at(files))


@pytest.fixture
def bookings(db):
    """A room with three requests of one person."""
    viewer, room = viewer_of(make_user()), make_room()
    return [make_booking(viewer, room, span_on(day_ahead(days), 10, 12)) for days in (10, 11, 12)]


def at_bookings(bookings: list[Any]) -> Callable[[Any], None]:
    """Return what points every other request at a booking and a room that exist, also in what it sends."""
    turns = count()

    def aim(case: Any) -> None:
        turn = next(turns)
        if not turn % 2:
            return
        row = bookings[turn // 2 % len(bookings)]
        named = {"reference": row.reference, "code": row.room.code}
        for name in case.path_parameters or {}:
            case.path_parameters[name] = named.get(name, case.path_parameters[name])
        if isinstance(case.body, dict):
            if "room" in case.body:
                case.body["room"] = row.room.code
            if "revision" in case.body:
                case.body["revision"] = row.revision

    return aim


def test_who_books(application, bookings):
    application.cookies = session_of(bookings[0].acting_user)
    explore(application, below="/api/v1/rooms/", aim=at_bookings(bookings))


def test_an_agent_of_rooms(application, bookings):
    agent = make_team_agent()
    bookings[0].room.team.members.add(agent)
    application.cookies = session_of(agent)
    explore(application, below="/api/v1/rooms/agent/", aim=at_bookings(bookings))
