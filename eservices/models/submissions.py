"""Files: what somebody asks of the municipality, its answers and their history."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from eservices.enums import PUBLIC_STATUS, TURN, PublicStatus, RevisionKind, SubmissionState, Turn


class Submission(models.Model):
    """One file of one profile, pinned to the version of the form on which it was filled in."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    reference = models.CharField(_("Reference"), max_length=20, unique=True)
    procedure = models.ForeignKey("Procedure", on_delete=models.PROTECT, related_name="submissions")
    version = models.ForeignKey(
        "ProcedureVersion", on_delete=models.PROTECT, related_name="submissions"
    )
    text = models.ForeignKey(
        "ProcedureText", on_delete=models.PROTECT, null=True, related_name="submissions"
    )
    profile = models.ForeignKey("Profile", on_delete=models.PROTECT, related_name="submissions")
    acting_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="submissions"
    )
    team = models.ForeignKey("Team", on_delete=models.PROTECT, related_name="submissions")
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="assigned",
    )
    state = models.CharField(max_length=20, choices=SubmissionState, default=SubmissionState.DRAFT)
    state_since = models.DateTimeField(default=timezone.now)
    level_used = models.PositiveSmallIntegerField(null=True)
    locale = models.CharField(max_length=5)
    created_at = models.DateTimeField(auto_now_add=True)
    saved_at = models.DateTimeField(default=timezone.now)
    submitted_at = models.DateTimeField(null=True)
    due_on = models.DateField(null=True)
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.TextField(blank=True)
    purge_on = models.DateField(null=True)
    answers = models.JSONField(default=dict)
    sealed_answers = models.BinaryField(default=bytes)
    unfinished = models.JSONField(default=dict)
    set_aside = models.JSONField(default=dict)
    changes = models.JSONField(default=list)
    prefilled = models.JSONField(default=dict)
    last_chapter = models.CharField(max_length=60, blank=True)
    revision = models.PositiveIntegerField(default=0)
    search_name = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        ordering = ("-created_at",)
        indexes = (
            models.Index(fields=("team", "state", "-created_at"), name="eservices_sub_team_state"),
            models.Index(fields=("profile", "state"), name="eservices_sub_profile_state"),
        )
        constraints = (
            models.CheckConstraint(
                condition=models.Q(submitted_at__isnull=True) | models.Q(text__isnull=False),
                name="eservices_sent_file_has_text",
            ),
        )

    def __str__(self) -> str:
        return self.reference

    @property
    def public_status(self) -> PublicStatus:
        """The word that the citizen reads."""
        return PUBLIC_STATUS[SubmissionState(self.state)]

    @property
    def turn(self) -> Turn:
        """Who must act next."""
        return TURN[SubmissionState(self.state)]

    @property
    def is_draft(self) -> bool:
        """Whether nothing has been sent yet."""
        return self.state == SubmissionState.DRAFT


class AnswerRevision(models.Model):
    """The answers as they stood after one act; the base for merging two tabs and the history of a file."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    answers = models.JSONField(default=dict)
    sealed_answers = models.BinaryField(default=bytes)
    unfinished = models.JSONField(default=dict)
    version = models.ForeignKey("ProcedureVersion", on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    kind = models.CharField(max_length=12, choices=RevisionKind)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("submission", "-number")
        constraints = (
            models.UniqueConstraint(
                fields=("submission", "number"), name="eservices_revision_number"
            ),
        )

    def __str__(self) -> str:
        return f"{self.submission_id}/{self.number}"
