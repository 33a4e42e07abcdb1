"""The worker loses nothing: proved with processes that are killed, on SQLite and PostgreSQL."""

import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import DatabaseError, OperationalError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from eservices.models import WorkerBeat
from eservices.worker import Limits, TimeLimit, Worker
from tests.eservices.worker_tasks import die, fail, leave

QUICK = Limits(beat=0.2, first_wait=0.01, longest_wait=0.01, attempts=4)
fork = multiprocessing.get_context("fork")


def work(change: Callable[[Worker], None] | None = None) -> None:
    """Be a worker process."""
    worker = Worker(interval=0.02, limits=QUICK)
    if change:
        change(worker)
    worker.run()


@contextmanager
def process(target: Callable[..., None] = work, *args) -> Iterator[multiprocessing.Process]:
    """Start a process of its own; its connections are not shared with ours."""
    connections.close_all()
    child = fork.Process(target=target, args=args)
    child.start()
    try:
        yield child
    finally:
        if child.is_alive():
            child.kill()
        child.join(10)
        child.close()


def wait_until(true: Callable[[], bool], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.02)


def states() -> list[str]:
    return list(DBTaskResult.objects.order_by("status").values_list("status", flat=True))


def all_done() -> bool:
    return set(states()) == {TaskResultStatus.SUCCESSFUL}


def kill_three_workers_while_they_work(folder) -> None:
    """Enqueue, and kill a worker in the middle of each of three tasks."""
    for number in range(6):
        leave.enqueue(str(folder), str(number), 0.15)
    for killed in range(1, 4):
        with process() as child:
            wait_until(lambda n=killed: len(list(folder.glob("*.begun"))) >= n)
            running = DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING)
            wait_until(running.exists, 2)
            os.kill(child.pid, signal.SIGKILL)
            child.join()


@pytest.mark.django_db(transaction=True)
def test_kill_9_loses_no_task(tmp_path):
    kill_three_workers_while_they_work(tmp_path)
    assert TaskResultStatus.RUNNING in states(), "a killed worker left a task: the test has teeth"
    with process():
        wait_until(all_done)
    assert {path.stem for path in tmp_path.glob("*.done")} == {str(number) for number in range(6)}


@pytest.mark.django_db(transaction=True)
def test_without_giving_back_a_killed_workers_task_would_stay(tmp_path):
    """The control: what the test above would see if the worker did not give back."""
    leave.enqueue(str(tmp_path), "0", 30)
    with process() as child:
        wait_until(lambda: TaskResultStatus.RUNNING in states())
        os.kill(child.pid, signal.SIGKILL)
        child.join()
    with process(work, lambda worker: setattr(worker, "give_back_lost", lambda: None)):
        time.sleep(6 * QUICK.beat)
        assert states() == [TaskResultStatus.RUNNING]


@pytest.mark.django_db(transaction=True)
def test_sigterm_even_twice_finishes_the_task_at_hand(tmp_path):
    leave.enqueue(str(tmp_path), "a", 0.6)
    leave.enqueue(str(tmp_path), "b", 0.6)
    with process() as child:
        wait_until(lambda: bool(list(tmp_path.glob("*.begun"))))
        os.kill(child.pid, signal.SIGTERM)
        time.sleep(0.1)
        os.kill(child.pid, signal.SIGTERM)
        child.join(10)
        assert child.exitcode == 0
    assert sorted(states()) == [TaskResultStatus.READY, TaskResultStatus.SUCCESSFUL]


@pytest.mark.django_db(transaction=True)
def test_two_workers_do_each_task_once(tmp_path):
    for number in range(10):
        leave.enqueue(str(tmp_path), str(number), 0.02)
    with process(), process():
        wait_until(all_done)
    assert {len(row.worker_ids) for row in DBTaskResult.objects.all()} == {1}


@pytest.mark.django_db(transaction=True)
def test_a_task_that_kills_every_worker_ends_as_failed():
    die.enqueue()
    for _attempt in range(QUICK.attempts):
        with process() as child:
            child.join(10)
            assert child.exitcode == 9
        WorkerBeat.objects.update(seen_at=timezone.now() - timedelta(hours=1))
    Worker(limits=QUICK).step()
    row = DBTaskResult.objects.get()
    assert (row.status, len(row.worker_ids)) == (TaskResultStatus.FAILED, QUICK.attempts)
    assert row.exception_class_path == "eservices.worker.Lost"


def drain(limits: Limits = QUICK) -> None:
    worker = Worker(limits=limits)
    for _round in range(12):
        worker.drain()
        time.sleep(0.015)


