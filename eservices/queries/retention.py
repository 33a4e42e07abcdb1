"""What has served its time."""

from datetime import date

from django.db.models import QuerySet

from eservices.enums import TURN, SubmissionState, Turn
from eservices.models import PurgedFile, Submission
from eservices.queries.submissions import HEAVY

#: Where a file may be deleted: nobody has anything to do in it any more.
ENDED = tuple(state for state, turn in TURN.items() if turn == Turn.NONE)


def expired_drafts(today: date) -> QuerySet[Submission]:
    """Return the drafts that nobody saved for the time of their procedure."""
    rows = Submission.objects.filter(state=SubmissionState.DRAFT, purge_on__lt=today)
    return rows.select_related("procedure").defer(*HEAVY).order_by("pk")


def files_to_purge(today: date) -> QuerySet[Submission]:
    """Return the files at their end whose time of keeping is over."""
    rows = Submission.objects.filter(state__in=ENDED, purge_on__lt=today)
    return rows.select_related("procedure", "team").defer(*HEAVY).order_by("pk")


def purged_files() -> QuerySet[PurgedFile]:
    """Return the extracts of all files that were deleted, the last first."""
    return PurgedFile.objects.select_related("report").order_by("-report__started_at", "reference")
