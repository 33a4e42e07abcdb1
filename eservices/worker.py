"""The worker: takes tasks from the table, one at a time, and loses none when it is killed.

A task is claimed by one guarded UPDATE, so that an idle worker takes no write lock. A thread keeps
a heartbeat; rows of workers without one are given back. Every finishing UPDATE compares the list of
workers, so that a worker that was stopped too long cannot overwrite its successor's result: the
work may then happen twice, hence actions are idempotent.
"""

import logging
import os
import random
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from types import FrameType
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, InterfaceError, close_old_connections, connection, connections
from django.utils import timezone
from django_tasks import TaskContext, TaskResultStatus
from django_tasks.utils import normalize_json
from django_tasks_db.models import DBTaskResult

from eservices.errors import DomainError, Unavailable
from eservices.models import WorkerBeat

log = logging.getLogger("guichet.worker")

#: A worker that has not been seen for this many beats counts as dead.
LEASE_BEATS = 4


class Permanent(Exception):
    """Trying again cannot help."""


class TimeLimit(Exception):
    """The task ran longer than the soft limit."""


class Lost(Exception):
    """The worker vanished in the middle of the task's last attempt; only its name is written down."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How patient a worker is, in seconds save `attempts`; tests use shorter times than the house."""

    beat: float = 5.0
    soft: float = 120.0
    hard: float = 300.0
    attempts: int = 8
    first_wait: float = 5.0
    longest_wait: float = 3600.0

    def back_off(self, attempt: int) -> timedelta:
        """How long to wait after an attempt: doubled each time, up to the longest, with jitter."""
        seconds = min(self.longest_wait, self.first_wait * 2 ** (attempt - 1))
        return timedelta(seconds=seconds * random.uniform(0.8, 1.2))  # noqa: S311  jitter


