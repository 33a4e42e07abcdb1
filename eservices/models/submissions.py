"""Files: what somebody asks of the municipality, its answers and their history."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from eservices.enums import (
    PUBLIC_STATUS,
    TURN,
    CorrectionState,
    Method,
    PublicStatus,
    RevisionKind,
    SubmissionState,
    Turn,
)


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
    method_used = models.CharField(max_length=20, choices=Method, blank=True)
    identified_at = models.DateTimeField(null=True)
    locale = models.CharField(max_length=5)
    created_at = models.DateTimeField(auto_now_add=True)
    saved_at = models.DateTimeField(default=timezone.now)
    submitted_at = models.DateTimeField(null=True)
    due_on = models.DateField(
        null=True, help_text="Last day for the decision; empty while the clock is paused."
    )
    paused_on = models.DateField(
        null=True, help_text="Since when the clock of the decision is paused."
    )
    due_days_left = models.PositiveSmallIntegerField(
        null=True, help_text="Days of the time limit that were left when the clock was paused."
    )
    answer_due_at = models.DateTimeField(
        null=True, help_text="Until when the citizen must act: the first of the open requests."
    )
    last_citizen_act_at = models.DateTimeField(null=True)
    last_agent_act_at = models.DateTimeField(null=True)
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
    acted_as = models.JSONField(
        default=dict,
        help_text="The membership at sending: state, function, role; kept when it ends.",
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        help_text="The agent who entered the file at the counter on behalf of the person.",
    )
    copied_from = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="+")
    chapters_reached = models.JSONField(
        default=list, help_text="Ids of the chapters that were opened; counted once each."
    )

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        ordering = ("-created_at",)
        indexes = (
            models.Index(fields=("team", "state", "-created_at"), name="eservices_sub_team_state"),
            models.Index(fields=("profile", "state"), name="eservices_sub_profile_state"),
            models.Index(
                fields=("team", "state", "due_on", "submitted_at", "id"),
                name="eservices_sub_team_due",
            ),
            models.Index(fields=("assignee", "state"), name="eservices_sub_assignee"),
            models.Index(fields=("state", "purge_on"), name="eservices_sub_purge"),
            models.Index(fields=("state", "answer_due_at"), name="eservices_sub_answer_due"),
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


class Correction(models.Model):
    """Changes to answers that were sent, kept apart until the person sends them; one open per file."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="corrections")
    state = models.CharField(max_length=10, choices=CorrectionState, default=CorrectionState.OPEN)
    base = models.PositiveIntegerField(help_text="Revision of the file on which it began.")
    revision = models.PositiveIntegerField(default=0)
    answers = models.JSONField(default=dict)
    sealed_answers = models.BinaryField(default=bytes)
    unfinished = models.JSONField(default=dict)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    saved_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-created_at",)
        constraints = (
            models.UniqueConstraint(
                fields=("submission",),
                condition=models.Q(state=CorrectionState.OPEN),
                name="eservices_correction_one_open",
            ),
        )

    def __str__(self) -> str:
        return f"{self.submission_id}: {self.state}"
