"""Periodic work: due once, run once, whoever asks."""

import multiprocessing
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from django.db import connections

from eservices.contract import Job
from eservices.jobs import all_jobs, run_due
from eservices.models import JobRun

MOMENT = datetime(2026, 6, 9, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def leave(folder: Path) -> None:
    """Leave one file more."""
    time.sleep(0.05)
    (folder / str(time.perf_counter_ns())).touch()


@pytest.mark.django_db
def test_a_job_runs_when_it_is_due(tmp_path):
    job = Job(name="test.leave", every=HOUR, run=partial(leave, tmp_path))
    assert run_due([job], now=MOMENT) == ["test.leave"]
    assert run_due([job], now=MOMENT + HOUR / 2) == []
    assert run_due([job], now=MOMENT + HOUR) == ["test.leave"]
    assert len(list(tmp_path.iterdir())) == 2
    row = JobRun.objects.get()
    assert row.due_at == MOMENT + 2 * HOUR
    assert row.succeeded_at is not None
    assert row.last_error == ""


@pytest.mark.django_db
def test_a_failing_job_stops_no_other_and_tells_only_its_kind_of_error(tmp_path):
    def fail() -> None:
        raise ValueError("about amelie@example.org")

    jobs = [
        Job(name="a.fails", every=HOUR, run=fail),
        Job(name="b.works", every=HOUR, run=partial(leave, tmp_path)),
    ]
    assert run_due(jobs, now=MOMENT) == ["a.fails", "b.works"]
    failed = JobRun.objects.get(name="a.fails")
    assert (failed.last_error, failed.succeeded_at) == ("ValueError", None)
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.django_db(transaction=True)
def test_several_schedulers_run_a_job_once(tmp_path):
    job = Job(name="test.leave", every=HOUR, run=partial(leave, tmp_path))
    connections.close_all()
    fork = multiprocessing.get_context("fork")
    schedulers = [fork.Process(target=run_due, args=([job],)) for _number in range(4)]
    for scheduler in schedulers:
        scheduler.start()
    for scheduler in schedulers:
        scheduler.join(20)
        assert scheduler.exitcode == 0
    assert len(list(tmp_path.iterdir())) == 1


def test_names_of_jobs_are_unique():
    names = [job.name for job in all_jobs()]
    assert len(names) == len(set(names))
