"""Work outside the request."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class MailState(models.TextChoices):
    """How far a mail has come."""

    TO_SEND = "to_send", _("To send")
    SENDING = "sending", _("Sending")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    BOUNCED = "bounced", _("Returned as undeliverable")


class DeliveryState(models.TextChoices):
    """How far a notice has come on one channel."""

    QUEUED = "queued", _("Queued")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    BOUNCED = "bounced", _("Returned as undeliverable")
    SUPPRESSED = "suppressed", _("Not sent: in the space only")


class ExportFormat(models.TextChoices):
    """In which format a list is exported."""

    XLSX = "xlsx", _("Spreadsheet (xlsx)")
    CSV = "csv", _("Text with separators (csv)")


class ExportState(models.TextChoices):
    """How far an export has come."""

    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Being made")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")
    EXPIRED = "expired", _("Expired")


class EboxState(models.TextChoices):
    """Life of an official document in the eBox."""

    PREPARED = "prepared", _("Prepared")
    PUBLISHED = "published", _("Delivered")
    OPENED = "opened", _("Opened")


class DispatchState(models.TextChoices):
    """How far a document has come on its way to the federal e-Box."""

    QUEUED = "queued", _("Queued")
    ACCEPTED = "accepted", _("Accepted")
    NO_CONSENT = "no_consent", _("The person does not use the federal e-Box")
    REFUSED = "refused", _("Refused")
    FAILED = "failed", _("Failed")
