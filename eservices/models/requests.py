"""What one side of a file waits for: requests to the citizen, opinions asked of colleagues, amounts due."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from eservices.enums import AmountState, RequestKind, RequestState


class InformationRequest(models.Model):
    """One thing that an agent asks of the citizen, with its day; open ones pause the clock of the decision.

    A payment has its `amount`, which is answered when that is recorded as paid; other kinds have none.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    submission = models.ForeignKey("Submission", on_delete=models.CASCADE, related_name="requests")
    kind = models.CharField(max_length=12, choices=RequestKind)
    state = models.CharField(max_length=10, choices=RequestState, default=RequestState.OPEN)
    question_id = models.CharField(
        max_length=60, blank=True, help_text="The question to correct, if one."
    )
    text = models.TextField(help_text="In the citizen's language.")
    due_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    amount = models.ForeignKey(
        "AmountDue", on_delete=models.PROTECT, null=True, related_name="requests"
    )

    class Meta:
        verbose_name = _("request to the citizen")
        verbose_name_plural = _("requests to the citizen")
        ordering = ("created_at", "pk")
        indexes = (models.Index(fields=("state", "due_at"), name="eservices_request_due"),)

    def __str__(self) -> str:
        return str(self.public_id)


class OpinionRequest(models.Model):
    """A question to another team about a file; while one is open the file awaits an opinion."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    submission = models.ForeignKey("Submission", on_delete=models.CASCADE, related_name="opinions")
    team = models.ForeignKey("Team", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=RequestState, default=RequestState.OPEN)
    text = models.TextField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("opinion")
        verbose_name_plural = _("opinions")
        ordering = ("created_at", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("submission", "team"),
                condition=models.Q(state=RequestState.OPEN),
                name="eservices_opinion_one_open",
            ),
        )

    def __str__(self) -> str:
        return str(self.public_id)


class AmountDue(models.Model):
    """A sum that a profile owes the municipality for one act of one service; what it was for never changes.

    `subject` names the thing that waits for the money, as in the journal.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    reference = models.CharField(max_length=20, unique=True)
    profile = models.ForeignKey("Profile", on_delete=models.PROTECT, related_name="amounts_due")
    service = models.SlugField(help_text="Slug of the e-service.")
    subject_type = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    titles = models.JSONField(default=dict, help_text="Language code to what is paid for.")
    amount_cents = models.PositiveIntegerField()
    currency = models.CharField(max_length=3, default="EUR")
    state = models.CharField(max_length=10, choices=AmountState, default=AmountState.DUE)
    due_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    paid_at = models.DateTimeField(null=True)
    paid_by = models.CharField(
        max_length=20, blank=True, help_text="How it was paid: counter or a provider's key."
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    receipt = models.CharField(
        max_length=60, blank=True, help_text="Number of the receipt given at the counter."
    )

    class Meta:
        verbose_name = _("amount due")
        verbose_name_plural = _("amounts due")
        ordering = ("-created_at",)
        indexes = (
            models.Index(fields=("subject_type", "subject_id"), name="eservices_amount_subject"),
            models.Index(fields=("state", "due_at"), name="eservices_amount_due"),
        )
        constraints = (
            models.CheckConstraint(
                condition=models.Q(amount_cents__gt=0), name="eservices_amount_positive"
            ),
            models.CheckConstraint(
                condition=~models.Q(state=AmountState.PAID) | models.Q(paid_at__isnull=False),
                name="eservices_amount_paid_has_day",
            ),
        )

    def __str__(self) -> str:
        return self.reference
