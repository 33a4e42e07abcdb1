"""Answers about what was said in a file: the thread, who may write, what somebody has not read yet."""

from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from django.conf import settings
from django.db.models import (
    Count,
    Exists,
    IntegerField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Coalesce
from django.utils import timezone

from eservices.enums import TURN, Side, SubmissionState, Turn
from eservices.errors import DiscussionClosed, DiscussionNotOpen, DomainError, NotFound
from eservices.models import Annex, InternalNote, Message, ReadMark, Submission, User

#: Nothing was sent: there is nobody to talk to.
UNSENT = (
    SubmissionState.DRAFT,
    SubmissionState.AWAITING_SIGNATURE,
    SubmissionState.DISCARDED,
    SubmissionState.EXPIRED,
)
#: A message can be changed for so long by who wrote it.
EDITABLE = timedelta(minutes=5)

Files = TypeVar("Files", bound=QuerySet[Submission])


def thread_of(submission: Submission) -> list[Message]:
    """Return all messages of a file with their authors and documents, oldest first."""
    documents = Annex.objects.select_related("replaces").order_by("created_at", "pk")
    return list(
        submission.messages.select_related("author")
        .prefetch_related(Prefetch("annexes", queryset=documents))
        .order_by("created_at", "pk")
    )


def message_of(submission: Submission, public_id: UUID, *, author: User) -> Message:
    """Return a message that `author` wrote in a file; raises NotFound otherwise."""
    row = submission.messages.filter(public_id=public_id, author=author).first()
    if row is None:
        raise NotFound
    return row


def notes_of(submission: Submission) -> list[InternalNote]:
    """Return the internal notes of a file, newest first: for agents, never for anybody else."""
    return list(submission.notes.select_related("author"))


def why_closed(submission: Submission, *, now: datetime | None = None) -> DomainError | None:
    """Return why nobody can write in this file now; None when both sides can.

    Both sides write from the moment of sending until `DISCUSSION_DAYS` after the end: people ask most after a refusal.
    """
    state = SubmissionState(submission.state)
    if state in UNSENT:
        return DiscussionNotOpen()
    days = settings.DISCUSSION_DAYS
    end = submission.state_since + timedelta(days=days)
    if TURN[state] == Turn.NONE and end < (now or timezone.now()):
        return DiscussionClosed(days=days)
    return None


def is_editable(message: Message, user: User, *, now: datetime | None = None) -> bool:
    """Whether `user` wrote this message less than five minutes ago."""
    return message.author_id == user.pk and (now or timezone.now()) < message.created_at + EDITABLE


def read_until(submission: Submission, user: User) -> datetime | None:
    """Return until when somebody has read a file; None for never."""
    marks = ReadMark.objects.filter(submission=submission, user=user)
    return marks.values_list("read_at", flat=True).first()


def unread_for_citizen(files: Files, user: User) -> Files:
    """Annotate files with `unread_messages`: what the municipality wrote since the person last read the discussion."""
    return files.annotate(unread_messages=_unread(Side.AGENT, user))


def unread_for_agent(files: Files, user: User) -> Files:
    """Annotate files for agents' lists: `unread_messages` counts what citizens wrote since the agent last read the
    discussion, `has_news` tells whether they did anything at all since.
    """
    seen = ReadMark.objects.filter(
        submission=OuterRef("pk"), user=user, read_at__gte=OuterRef("last_citizen_act_at")
    )
    news = Q(last_citizen_act_at__isnull=False) & ~Exists(seen)
    return files.annotate(unread_messages=_unread(Side.CITIZEN, user), has_news=news)


def unread_in(submission: Submission, user: User, *, side: Side) -> int:
    """Return how many messages of `side` somebody has not read in one file."""
    messages = submission.messages.filter(side=side)
    if (since := read_until(submission, user)) is not None:
        messages = messages.filter(created_at__gt=since)
    return messages.count()


def _unread(side: Side, user: User) -> Coalesce:
    read = ReadMark.objects.filter(
        submission=OuterRef("submission"), user=user, read_at__gte=OuterRef("created_at")
    )
    rows = (
        Message.objects.filter(~Exists(read), submission=OuterRef("pk"), side=side)
        .order_by()
        .values("submission")
        .annotate(number=Count("pk"))
        .values("number")
    )
    return Coalesce(Subquery(rows, output_field=IntegerField()), 0)