class Worker:
    """One worker process. `run()` returns after SIGTERM or SIGINT, when the task at hand is
    finished.
    """

    def __init__(
        self,
        *,
        interval: float = 0.5,
        min_priority: int = -100,
        limits: Limits = Limits(),  # noqa: B008  immutable
    ) -> None:
        self.worker_id = f"{socket.gethostname()[:30]}-{os.getpid()}-{os.urandom(4).hex()}"
        self.interval = interval
        self.min_priority = min_priority
        self.limits = limits
        self.stopping = threading.Event()
        self.began: float | None = None
        self.swept = -limits.beat

    def run(self) -> None:
        """Work until a signal says stop; a database that goes away is waited for."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        signal.signal(signal.SIGALRM, self._too_long)
        threading.Thread(target=self._keep_beating, daemon=True).start()
        wait = 1.0
        while not self.stopping.is_set():
            try:
                close_old_connections()
                worked = self.step()
                wait = 1.0
            except (DatabaseError, InterfaceError):
                log.warning("database_unavailable", extra={"wait": wait})
                connections.close_all()
                self.stopping.wait(wait)
                wait = min(wait * 2, 30.0)
                continue
            if not worked:
                self.stopping.wait(self.interval)

    def step(self) -> bool:
        """Give back lost tasks when it is time, then do one task; tells whether there was one."""
        if time.monotonic() - self.swept > self.limits.beat:
            self.beat()
            self.give_back_lost()
            self.swept = time.monotonic()
        row = self.claim()
        if row is not None:
            self.do(row)
        return row is not None

    def drain(self) -> int:
        """Do everything that is ready now; returns how many tasks ran (tests, commands)."""
        count = 0
        while self.step():
            count += 1
        return count

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping.set()

    def _too_long(self, number: int, frame: FrameType | None) -> None:
        raise TimeLimit

    def beat(self) -> None:
        """Write down that this worker lives."""
        WorkerBeat.objects.update_or_create(
            pk=self.worker_id,
            defaults={
                "seen_at": timezone.now(),
                "host": socket.gethostname()[:60],
                "pid": os.getpid(),
            },
        )

    def _keep_beating(self) -> None:
        while self.began or not self.stopping.is_set():
            time.sleep(self.limits.beat)
            if self.began and time.monotonic() - self.began > self.limits.hard:
                os._exit(
                    75
                )  # hung in C code: the supervisor restarts us, another worker takes the task
            try:
                self.beat()
            except (DatabaseError, InterfaceError):
                connection.close()

    def claim(self) -> DBTaskResult | None:
        """Take the first ready task, or None."""
        for row in DBTaskResult.objects.ready().filter(priority__gte=self.min_priority)[:5]:
            ids = [*row.worker_ids, self.worker_id]
            now = timezone.now()
            if DBTaskResult.objects.filter(pk=row.pk, status=TaskResultStatus.READY).update(
                status=TaskResultStatus.RUNNING, started_at=now, worker_ids=ids
            ):
                row.worker_ids, row.status, row.started_at = ids, TaskResultStatus.RUNNING, now
                return row
        return None

    def do(self, row: DBTaskResult) -> None:
        """Run one task and write down what came of it."""
        self.began = time.monotonic()
        try:
            change = self._outcome(row)
            self._write_down(row, change)
        finally:
            self.began = None

    def _outcome(self, row: DBTaskResult) -> dict[str, Any]:
        try:
            with self._time_limit():
                value = self._call(row)
        except ObjectDoesNotExist:  # what the task was about is gone: nothing is left to do
            log.warning("task_object_gone", extra={"task": row.task_path, "task_id": str(row.pk)})
            value = None
        except Exception as error:  # noqa: BLE001  border: whatever a task raises is its result
            return self._failure(row, error)
        return {
            "status": TaskResultStatus.SUCCESSFUL,
            "finished_at": timezone.now(),
            "return_value": normalize_json(value),
            "exception_class_path": "",
            "traceback": "",
        }

    def _failure(self, row: DBTaskResult, error: Exception) -> dict[str, Any]:
        name = f"{type(error).__module__}.{type(error).__qualname__}"
        attempt = len(row.worker_ids)
        hopeless = isinstance(error, Permanent) or (
            isinstance(error, DomainError) and not isinstance(error, Unavailable)
        )
        # No traceback is kept: its lines may quote personal data. The log has the places, redacted.
        log.warning(
            "task_failed",
            extra={
                "task": row.task_path,
                "task_id": str(row.pk),
                "attempt": attempt,
                "error": name,
            },
            exc_info=not isinstance(error, DomainError),
        )
        change: dict[str, Any] = {"exception_class_path": name, "traceback": ""}
        if hopeless or attempt >= self.limits.attempts:
            return change | {"status": TaskResultStatus.FAILED, "finished_at": timezone.now()}
        return change | {
            "status": TaskResultStatus.READY,
            "run_after": timezone.now() + self.limits.back_off(attempt),
        }

    def _call(self, row: DBTaskResult) -> Any:
        task: Any = row.task
        result: Any = row.task_result
        first = [TaskContext(task_result=result)] if task.takes_context else []
        return task.call(*first, *result.args, **result.kwargs)

    @contextmanager
    def _time_limit(self) -> Iterator[None]:
        if (
            threading.current_thread() is not threading.main_thread()
        ):  # signals reach the main thread only
            yield
            return
        signal.setitimer(signal.ITIMER_REAL, self.limits.soft)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)

    def _write_down(self, row: DBTaskResult, change: dict[str, Any]) -> None:
        while True:  # the work is done: insist
            try:
                mine = DBTaskResult.objects.filter(
                    pk=row.pk, status=TaskResultStatus.RUNNING, worker_ids=row.worker_ids
                )
                if not mine.update(**change):
                    log.warning("lease_lost", extra={"task_id": str(row.pk)})
                return
            except (DatabaseError, InterfaceError):
                connections.close_all()
                time.sleep(1)

    def give_back_lost(self) -> None:
        """Make tasks of workers without a heartbeat ready again; after the last attempt they count
        as failed.
        """
        alive_since = timezone.now() - timedelta(seconds=LEASE_BEATS * self.limits.beat)
        alive = set(WorkerBeat.objects.filter(seen_at__gt=alive_since).values_list("pk", flat=True))
        for row in DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING):
            if row.worker_ids and row.worker_ids[-1] in alive:
                continue
            mine = DBTaskResult.objects.filter(
                pk=row.pk, status=TaskResultStatus.RUNNING, worker_ids=row.worker_ids
            )
            if len(row.worker_ids) >= self.limits.attempts:
                mine.update(
                    status=TaskResultStatus.FAILED,
                    finished_at=timezone.now(),
                    exception_class_path=f"{Lost.__module__}.{Lost.__qualname__}",
                )
            else:
                mine.update(status=TaskResultStatus.READY, run_after=timezone.now())
            log.warning("task_given_back", extra={"task": row.task_path, "task_id": str(row.pk)})
