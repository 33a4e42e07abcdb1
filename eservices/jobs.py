"""Periodic work: each job has one row that a guarded UPDATE advances, so several schedulers do no
harm.
"""

import logging
from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from eservices.contract import Job, registry
from eservices.models import JobRun

log = logging.getLogger("guichet.jobs")


def all_jobs() -> list[Job]:
    """Return the jobs of all services, by name."""
    return sorted((job for service in registry for job in service.jobs()), key=lambda job: job.name)


def run_due(jobs: Iterable[Job], *, now: datetime | None = None) -> list[str]:
    """Run each job that is due and that nobody else has just taken; returns the names of those that
    ran.
    """
    ran = []
    for job in jobs:
        moment = now or timezone.now()
        JobRun.objects.get_or_create(name=job.name, defaults={"due_at": moment})
        taken = JobRun.objects.filter(Q(due_at__lte=moment), name=job.name).update(
            due_at=moment + job.every, started_at=moment
        )
        if taken:
            _run(job)
            ran.append(job.name)
    return ran


def _run(job: Job) -> None:
    row = JobRun.objects.filter(name=job.name)
    try:
        job.run()
    except Exception as error:  # noqa: BLE001  border: one failing job must not stop the others
        log.exception("job_failed", extra={"job": job.name})
        row.update(last_error=type(error).__qualname__)
    else:
        row.update(succeeded_at=timezone.now(), last_error="")