@pytest.mark.django_db
def test_a_poisoned_task_is_tried_again_then_kept_as_failed_without_its_words():
    fail.enqueue("bug")
    drain()
    row = DBTaskResult.objects.get()
    assert (row.status, len(row.worker_ids)) == (TaskResultStatus.FAILED, QUICK.attempts)
    assert row.exception_class_path == "builtins.ValueError"
    assert row.finished_at is not None
    assert "amelie" not in f"{row.traceback}{row.return_value}"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "status", "attempts"),
    [
        ("permanent", TaskResultStatus.FAILED, 1),
        ("refused", TaskResultStatus.FAILED, 1),
        ("away", TaskResultStatus.FAILED, QUICK.attempts),
        ("gone", TaskResultStatus.SUCCESSFUL, 1),
    ],
)
def test_trying_again_depends_on_the_error(kind, status, attempts):
    fail.enqueue(kind)
    drain()
    row = DBTaskResult.objects.get()
    assert (row.status, len(row.worker_ids)) == (status, attempts)


@pytest.mark.django_db
def test_the_next_try_waits():
    fail.enqueue("away")
    Worker(limits=Limits()).drain()
    row = DBTaskResult.objects.get()
    wait = (row.run_after - timezone.now()).total_seconds()
    assert row.status == TaskResultStatus.READY
    assert 3 < wait <= 6
    assert Worker().claim() is None, "it is not due yet"


def test_waits_double_up_to_an_hour():
    waits = [Limits().back_off(attempt).total_seconds() for attempt in (1, 2, 5, 30)]
    for wait, expected in zip(waits, (5, 10, 80, 3600), strict=True):
        assert 0.8 * expected <= wait <= 1.2 * expected


@pytest.mark.django_db
def test_a_worker_that_was_away_too_long_cannot_overwrite_the_result(tmp_path):
    leave.enqueue(str(tmp_path), "a")
    slow, quick = Worker(limits=QUICK), Worker(limits=QUICK)
    stale = slow.claim()
    quick.beat()
    quick.give_back_lost()
    assert quick.step()
    slow._write_down(stale, {"status": TaskResultStatus.FAILED})
    row = DBTaskResult.objects.get()
    assert (row.status, len(row.worker_ids)) == (TaskResultStatus.SUCCESSFUL, 2)


@pytest.mark.django_db
def test_a_living_workers_task_is_left_alone(tmp_path):
    leave.enqueue(str(tmp_path), "a")
    busy = Worker(limits=QUICK)
    busy.beat()
    busy.claim()
    Worker(limits=QUICK).give_back_lost()
    assert states() == [TaskResultStatus.RUNNING]


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_act_leaves_no_task(tmp_path):

    @transaction.atomic
    def act() -> None:
        leave.enqueue(str(tmp_path), "a")
        assert DBTaskResult.objects.exists()
        raise DatabaseError

    with pytest.raises(DatabaseError):
        act()
    assert not DBTaskResult.objects.exists()


@pytest.mark.django_db
def test_a_task_that_takes_too_long_is_stopped(tmp_path):
    leave.enqueue(str(tmp_path), "a", 5)
    worker = Worker(limits=Limits(soft=0.2, attempts=1))
    before = signal.signal(signal.SIGALRM, worker._too_long)
    try:
        worker.drain()
    finally:
        signal.signal(signal.SIGALRM, before)
    row = DBTaskResult.objects.get()
    assert row.status == TaskResultStatus.FAILED
    assert row.exception_class_path.endswith(TimeLimit.__name__)


@pytest.mark.django_db
def test_urgent_tasks_first(tmp_path):
    leave.using(priority=-10).enqueue(str(tmp_path), "later")
    leave.using(priority=50).enqueue(str(tmp_path), "code")
    worker = Worker(limits=QUICK)
    assert worker.claim().args_kwargs["args"][1] == "code"
    assert Worker(min_priority=0).claim() is None


@pytest.mark.django_db
def test_looking_at_an_empty_table_writes_nothing():
    worker = Worker(limits=Limits())
    worker.step()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert not worker.step()
    assert [query["sql"].split()[0] for query in queries] == ["SELECT"]


@pytest.mark.django_db
def test_a_database_that_goes_away_is_waited_for(monkeypatch):
    worker = Worker(limits=QUICK)
    handlers = {
        number: signal.getsignal(number)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM)
    }
    seen: list[str] = []

    def step() -> bool:
        seen.append("step")
        if seen.count("step") < 3:
            raise OperationalError("the database system is shutting down")
        worker.stopping.set()
        return False

    monkeypatch.setattr(worker, "step", step)
    monkeypatch.setattr(worker, "_keep_beating", lambda: None)
    monkeypatch.setattr(worker.stopping, "wait", lambda seconds: seen.append(f"{seconds:g}"))
    monkeypatch.setattr("eservices.worker.connections.close_all", lambda: None)
    monkeypatch.setattr("eservices.worker.close_old_connections", lambda: None)
    try:
        worker.run()
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
    assert seen == ["step", "1", "step", "2", "step", "0.5"]
