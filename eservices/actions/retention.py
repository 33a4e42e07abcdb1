"""The end of a file's time: announced three times, then deleted, with a report that names nobody.

Only drafts and files at their end have a day of deletion. A file in which the municipality has the turn has none,
however long it takes (`actions.submissions.move`).
"""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from eservices import formats
from eservices.actions import drafts, journal, mails, submissions
from eservices.actions.answers import locked_draft
from eservices.actions.notices import notify
from eservices.enums import NoticeKind, Side, SubmissionState
from eservices.models import Notice, OutgoingMail, PurgedFile, PurgeReport, Submission, User
from eservices.queries.retention import ENDED, expired_drafts, files_to_purge

#: So many days before the deletion people are told.
NOTICE_DAYS = (30, 7, 1)


def announce(*, today: date | None = None) -> int:
    """Tell people which of their drafts and files are deleted in thirty, seven and one days; returns how many notices.

    A day that the job missed is made up for. A term shorter than a notice's makes that notice pointless: it is left
    out. Prolonging a draft starts the three notices anew.
    """
    today = today or timezone.localdate()
    count = 0
    for days, fewer in pairwise((*NOTICE_DAYS, -1)):
        first, last = today + timedelta(days=fewer + 1), today + timedelta(days=days)
        for row in _ending_between(first, last):
            term = row.procedure.draft_days if row.is_draft else row.procedure.retention_days
            if term > days:
                count += _tell(row, days)
    return count


def _ending_between(first: date, last: date) -> Iterator[Submission]:
    rows = Submission.objects.filter(
        state__in=(SubmissionState.DRAFT, *ENDED), purge_on__range=(first, last)
    )
    rows = rows.select_related("procedure", "profile", "acting_user").order_by("pk")
    return rows.only(
        "public_id", "state", "purge_on", "procedure", "profile", "acting_user"
    ).iterator(chunk_size=500)


@transaction.atomic
def _tell(row: Submission, days: int) -> bool:
    key = f"deletion:{row.public_id}:{row.purge_on}:{days}"
    if Notice.objects.filter(key=key).exists() or not row.acting_user.is_active:
        return False
    notify(
        kind=NoticeKind.REMINDER,
        profile=row.profile,
        to_user=row.acting_user,
        template="draft_expires" if row.is_draft else "file_expires",
        key=key,
        context={"submission": str(row.public_id)},
    )
    return True


@mails.mail_extra("draft_expires")
@mails.mail_extra("file_expires")
def expiry_letter(mail: OutgoingMail) -> dict[str, Any]:
    """Return what the announcement says: which file, which day, and where to keep it or take a copy."""
    row = Submission.objects.select_related("procedure").get(public_id=mail.context["submission"])
    route = "submission-keep" if row.is_draft else "submission"
    return {
        "reference": row.reference,
        "title": row.procedure.title,
        "deleted_on": formats.full_date(row.purge_on) if row.purge_on else "",
        "button_path": reverse(route, args=[row.reference]),
    }


@transaction.atomic
def keep_draft(*, submission: Submission, by: User, today: date | None = None) -> Submission:
    """Keep a draft for a whole term from today on, as saving it would; raises MoveRefused once it was sent."""
    row = locked_draft(submission)
    row.purge_on = (today or timezone.localdate()) + timedelta(days=row.procedure.draft_days)
    row.save(update_fields=["purge_on"])
    journal.record(
        subject=row,
        event="prolonged",
        actor=by,
        side=Side.CITIZEN,
        data={"until": row.purge_on.isoformat()},
    )
    return row


def purge(*, today: date | None = None) -> PurgeReport:
    """Delete what has served its time and write a report: counts, and an extract of each file without any person.

    The extract (reference, procedure, days, outcome) is what the archivist and later questions need. A report is
    written for each run, even when nothing was due.
    """
    today = today or timezone.localdate()
    report = PurgeReport.objects.create(started_at=timezone.now())
    expired = sum(drafts.expire(submission=row, today=today) for row in expired_drafts(today))
    purged = documents = 0
    for row in files_to_purge(today):
        extract = _extract(row, report)
        number = row.annexes.count()
        if submissions.purge(submission=row, today=today):
            if row.submitted_at is not None:
                extract.save(force_insert=True)
            purged += 1
            documents += number
    report.counts = {"drafts": expired, "files": purged, "documents": documents}
    report.finished_at = timezone.now()
    report.save(update_fields=["counts", "finished_at"])
    return report


def _extract(row: Submission, report: PurgeReport) -> PurgedFile:
    return PurgedFile(
        report=report,
        reference=row.reference,
        procedure_code=row.procedure.code,
        team_code=row.team.code,
        state=row.state,
        submitted_on=row.submitted_at and timezone.localdate(row.submitted_at),
        decided_on=row.decided_at and timezone.localdate(row.decided_at),
    )
