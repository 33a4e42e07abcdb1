"""What keeps the machine room in order: worker heartbeats, periodic jobs, rate limits."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from eservices.enums import SubmissionState


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


class PurgeReport(models.Model):
    """What one run of the purge deleted and what it left because the municipality has the turn; counts only."""

    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict, help_text="Kind of thing to how many.")

    class Meta:
        ordering = ("-started_at",)

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d}"


class PurgedFile(models.Model):
    """What is left of a deleted file: what it was about and when, never who asked or what was answered."""

    report = models.ForeignKey(PurgeReport, on_delete=models.CASCADE, related_name="files")
    reference = models.CharField(_("Reference"), max_length=20)
    procedure_code = models.CharField(_("Procedure"), max_length=60)
    team_code = models.CharField(_("Team"), max_length=50)
    state = models.CharField(_("Outcome"), max_length=20, choices=SubmissionState)
    submitted_on = models.DateField(_("Sent on"), null=True)
    decided_on = models.DateField(_("Decided on"), null=True)

    class Meta:
        verbose_name = _("deleted file")
        verbose_name_plural = _("deleted files")
        ordering = ("-report", "reference")

    def __str__(self) -> str:
        return self.reference


class KeptAnswer(models.Model):
    """What was answered to a request with an Idempotency-Key: sent again within a day, it gets the same answer.

    Only hashes are kept of the key and of what was sent; the row is written in the transaction of the act.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=64, help_text="SHA-256 of the address and the key.")
    content = models.CharField(max_length=64, help_text="SHA-256 of what was sent.")
    status = models.PositiveSmallIntegerField(default=0)
    answer = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("user", "key"), name="eservices_keptanswer_key_once"),
        )
        indexes = (models.Index(fields=("created_at",), name="eservices_keptanswer_age"),)

    def __str__(self) -> str:
        return f"{self.status} {self.created_at:%Y-%m-%d %H:%M}"
