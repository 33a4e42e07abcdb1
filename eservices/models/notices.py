"""Notices about files: in the space, and on their way out by a channel."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from eservices.enums import Channel, DeliveryState, NoticeKind


class Notice(models.Model):
    """That one person should know something about one thing; its words are made when it is read.

    `key` makes it unique; `facts` hold references and counts, never names, answers or messages.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices"
    )
    profile = models.ForeignKey(
        "Profile", on_delete=models.CASCADE, null=True, related_name="notices"
    )
    submission = models.ForeignKey(
        "Submission", on_delete=models.CASCADE, null=True, related_name="notices"
    )
    kind = models.CharField(max_length=10, choices=NoticeKind)
    event = models.CharField(max_length=60, help_text="Which words: the name of the mail template.")
    key = models.CharField(max_length=200, unique=True)
    path = models.CharField(max_length=300, blank=True)
    facts = models.JSONField(default=dict)
    count = models.PositiveSmallIntegerField(
        default=1, help_text="How many happenings of one burst it tells."
    )
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ("-created_at", "-pk")
        indexes = (
            models.Index(fields=("user", "read_at", "-created_at"), name="eservices_notice_user"),
        )

    def __str__(self) -> str:
        return f"{self.event} {self.public_id}"


class Delivery(models.Model):
    """One notice on its way by one channel; at most one row for each."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=6, choices=Channel)
    state = models.CharField(max_length=10, choices=DeliveryState, default=DeliveryState.QUEUED)
    mail = models.ForeignKey(
        "OutgoingMail", on_delete=models.SET_NULL, null=True, related_name="deliveries"
    )
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-created_at",)
        indexes = (models.Index(fields=("channel", "state"), name="eservices_delivery_state"),)
        constraints = (
            models.UniqueConstraint(fields=("notice", "channel"), name="eservices_delivery_once"),
        )

    def __str__(self) -> str:
        return f"{self.channel} {self.state}"
