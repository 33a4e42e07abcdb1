"""Mail on its way out: a row in the same transaction as the fact that it tells."""

import uuid

from django.conf import settings
from django.db import models

from eservices.enums import MailState


class OutgoingMail(models.Model):
    """One mail to one person. It holds no rendered body and no one-time code; `key` makes it unique."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.CharField(max_length=200, unique=True)
    template = models.CharField(max_length=60)
    to_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="mails"
    )
    address = models.EmailField(max_length=254, blank=True)
    language = models.CharField(max_length=5, blank=True)
    context = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=MailState, default=MailState.TO_SEND)
    attempts = models.PositiveSmallIntegerField(default=0)
    message_id = models.CharField(max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)
    bounced_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("-created_at",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(to_user__isnull=False) | ~models.Q(address=""),
                name="eservices_mail_has_receiver",
            ),
        )

    def __str__(self) -> str:
        return f"{self.template} {self.state}"
