"""Writing in the discussion of a file, from either side, and reading it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from eservices.actions import annexes, journal, mails, ratelimits
from eservices.actions.notices import notify
from eservices.actions.rights import check_role
from eservices.actions.team_letters import tell_team
from eservices.enums import NoticeKind, Side
from eservices.errors import (
    MessageEditOver,
    MessageEmpty,
    MessageTooLong,
    NotFound,
    UploadTooMany,
)
from eservices.models import Message, OutgoingMail, ReadMark, Submission, User
from eservices.queries.discussions import is_editable, why_closed
from eservices.queries.introducers import receiver_of

MAX_LENGTH: Final = 5000
MAX_ATTACHMENTS: Final = 10
#: Nobody writes faster by hand; a script that does is stopped before it fills mailboxes.
PER_HOUR: Final = 40


def post(
    *,
    submission: Submission,
    by: User,
    side: Side,
    body: str,
    key: str,
    staged: Sequence[str] = (),
    uploads: Sequence[UploadedFile[Any]] = (),
    now: datetime | None = None,
) -> Message:
    """Write one message into a file; `key` is the sender's own for this message: sent twice, it is stored once.

    Documents come as public ids of those that were uploaded beforehand (`annexes.stage`), as `uploads`, or both. The
    other side gets a mail that says that there is a message, and nothing of it. Raises DiscussionNotOpen,
    DiscussionClosed, MessageEmpty, MessageTooLong, UploadTooMany, UploadRefused and its kinds, NotFound for a document
    that is not staged here, TooMany; nothing is stored then, save documents that were taken before another was refused.
    """
    now, words = now or timezone.now(), body.strip()
    own_key = f"{by.public_id}:{key}"[:100]
    if (known := submission.messages.filter(key=own_key).first()) is not None:
        return known
    if side == Side.AGENT:
        check_role(submission, by)
    _check(submission, words, len(staged) + len(uploads), now)
    hour = timedelta(hours=1)
    ratelimits.allow(bucket="messages", key=str(by.public_id), limit=PER_HOUR, window=hour)
    fresh = [
        annexes.stage(submission=submission, uploaded=uploaded, by=by, side=side)
        for uploaded in uploads
    ]
    wanted = [*staged, *(str(annex.public_id) for annex in fresh)]
    try:
        return _write(submission, by, side, words, own_key, wanted, now)
    except IntegrityError:  # the same message at the same moment
        return submission.messages.get(key=own_key)


def _check(submission: Submission, words: str, documents: int, now: datetime) -> None:
    if (refusal := why_closed(submission, now=now)) is not None:
        raise refusal
    if not words and not documents:
        raise MessageEmpty(field="body")
    if len(words) > MAX_LENGTH:
        raise MessageTooLong(field="body", limit=MAX_LENGTH)
    if documents > MAX_ATTACHMENTS:
        raise UploadTooMany(field="files", limit=MAX_ATTACHMENTS)


@transaction.atomic
def _write(
    submission: Submission,
    by: User,
    side: Side,
    words: str,
    key: str,
    documents: Sequence[str],
    now: datetime,
) -> Message:
    act = "last_citizen_act_at" if side == Side.CITIZEN else "last_agent_act_at"
    Submission.objects.filter(pk=submission.pk).update(**{act: now})
    setattr(submission, act, now)
    message = Message.objects.create(
        submission=submission, author=by, side=side, body=words, key=key, created_at=now
    )
    if documents:
        rows = annexes.staged_by(submission, by).filter(public_id__in=documents)
        if rows.update(message=message) != len(set(documents)):
            raise NotFound
    journal.record(
        subject=submission,
        event="message_sent",
        actor=by,
        side=side,
        data={"message": str(message.public_id), "annexes": len(documents)},
    )
    _tell_other_side(submission, message)
    return message


def _tell_other_side(submission: Submission, message: Message) -> None:
    key = f"message:{message.public_id}"
    context = {"submission": str(submission.public_id)}
    if message.side == Side.CITIZEN:
        tell_team(submission=submission, template="message_to_team", key=key, view="discussion")
    elif (receiver := receiver_of(submission)) is not None:
        notify(
            kind=NoticeKind.QUESTION,
            profile=submission.profile,
            template="message_to_citizen",
            to_user=receiver,
            key=key,
            context=context,
            burst=True,
        )


@transaction.atomic
def edit(*, message: Message, by: User, body: str, now: datetime | None = None) -> Message:
    """Change one's own message within five minutes; it is then marked as edited. Nobody is told again.

    Raises NotFound for somebody else's, MessageEditOver, MessageEmpty, MessageTooLong.
    """
    now, words = now or timezone.now(), body.strip()
    row = Message.objects.select_for_update().get(pk=message.pk)
    if row.author_id != by.pk:
        raise NotFound
    if not is_editable(row, by, now=now):
        raise MessageEditOver
    if not words and not row.annexes.exists():
        raise MessageEmpty(field="body")
    if len(words) > MAX_LENGTH:
        raise MessageTooLong(field="body", limit=MAX_LENGTH)
    if words != row.body:
        row.body, row.edited_at = words, now
        row.save(update_fields=("body", "edited_at"))
    return row


def mark_read(*, submission: Submission, by: User, now: datetime | None = None) -> None:
    """Note that somebody has read a file until now; an older mark never replaces a newer one."""
    now = now or timezone.now()
    marks = ReadMark.objects.filter(submission=submission, user=by)
    if marks.filter(read_at__lt=now).update(read_at=now):
        return
    with transaction.atomic():
        ReadMark.objects.bulk_create(
            [ReadMark(submission=submission, user=by, read_at=now)], ignore_conflicts=True
        )


@mails.mail_extra("message_to_citizen")
def citizen_letter(mail: OutgoingMail) -> dict[str, Any]:
    """Return where the message can be read; nothing of what it says."""
    row = Submission.objects.select_related("procedure").get(public_id=mail.context["submission"])
    return {
        "reference": row.reference,
        "title": row.procedure.title,
        "button_path": reverse("submission", args=[row.reference]) + "#discussion",
    }


@mails.mail_extra("message_to_team")
def team_letter(mail: OutgoingMail) -> dict[str, Any]:
    """Return where the agent reads it; nothing of what it says."""
    row = Submission.objects.select_related("procedure").get(public_id=mail.context["submission"])
    return {
        "reference": row.reference,
        "title": row.procedure.title,
        "button_path": reverse("agent-file", args=[row.reference]) + "?view=discussion",
    }
