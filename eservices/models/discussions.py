"""What is said in a file: messages between citizen and administration, and notes that never leave it."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from eservices.enums import Side


class Message(models.Model):
    """One message in the discussion of a file, read by both sides; never an internal note."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    submission = models.ForeignKey("Submission", on_delete=models.CASCADE, related_name="messages")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    side = models.CharField(max_length=10, choices=Side)
    body = models.TextField()
    key = models.CharField(
        max_length=100, unique=True, help_text="Sent twice with one key, a message is stored once."
    )
    created_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ("created_at", "pk")
        indexes = (
            models.Index(fields=("submission", "created_at"), name="eservices_message_thread"),
        )

    def __str__(self) -> str:
        return str(self.public_id)


class InternalNote(models.Model):
    """What agents write for each other about a file; no page, API or copy of a citizen ever holds it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    submission = models.ForeignKey("Submission", on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    body = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("internal note")
        verbose_name_plural = _("internal notes")
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return str(self.public_id)


class ReadMark(models.Model):
    """Until when somebody has seen what happened in a file; what came later is unread."""

    submission = models.ForeignKey(
        "Submission", on_delete=models.CASCADE, related_name="read_marks"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="read_marks"
    )
    read_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("submission", "user"), name="eservices_read_mark_once"),
        )

    def __str__(self) -> str:
        return f"{self.submission_id} {self.user_id}"
