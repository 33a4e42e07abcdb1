"""Drafts that agents keep at the counter for people who will come back."""

from uuid import UUID

from django.db.models import F, OuterRef, QuerySet, Subquery

from eservices.enums import AnnexState, SubmissionState
from eservices.errors import NotFound
from eservices.models import Annex, AnswerRevision, Submission, User
from eservices.queries.roles import procedures_at_counter
from eservices.queries.submissions import HEAVY


def is_taken_over(submission: Submission) -> bool:
    """Whether the person was the last to save a draft that an agent began."""
    last = submission.revisions.order_by("-number").values_list("by", flat=True).first()
    return last == submission.acting_user_id


def counter_drafts(agent: User) -> QuerySet[Submission]:
    """Return the drafts with which an agent can go on, the last saved first; without those that people took over."""
    revisions = AnswerRevision.objects.filter(submission=OuterRef("pk")).order_by("-number")
    rows = Submission.objects.filter(
        state=SubmissionState.DRAFT,
        procedure__in=[row.pk for row in procedures_at_counter(agent)],
        acting_user__is_active=True,
    )
    return (
        rows.exclude(entered_by=None)
        .exclude(acting_user=agent)
        .annotate(last_by=Subquery(revisions.values("by")[:1]))
        .exclude(last_by=F("acting_user"))
        .select_related("procedure", "acting_user", "entered_by")
        .defer(*HEAVY)
        .order_by("-saved_at", "-pk")
    )


def counter_draft(person: User, key: UUID) -> Submission | None:
    """Return the draft of a person that was begun at the counter under a key; who may open it, the action says."""
    rows = Submission.objects.select_related("procedure", "version", "profile", "acting_user")
    return (
        rows.filter(public_id=key, acting_user=person, state=SubmissionState.DRAFT)
        .exclude(entered_by=None)
        .first()
    )


def annex_of_draft(draft: Submission, annex_id: UUID) -> Annex:
    """Return a stored document of a draft; raises NotFound for others."""
    row = draft.annexes.filter(public_id=annex_id, state=AnnexState.STORED).first()
    if row is None:
        raise NotFound
    row.submission = draft
    return row
