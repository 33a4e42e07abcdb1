"""The eBox: official documents for a person or an organisation, and their way to the federal e-Box."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from eservices.enums import DispatchState, EboxState, Level


class EboxActivation(models.Model):
    """That a person wants official documents in the eBox, and the confirmed address for announcements."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="ebox"
    )
    email = models.EmailField(max_length=254, blank=True)
    pending_email = models.EmailField(max_length=254, blank=True)
    code_hash = models.CharField(max_length=64, blank=True)
    code_expires_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.user_id}"


class EboxMessage(models.Model):
    """One official document in a profile's eBox; its `key` makes publishing it twice publish it once."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.CharField(max_length=200, unique=True)
    profile = models.ForeignKey("Profile", on_delete=models.PROTECT, related_name="ebox_messages")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    submission = models.ForeignKey(
        "Submission", on_delete=models.CASCADE, null=True, related_name="ebox_messages"
    )
    team = models.ForeignKey("Team", on_delete=models.PROTECT, null=True, related_name="+")
    titles = models.JSONField(default=dict, help_text="Language code to the title, no content.")
    required_level = models.PositiveSmallIntegerField(choices=Level, default=Level.LOW)
    state = models.CharField(max_length=10, choices=EboxState, default=EboxState.PREPARED)
    created_at = models.DateTimeField(default=timezone.now)
    published_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    reminded_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("official document")
        verbose_name_plural = _("official documents")
        ordering = ("-created_at", "-pk")
        indexes = (models.Index(fields=("profile", "-created_at"), name="eservices_ebox_profile"),)

    def __str__(self) -> str:
        return str(self.public_id)


class EboxDocument(models.Model):
    """One document of an eBox message, in its order."""

    message = models.ForeignKey(EboxMessage, on_delete=models.CASCADE, related_name="documents")
    annex = models.ForeignKey("Annex", on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("message", "annex"), name="eservices_ebox_document_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.message_id}/{self.position}"


class EboxDispatch(models.Model):
    """One eBox message on its way to the federal e-Box; with an external id it is never sent again."""

    message = models.OneToOneField(EboxMessage, on_delete=models.CASCADE, related_name="dispatch")
    state = models.CharField(max_length=12, choices=DispatchState, default=DispatchState.QUEUED)
    idempotency_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    external_id = models.CharField(max_length=100, null=True, unique=True)  # noqa: DJ001  (unique)
    attempts = models.PositiveSmallIntegerField(default=0)
    changed_at = models.DateTimeField(default=timezone.now)
    error = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"{self.message_id} {self.state}"
