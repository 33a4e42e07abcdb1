"""What keeps the machine room in order: worker heartbeats, periodic jobs, rate limits."""

from django.db import models


class WorkerBeat(models.Model):
    """A worker process that was alive at `seen_at`; its id is never used twice."""

    worker_id = models.CharField(max_length=64, primary_key=True)
    seen_at = models.DateTimeField()
    host = models.CharField(max_length=60)
    pid = models.PositiveIntegerField()

    def __str__(self) -> str:
        return self.worker_id


class JobRun(models.Model):
    """A periodic job and when it is due again; one row per job, advanced by a guarded UPDATE."""

    name = models.CharField(max_length=100, primary_key=True)
    due_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    succeeded_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return self.name


class RateLimit(models.Model):
    """How often something was tried within one window; `key` is a hash and names nobody."""

    bucket = models.CharField(max_length=40)
    key = models.CharField(max_length=64)
    window_start = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("bucket", "key", "window_start"), name="eservices_ratelimit_one_window"
            ),
        )

    def __str__(self) -> str:
        return f"{self.bucket} {self.count}"
