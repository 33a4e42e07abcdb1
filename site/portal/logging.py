"""Structured logs without personal data: one JSON line for each request, task or trouble.

What may stand in a line is a list of allowed fields, not a list of forbidden ones. Texts are
searched for addresses, numbers, codes and tokens all the same. Messages of libraries are written
without the values that were put into them, exceptions without their message: both quote what people
typed. Query strings and paths never appear, only the pattern of the route.
"""

import logging
import re
import sys
import time
import traceback
import uuid
from collections.abc import Callable, MutableMapping
from pathlib import Path
from typing import Any, Final

import structlog
from django.http import HttpRequest, HttpResponseBase
from django.utils.functional import LazyObject, empty
from structlog.typing import Processor

log = logging.getLogger("guichet.requests")

Event = MutableMapping[str, Any]

#: Everything that a line may hold besides time, level, logger and event (docs/operations.md).
ALLOWED: Final = frozenset(
    {
        *("request_id", "method", "route", "status", "ms", "actor_id", "actor_kind"),
        *("task", "task_id", "attempt", "wait", "error", "exception", "job", "outcome"),
        *("reasons", "count", "provider", "status_code", "version", "dropped"),
    }
)
_IDENTIFIERS: Final = frozenset({"request_id", "task_id", "actor_id"})
_HEAD: Final = frozenset({"timestamp", "level", "logger", "event"})

_PATTERNS: Final = (
    (re.compile(r"[^\s@<>\"'(),:;]+@[^\s@<>\"'(),:;]+"), "[mail]"),
    (re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b"), "[account]"),
    (re.compile(r"\+?\d(?:[\s./-]?\d){7,}"), "[number]"),
    (re.compile(r"(?<![\w.-])\d{3}[\s-]?\d{3}(?![\w.-])"), "[code]"),
    (re.compile(r"(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{20,}", re.ASCII), "[token]"),
)
_REQUEST_ID: Final = re.compile(r"[0-9a-f-]{16,36}", re.ASCII)


def redacted(text: str) -> str:
    """Return a text without mail addresses, account and other long numbers, codes and tokens."""
    for pattern, word in _PATTERNS:
        text = pattern.sub(word, text)
    return text


def _redact_value(value: Any) -> Any:
    if isinstance(value, str):
        return redacted(value)
    if isinstance(value, (list, tuple)):
        return [_redact_value(item) for item in value]
    if value is None or isinstance(value, (bool, int, float)):
        return value
    return redacted(str(value))


def only_allowed(_logger: Any, _method: str, event: Event) -> Event:
    """Keep the allowed fields, redact their texts, name the ones that were dropped."""
    kept: Event = {name: event[name] for name in _HEAD & event.keys()}
    kept["event"] = redacted(str(event.get("event", "")))
    for name in ALLOWED & event.keys():
        value = event[name]
        kept[name] = str(value) if name in _IDENTIFIERS else _redact_value(value)
    dropped = sorted(key for key in event if key not in ALLOWED | _HEAD and not key.startswith("_"))
    if dropped:
        kept["dropped"] = dropped
    return kept


class BareFormatter(structlog.stdlib.ProcessorFormatter):
    """Writes a message as it stands in the code, without the values that were put into it."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of one record."""
        bare = logging.makeLogRecord(record.__dict__)
        bare.args = None
        return super().format(bare)


def exception_places(_logger: Any, _method: str, event: Event) -> Event:
    """Replace an exception by the classes and the places in the code that it came through."""
    found = event.pop("exc_info", None)
    event.pop("stack_info", None)
    if found is True:
        found = sys.exc_info()
    error = found[1] if isinstance(found, tuple) else found
    lines: list[str] = []
    while isinstance(error, BaseException):
        lines.append(f"{type(error).__module__}.{type(error).__qualname__}")
        for frame in traceback.extract_tb(error.__traceback__):
            lines.append(f"{'/'.join(Path(frame.filename).parts[-3:])}:{frame.lineno} {frame.name}")
        error = error.__cause__ or error.__context__
    if lines:
        event["exception"] = lines
    return event


def configuration(*, json: bool, level: str = "INFO") -> dict[str, Any]:
    """Return Django's LOGGING: JSON lines for machines, or lines that people read (demo)."""
    before: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
    ]
    safe: list[Processor] = [exception_places, only_allowed]
    if not json:
        safe = [structlog.processors.format_exc_info, only_allowed]
    stamp: Processor = structlog.processors.TimeStamper(fmt="iso", utc=True)
    show: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if json
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": BareFormatter if json else structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": before,
                "processors": [*safe, stamp, show],
            }
        },
        "handlers": {"out": {"class": "portal.logging.OutHandler", "formatter": "line"}},
        "root": {"handlers": ["out"], "level": "WARNING"},
        "loggers": {
            "guichet": {"level": level},
            "django": {"handlers": [], "level": "WARNING"},
            "django.server": {"handlers": [], "level": "ERROR", "propagate": True},
            # Our own line for each request says the same, with the route instead of the path.
            "django.request": {"level": "ERROR"},
            # These tell who failed to log in and which picture has no description.
            "axes": {"level": "CRITICAL"},
            "weasyprint": {"level": "CRITICAL"},
            "fontTools": {"level": "ERROR"},
        },
    }


class OutHandler(logging.StreamHandler):
    """Writes to what is standard output now: tests and supervisors exchange it."""

    def __init__(self) -> None:
        super().__init__(sys.stdout)

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        self.stream = sys.stdout
        super().emit(record)


class RequestIdMiddleware:
    """Gives every request an id, which its lines, its tasks and its answer carry, and writes one
    line about it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get("X-Request-ID", "")
        request_id = given if _REQUEST_ID.fullmatch(given) else str(uuid.uuid4())
        request.request_id = request_id  # type: ignore[attr-defined]
        began = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            response = self.get_response(request)
            level = logging.DEBUG if request.path_info.startswith("/health/") else logging.INFO
            log.log(
                level,
                "request",
                extra={
                    "method": request.method if request.method in _METHODS else "other",
                    "route": route_of(request),
                    "status": response.status_code,
                    "ms": round((time.perf_counter() - began) * 1000, 1),
                    **_actor(request),
                },
            )
        response.headers["X-Request-ID"] = request_id
        return response


_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def route_of(request: HttpRequest) -> str:
    """Return the pattern of the address, never the address; empty when there is none."""
    match = request.resolver_match
    return match.route if match else ""


def _actor(request: HttpRequest) -> dict[str, str]:
    """Return who asked, by opaque id, if the request had to find out anyway: no query for the log's
    sake.
    """
    user = request.__dict__.get("user")
    if user is None or (isinstance(user, LazyObject) and user.__dict__.get("_wrapped") is empty):
        return {}
    if not user.is_authenticated:
        return {"actor_kind": "anonymous"}
    kind = "staff" if user.is_staff else "citizen"
    return {"actor_kind": kind, "actor_id": str(user.public_id)}
