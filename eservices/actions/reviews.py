"""What agents do with files: take in charge, give back, decide, close, take up again, read."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from eservices.actions import decision_documents, journal, mails
from eservices.actions.notices import notify
from eservices.actions.rights import check_in_charge, check_role
from eservices.actions.submissions import move
from eservices.enums import NoticeKind, Side, SubmissionEvent, SubmissionState, TeamRoleKind
from eservices.errors import AnswersChanged, ReasonRequired
from eservices.models import JournalEntry, OutgoingMail, Submission, User
from eservices.queries.introducers import receiver_of

#: A reading within this time of the last one by the same agent is the same reading.
READING = timedelta(hours=1)


def claim(*, submission: Submission, by: User) -> Submission:
    """Take a waiting file in charge; of two agents at once one gets it, the other MoveRefused.

    Raises RoleTooLow for readers, as every act below does.
    """
    check_role(submission, by)
    return move(
        submission=submission, event=SubmissionEvent.CLAIM, by=by, side=Side.AGENT, assignee=by
    )


def release(*, submission: Submission, by: User) -> Submission:
    """Give a file back to its team. Raises NotYourFile, MoveRefused."""
    check_in_charge(submission, by)
    return move(
        submission=submission,
        event=SubmissionEvent.RELEASE,
        by=by,
        side=Side.AGENT,
        only_if=Q(assignee=by),
        assignee=None,
    )


def accept(
    *,
    submission: Submission,
    by: User,
    note: str = "",
    revision: int | None = None,
    now: datetime | None = None,
) -> Submission:
    """Grant a request; `note` (conditions, what comes next) is read by the citizen.

    `revision` is the state of the answers that the agent has read, if known. Raises NotYourFile when another agent has
    the file in charge, MoveRefused when it moved on, AnswersChanged.
    """
    check_in_charge(submission, by)
    _check_read(submission, revision)
    return _decide(submission, SubmissionEvent.ACCEPT, by, note.strip(), now or timezone.now())


def reject(
    *,
    submission: Submission,
    by: User,
    reason: str,
    revision: int | None = None,
    now: datetime | None = None,
) -> Submission:
    """Refuse a request with a reason in the citizen's language (motivation: law of 29 July 1991, art. 2 and 3).

    `revision` as in `accept`. Raises ReasonRequired, NotYourFile, MoveRefused, AnswersChanged.
    """
    if not reason.strip():
        raise ReasonRequired(field="reason")
    check_in_charge(submission, by)
    _check_read(submission, revision)
    return _decide(submission, SubmissionEvent.REJECT, by, reason.strip(), now or timezone.now())


def _check_read(submission: Submission, revision: int | None) -> None:
    """Refuse a decision on answers that changed since; what happens after this look is the guard of `move`."""
    if (
        revision not in (None, submission.revision)
        and submission.state == SubmissionState.IN_REVIEW
    ):
        raise AnswersChanged


@transaction.atomic
def _decide(
    submission: Submission, event: SubmissionEvent, by: User, reason: str, now: datetime
) -> Submission:
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
    decision_documents.begin(submission)
    number = JournalEntry.objects.filter(
        subject_type=submission._meta.label_lower,
        subject_id=submission.public_id,
        event=event.value,
    ).count()
    if (receiver := receiver_of(submission)) is not None:
        notify(
            kind=NoticeKind.DECISION,
            profile=submission.profile,
            template="submission_decided",
            to_user=receiver,
            key=f"submission-decided:{submission.public_id}:{event.value}:{number}",
            context={"submission": str(submission.public_id)},
        )
    return submission


def close(*, submission: Submission, by: User, now: datetime | None = None) -> Submission:
    """Close a file: one in review ends without a decision, a decided one goes to the archive.

    Raises NotYourFile for a file in review that is somebody else's, MoveRefused.
    """
    check_role(submission, by)
    if submission.state == SubmissionState.IN_REVIEW:
        check_in_charge(submission, by)
    delivered = submission.state == SubmissionState.ACCEPTED
    event = SubmissionEvent.DELIVER if delivered else SubmissionEvent.CLOSE
    return move(submission=submission, event=event, by=by, side=Side.AGENT)


def reconsider(*, submission: Submission, by: User, reason: str) -> Submission:
    """Take a decided file up again, as a supervisor of its team; the earlier decision stays in the journal.

    Raises RoleTooLow, ReasonRequired, MoveRefused.
    """
    check_role(submission, by, TeamRoleKind.SUPERVISOR)
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


@mails.mail_extra("submission_decided")
def decided_letter(mail: OutgoingMail) -> dict[str, Any]:
    """Return what the letter says: that there is a decision and where; never which one (read in the file)."""
    row = Submission.objects.select_related("procedure").get(public_id=mail.context["submission"])
    return {
        "reference": row.reference,
        "title": row.procedure.title,
        "button_path": reverse("submission", args=[row.reference]),
    }
