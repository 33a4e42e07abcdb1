"""Documents that belong to a file."""

import uuid

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db import models
from django.utils.translation import gettext_lazy as _

from eservices.enums import AnnexPurpose, AnnexState, ScanState, Side


def private_storage() -> Storage:
    """Where documents lie: never below an address of its own, only an authorised page hands them out."""
    return storages["private"]


def annex_path(annex: "Annex", _filename: str) -> str:
    """Where the bytes lie: a random name, so that a path tells nothing; the real name is a column."""
    return f"annexes/{annex.public_id.hex[:2]}/{uuid.uuid4().hex}"


class Annex(models.Model):
    """A document sent into a file or made for it. Deleting keeps the row (name, hash) as a tombstone."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    submission = models.ForeignKey("Submission", on_delete=models.CASCADE, related_name="annexes")
    question_id = models.CharField(
        max_length=60, blank=True, help_text="Id of the question or of the requested annex."
    )
    side = models.CharField(max_length=10, choices=Side, default=Side.CITIZEN)
    purpose = models.CharField(max_length=20, choices=AnnexPurpose, default=AnnexPurpose.ANSWER)
    state = models.CharField(max_length=10, choices=AnnexState, default=AnnexState.STORED)
    name = models.CharField(max_length=200)
    file = models.FileField(upload_to=annex_path, storage=private_storage, max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField(help_text="Bytes.")
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    deleted_at = models.DateTimeField(null=True)
    scan = models.CharField(max_length=10, choices=ScanState, default=ScanState.PENDING)
    scanned_at = models.DateTimeField(null=True)
    taken_at = models.DateTimeField(
        null=True, help_text="When an agent took it into account: it can no longer be deleted."
    )
    replaces = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, related_name="replaced_by"
    )
    message = models.ForeignKey(
        "Message", on_delete=models.CASCADE, null=True, related_name="annexes"
    )
    request = models.ForeignKey(
        "InformationRequest", on_delete=models.SET_NULL, null=True, related_name="annexes"
    )
    correction = models.ForeignKey(
        "Correction",
        on_delete=models.SET_NULL,
        null=True,
        related_name="annexes",
        help_text="The changes with which it waits to be sent: until then it is no part of the file.",
    )
    template_version = models.ForeignKey(
        "DocumentTemplateVersion", on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("annex")
        verbose_name_plural = _("annexes")
        ordering = ("created_at",)
        indexes = (
            models.Index(
                fields=("scan",),
                condition=models.Q(scan=ScanState.PENDING),
                name="eservices_annex_to_scan",
            ),
        )

    def __str__(self) -> str:
        return str(self.public_id)
