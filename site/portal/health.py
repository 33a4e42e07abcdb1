"""Health addresses for load balancers and people on duty: they say what is wrong, never about whom."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

#: How long a storage that could be written to is believed to be so.
STORAGE_SECONDS: Final = 60.0

#: What was found once and needs no second look in this process.
_known: dict[str, float] = {}


@require_safe
@never_cache
def live(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing is asked of anybody else."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """The process can serve people: 200, or 503 with the reasons.

    Mail, workers and outside services are not asked: one dead relay must not take the site down.
    """
    reasons = reasons_not_ready()
    status = 503 if reasons else 200
    return JsonResponse(
        {"status": "unavailable" if reasons else "ok", "reasons": reasons}, status=status
    )


def reasons_not_ready() -> list[str]:
    """Return what keeps the process from serving: database, migrations, storage."""
    if not database_answers():
        return ["database"]
    checks: tuple[tuple[str, Callable[[], bool]], ...] = (
        ("migrations", migrations_applied),
        ("storage", storage_writable),
    )
    return [name for name, check in checks if not check()]


def database_answers() -> bool:
    """Whether the database answers a query."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        connection.close()
        return False
    return True


def migrations_applied() -> bool:
    """Whether every migration of this code has run; asked until it is true, then remembered."""
    if "migrations" not in _known:
        try:
            executor = MigrationExecutor(connection)
            if executor.migration_plan(executor.loader.graph.leaf_nodes()):
                return False
        except DatabaseError:
            return False
        _known["migrations"] = time.monotonic()
    return True


def storage_writable() -> bool:
    """Whether files can be written where citizens' documents go; a good answer holds for a minute."""
    if time.monotonic() - _known.get("storage", -STORAGE_SECONDS) < STORAGE_SECONDS:
        return True
    probe = Path(settings.DATA) / f".ready-{os.getpid()}"
    try:
        probe.write_bytes(b"ok")
        probe.unlink()
    except OSError:
        return False
    _known["storage"] = time.monotonic()
    return True


def forget() -> None:
    """Look again at everything (tests)."""
    _known.clear()
