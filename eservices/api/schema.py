"""The OpenAPI description of /api/v1/, and how refusals look in it."""

from typing import Any, Final

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.permissions import AllowAny

#: What machines get instead of an answer (RFC 9457).
PROBLEM: Final[dict[str, Any]] = {
    "type": "object",
    "description": "A refusal. `code` is stable, `title` is worded for people (docs/errors.md).",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "field": {"type": "string"},
        "login_url": {"type": "string"},
        "errors": {"type": "array", "items": {"type": "object", "additionalProperties": True}},
    },
}
_BODY: Final = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
_WORDS: Final = {
    "400": "The request cannot be understood.",
    "403": "Nobody is logged in, the right is missing, or the security token is.",
    "404": "There is no such thing, or it belongs to somebody else.",
    "405": "The address does not take this method.",
    "406": "The address answers in another media type.",
    "409": "Something changed meanwhile.",
    "415": "The body is not of the media type that the address takes.",
    "422": "The values cannot be accepted as they are; `errors` names them.",
    "429": "Too many tries; `Retry-After` says how many seconds to wait.",
    "503": "A service that the portal depends on does not answer.",
}
_READING: Final = ("400", "403", "404", "406", "429")
_WRITING: Final = (*_READING, "409", "415", "422", "503")


class VerifiedSession(OpenApiAuthenticationExtension):
    """Describes the session of somebody who has logged in with the second factor."""

    target_class = "eservices.api.authentication.VerifiedSessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """Return the cookie; writing also needs the header X-CSRFToken."""
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": settings.SESSION_COOKIE_NAME,
            "description": "Requests that change something also need the header X-CSRFToken.",
        }


class ReadingSession(OpenApiAuthenticationExtension):
    """Describes the same session at addresses for anybody: who is logged in reads the own prices."""

    target_class = "eservices.api.authentication.ReadingSessionAuthentication"
    name = "reading"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """Return the cookie, which may be missing; no token is asked."""
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": settings.SESSION_COOKIE_NAME,
            "description": "May be missing: who is logged in reads what is worked out for the profile in use.",
        }


def only_ours(endpoints: list[tuple[str, str, str, Any]]) -> list[tuple[str, str, str, Any]]:
    """Keep what lies below /api/v1/: Wagtail's own addresses have a description of their own kind."""
    return [endpoint for endpoint in endpoints if endpoint[0].startswith("/api/v1/")]


def with_problems(
    result: dict[str, Any], generator: Any, request: Any, public: bool
) -> dict[str, Any]:
    """Add to every operation the refusals that the house's error handler can answer."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
    for item in result.get("paths", {}).values():
        for method, operation in item.items():
            if method not in {"get", "post", "put", "patch", "delete"}:
                continue
            answers = operation.setdefault("responses", {})
            for status in _READING if method == "get" else _WRITING:
                answers.setdefault(status, {"description": _WORDS[status]})
            for status, answer in answers.items():
                if status >= "400":
                    answer["content"] = _BODY
    return result


class SchemaView(SpectacularJSONAPIView):
    """The description of the API, for anybody, as JSON."""

    permission_classes = (AllowAny,)
    authentication_classes = ()
