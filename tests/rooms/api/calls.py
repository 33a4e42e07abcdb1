"""Calls of the rooms' API in tests."""

import uuid
from typing import Any

from django.test import Client

from rooms.models import Room
from rooms.queries.clock import Span, local

ROOT = "/api/v1/rooms/"


def slot(span: Span) -> dict[str, str]:
    """A time as the API takes it."""
    return {"starts_at": local(span.start).isoformat(), "ends_at": local(span.end).isoformat()}


def wanted(room: Room, *spans: Span, **fields: Any) -> dict[str, Any]:
    """The body of a request."""
    times = {"slots": [slot(span) for span in spans]} if spans else {}
    return {"room": room.code, "purpose": "Répétition", "attendees": 10, **times} | fields


def post(client: Client, path: str, body: Any = None, *, key: str = "", **headers: str) -> Any:
    """Post JSON below the root, in English, with a key."""
    return client.post(
        ROOT + path,
        {} if body is None else body,
        content_type="application/json",
        headers={"Idempotency-Key": key or uuid.uuid4().hex, "Accept-Language": "en", **headers},
    )


def get(client: Client, path: str, data: Any = None, **headers: str) -> Any:
    """Read below the root, in English."""
    return client.get(ROOT + path, data, headers={"Accept-Language": "en", **headers})
