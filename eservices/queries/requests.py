"""What a file waits for: requests to the citizen, opinions of other teams, and whose turn it is until when."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Prefetch, QuerySet
from django.utils.translation import gettext as _

from eservices import formats
from eservices.contract import Viewer
from eservices.enums import AnnexState, RequestState, SubmissionState, Turn
from eservices.errors import NotFound
from eservices.models import Annex, InformationRequest, OpinionRequest, Submission, User
from eservices.queries.submissions import file_for


@dataclass(frozen=True, kw_only=True)
class Awaited:
    """Who must act in a file next, and until when: a moment for the citizen, a day for the municipality."""

    turn: Turn
    at: datetime | None = None
    on: date | None = None

    @property
    def words(self) -> str:
        """The same in a sentence for the citizen."""
        if self.turn == Turn.YOU and self.at:
            return _("Your turn, by %(when)s") % {"when": formats.date_time(self.at)}
        if self.turn == Turn.YOU:
            return _("Your turn")
        if self.turn == Turn.US and self.on:
            return _("The municipality’s turn, by %(when)s") % {"when": formats.full_date(self.on)}
        return _("The municipality’s turn") if self.turn == Turn.US else _("Finished")


def awaited_in(submission: Submission) -> Awaited:
    """Return who must act next in a file and until when."""
    turn = submission.turn
    if turn == Turn.YOU:
        return Awaited(turn=turn, at=submission.answer_due_at)
    return Awaited(turn=turn, on=submission.due_on if turn == Turn.US else None)


def requests_of(submission: Submission) -> list[InformationRequest]:
    """Return all requests of a file, oldest first, with the documents that answered them and their amounts."""
    documents = Annex.objects.filter(state=AnnexState.STORED).order_by("created_at", "pk")
    return list(
        submission.requests.select_related("created_by", "answered_by", "amount").prefetch_related(
            Prefetch("annexes", queryset=documents)
        )
    )


def open_requests(submission: Submission) -> list[InformationRequest]:
    """Return what the citizen still has to answer, the first due first."""
    return list(submission.requests.filter(state=RequestState.OPEN).order_by("due_at", "pk"))


def request_for(viewer: Viewer, reference: str, request_id: UUID) -> InformationRequest:
    """Return a request in one of the viewer's files; raises NotFound otherwise."""
    return request_in(file_for(viewer, reference), request_id)


def request_in(submission: Submission, request_id: Any) -> InformationRequest:
    """Return a request of a file; raises NotFound otherwise."""
    row = submission.requests.filter(public_id=request_id).first()
    if row is None:
        raise NotFound
    row.submission = submission
    return row


def opinions_of(submission: Submission) -> list[OpinionRequest]:
    """Return what other teams were asked about a file, oldest first."""
    return list(submission.opinions.select_related("team", "created_by", "answered_by"))


def opinion_in(submission: Submission, opinion_id: Any) -> OpinionRequest:
    """Return a question to another team about a file; raises NotFound otherwise."""
    row = submission.opinions.filter(public_id=opinion_id).select_related("team").first()
    if row is None:
        raise NotFound
    row.submission = submission
    return row


def opinions_for(user: User) -> QuerySet[OpinionRequest]:
    """Return the open questions to the user's teams, those about files whose time limit comes first leading."""
    rows = OpinionRequest.objects.filter(
        state=RequestState.OPEN, submission__state=SubmissionState.AWAITING_INTERNAL
    )
    if not user.is_superuser:
        rows = rows.filter(team__members=user)
    beside = ("procedure", "profile", "acting_user")
    return rows.select_related(
        "team", "created_by", *(f"submission__{name}" for name in beside)
    ).order_by(F("submission__due_on").asc(nulls_last=True), "created_at", "pk")
