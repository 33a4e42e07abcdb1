"""What agents do with files: take in charge, give back, decide, close, take up again, read."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from eservices.actions import journal, mails
from eservices.actions.submissions import move
from eservices.enums import Side, SubmissionEvent, SubmissionState
from eservices.errors import NotYourFile, ReasonRequired
from eservices.models import JournalEntry, OutgoingMail, Submission, User

#: A reading within this time of the last one by the same agent is the same reading.
READING = timedelta(hours=1)


def claim(*, submission: Submission, by: User) -> Submission:
    """Take a waiting file in charge; of two agents at once one gets it, the other MoveRefused."""
    return move(
        submission=submission, event=SubmissionEvent.CLAIM, by=by, side=Side.AGENT, assignee=by
    )


def release(*, submission: Submission, by: User) -> Submission:
    """Give a file back to its team. Raises NotYourFile, MoveRefused."""
    _check_in_charge(submission, by)
    return move(
        submission=submission,
        event=SubmissionEvent.RELEASE,
        by=by,
        side=Side.AGENT,
        only_if=Q(assignee=by),
        assignee=None,
    )


def accept(
    *, submission: Submission, by: User, note: str = "", now: datetime | None = None
) -> Submission:
    """Grant a request; `note` (conditions, what comes next) is read by the citizen.

    Raises NotYourFile when another agent has the file in charge, MoveRefused when it moved on.
    """
    return _decide(submission, SubmissionEvent.ACCEPT, by, note.strip(), now or timezone.now())


def reject(
    *, submission: Submission, by: User, reason: str, now: datetime | None = None
) -> Submission:
    """Refuse a request with a reason in the citizen's language (motivation: law of 29 July 1991, art. 2 and 3).

    Raises ReasonRequired, NotYourFile, MoveRefused.
    """
    if not reason.strip():
        raise ReasonRequired(field="reason")
    return _decide(submission, SubmissionEvent.REJECT, by, reason.strip(), now or timezone.now())


@transaction.atomic
def _decide(
    submission: Submission, event: SubmissionEvent, by: User, reason: str, now: datetime
) -> Submission:
    _check_in_charge(submission, by)
    move(
        submission=submission,
        event=event,
        by=by,
        side=Side.AGENT,
        reason=reason,
        only_if=Q(assignee=by),
        decided_at=now,
        decision_reason=reason,
    )
    number = JournalEntry.objects.filter(
        subject_type=submission._meta.label_lower,
        subject_id=submission.public_id,
        event=event.value,
    ).count()
    mails.send(
        template="submission_decided",
        to_user=submission.acting_user,
        key=f"submission-decided:{submission.public_id}:{event.value}:{number}",
        context={"submission": str(submission.public_id)},
    )
    return submission


def close(*, submission: Submission, by: User, now: datetime | None = None) -> Submission:
    """Close a file: one in review ends without a decision, a decided one goes to the archive.

    Raises NotYourFile for a file in review that is somebody else's, MoveRefused.
    """
    if submission.state == SubmissionState.IN_REVIEW:
        _check_in_charge(submission, by)
    delivered = submission.state == SubmissionState.ACCEPTED
    event = SubmissionEvent.DELIVER if delivered else SubmissionEvent.CLOSE
    return move(submission=submission, event=event, by=by, side=Side.AGENT)


def reconsider(*, submission: Submission, by: User, reason: str) -> Submission:
    """Take a decided file up again; the earlier decision stays in the journal. Raises ReasonRequired, MoveRefused."""
    if not reason.strip():
        raise ReasonRequired(field="reason")
    return move(
        submission=submission,
        event=SubmissionEvent.RECONSIDER,
        by=by,
        side=Side.AGENT,
        reason=reason.strip(),
        assignee=by,
        decided_at=None,
        decision_reason="",
    )


@transaction.atomic
def record_reading(*, submission: Submission, by: User, now: datetime | None = None) -> None:
    """Write down that an agent read a file (GDPR art. 5.2), once an hour for each agent and file."""
    since = (now or timezone.now()) - READING
    Submission.objects.select_for_update().get(pk=submission.pk)
    read = JournalEntry.objects.filter(
        subject_type=submission._meta.label_lower,
        subject_id=submission.public_id,
        event="read",
        actor=by,
        at__gt=since,
    )
    if not read.exists():
        journal.record(subject=submission, event="read", actor=by, side=Side.AGENT)


def _check_in_charge(submission: Submission, by: User) -> None:
    if submission.assignee_id not in (None, by.pk):
        raise NotYourFile


@mails.mail_extra("submission_decided")
def decided_letter(mail: OutgoingMail) -> dict[str, Any]:
    """Return what the letter says: that there is a decision and where; never which one (read in the file)."""
    row = Submission.objects.select_related("procedure").get(public_id=mail.context["submission"])
    return {
        "reference": row.reference,
        "title": row.procedure.title,
        "button_path": reverse("submission", args=[row.reference]),
    }
