"""The journal: who did what in a file, in a chain of hashes that shows any later change."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from eservices.enums import Side


class JournalEntry(models.Model):
    """One fact about one subject. Rows are only ever added; each holds the hash of the one before."""

    subject_type = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    sequence = models.PositiveIntegerField()
    event = models.CharField(max_length=60)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    side = models.CharField(max_length=10, choices=Side)
    reason = models.TextField(blank=True)
    data = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ("subject_type", "subject_id", "sequence")
        constraints = (
            models.UniqueConstraint(
                fields=("subject_type", "subject_id", "sequence"),
                name="eservices_journal_one_chain",
            ),
        )

    def __str__(self) -> str:
        return f"{self.subject_type} {self.sequence} {self.event}"
