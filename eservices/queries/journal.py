"""Reading the journal and checking its chains."""

from django.db import models

from eservices.models import JournalEntry


def entries_about(subject: models.Model) -> models.QuerySet[JournalEntry]:
    """Return the journal of one subject, oldest first, with the actors."""
    return (
        JournalEntry.objects.filter(
            subject_type=subject._meta.label_lower,
            subject_id=subject.public_id,  # type: ignore[attr-defined]
        )
        .select_related("actor")
        .order_by("sequence")
    )
