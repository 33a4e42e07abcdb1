"""Answers about files: whose they are, what was typed into them, how far they are."""

import json
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Greatest
from django.utils.translation import get_language

from eservices import keyring
from eservices.contract import Viewer
from eservices.enums import AnnexPurpose, AnnexState, PublicStatus, SubmissionState, Turn
from eservices.errors import NotFound
from eservices.models import (
    Annex,
    AnswerRevision,
    Correction,
    Procedure,
    ProcedureText,
    ProcedureVersion,
    Submission,
    User,
)
from eservices.queries.procedures import structure_of, text_for, words_of
from eservices.queries.profiles import missing
from eservices.questions.structure import Structure
from eservices.questions.words import Words

#: Columns that lists never read: answers live out of line and cost six times the rest.
HEAVY = ("answers", "sealed_answers", "unfinished", "set_aside", "changes", "prefilled")

#: Uploaded for a message that is still being written, or with changes that are not sent yet.
_STAGED = Q(purpose=AnnexPurpose.MESSAGE, message=None) | Q(correction__isnull=False)


@dataclass(frozen=True, kw_only=True)
class Content:
    """All that was typed into a file, by id of question; sensitive answers are opened."""

    answers: dict[str, Any] = field(default_factory=dict)
    unfinished: dict[str, Any] = field(default_factory=dict)
    set_aside: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class FrozenForm:
    """The form on which a file is filled in, with its words in one language."""

    version: ProcedureVersion
    text: ProcedureText
    structure: Structure
    words: Words


def files_visible_to(viewer: Viewer) -> QuerySet[Submission]:
    """Return the files of the profile that the viewer acts for; deleted drafts are gone for good.

    A declared member of an organisation sees only own files: enterprise numbers are public.
    """
    if viewer.profile is None:
        return Submission.objects.none()
    files = Submission.objects.filter(profile=viewer.profile)
    if not viewer.sees_whole_profile:
        files = files.filter(acting_user=viewer.user)
    return files.exclude(state=SubmissionState.DISCARDED)


def listed_files(viewer: Viewer) -> QuerySet[Submission]:
    """Return the viewer's files for lists, last touched first, without the answers."""
    return (
        files_visible_to(viewer)
        .select_related("procedure")
        .defer(*HEAVY)
        .annotate(modified=Greatest("saved_at", "state_since"))
        .order_by(F("modified").desc(), "-pk")
    )


def file_for(viewer: Viewer, reference: str) -> Submission:
    """Return one of the viewer's files; raises NotFound for others and for what does not exist."""
    if "\0" in reference:
        raise NotFound
    row = (
        files_visible_to(viewer)
        .select_related(
            "procedure", "version", "text", "team", "assignee", "acting_user", "profile"
        )
        .filter(reference=reference)
        .first()
    )
    if row is None:
        named = Submission.objects.exclude(state=SubmissionState.DISCARDED).select_related(
            "profile"
        )
        raise missing(viewer, named.filter(reference=reference).defer(*HEAVY).first())
    return row


def annex_for(viewer: Viewer, reference: str, annex_id: UUID) -> Annex:
    """Return a document, stored or deleted, of one of the viewer's files; raises NotFound otherwise.

    One that somebody uploads for a message belongs to that person alone until the message is sent.
    """
    row = (
        visible_annexes(viewer.user)
        .filter(
            submission__in=files_visible_to(viewer),
            submission__reference=reference,
            public_id=annex_id,
        )
        .select_related("submission")
        .first()
    )
    if row is None:
        raise NotFound
    return row


def open_drafts(viewer: Viewer, procedure: Procedure) -> list[Submission]:
    """Return the viewer's drafts for a procedure, last saved first."""
    drafts = files_visible_to(viewer).filter(procedure=procedure, state=SubmissionState.DRAFT)
    return list(drafts.defer(*HEAVY).order_by("-saved_at"))


def content_of(row: Submission | AnswerRevision | Correction) -> Content:
    """Return everything that a file, one of its revisions or a correction holds, with sensitive answers opened."""
    submission = row if isinstance(row, Submission) else row.submission
    sealed: dict[str, dict[str, Any]] = {}
    if row.sealed_answers:
        sealed = json.loads(keyring.unseal(bytes(row.sealed_answers), place=seal_place(submission)))
    open_set_aside = row.set_aside if isinstance(row, Submission) else {}
    return Content(
        answers=row.answers | sealed.get("answers", {}),
        unfinished=row.unfinished | sealed.get("unfinished", {}),
        set_aside=open_set_aside | sealed.get("set_aside", {}),
    )


def seal_place(submission: Submission) -> str:
    """Return the place to which sensitive answers of a file are sealed."""
    return f"submission:{submission.public_id}"


def form_of(submission: Submission, locale: str | None = None) -> FrozenForm:
    """Return the form of a file: words as sent for sent files, else in the reader's language."""
    version = submission.version
    text = submission.text if submission.submitted_at else None
    return frozen_form(version, locale, text=text)


def frozen_form(
    version: ProcedureVersion, locale: str | None = None, *, text: ProcedureText | None = None
) -> FrozenForm:
    """Return a version of a form with its words in a language (default: the reader's)."""
    text = text or text_for(version, locale or get_language() or settings.LANGUAGE_CODE)
    return FrozenForm(
        version=version, text=text, structure=structure_of(version), words=words_of(text)
    )


def annexes_of(submission: Submission) -> list[Annex]:
    """Return the stored documents of a file, oldest first; without those of messages and changes that are not sent."""
    rows = submission.annexes.filter(state=AnnexState.STORED).select_related("replaces")
    return list(rows.exclude(_STAGED).order_by("created_at", "pk"))


def visible_annexes(user: User | None) -> QuerySet[Annex]:
    """Return all documents but those that others have uploaded for messages or changes they have not sent."""
    return Annex.objects.exclude(_STAGED & ~Q(uploaded_by=user))


def badge_of(submission: Submission) -> str:
    """Return the word for the state of a file: the public status, or the outcome once it is known."""
    if submission.public_status == PublicStatus.DECISION:
        return submission.state
    return submission.public_status.value


def may_copy(submission: Submission) -> bool:
    """Whether a new file can begin with the answers of this one: it was sent, and its procedure takes new files."""
    procedure = submission.procedure
    return submission.submitted_at is not None and procedure.is_open and bool(procedure.current_id)


def waits_for_person(submission: Submission) -> bool:
    """Whether the person must act next."""
    return submission.turn == Turn.YOU
