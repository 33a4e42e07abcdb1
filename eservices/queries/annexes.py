"""Answers about the documents of a file: what is asked for, what is there, who may read or delete it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from eservices.enums import AnnexPurpose, AnnexState, ScanState, Side, SubmissionState
from eservices.errors import AnnexGone, AnnexNotChecked
from eservices.models import Annex, Submission, User
from eservices.queries.submissions import FrozenForm, content_of
from eservices.questions.forms import AnswerError
from eservices.questions.structure import RequestedAnnex, Structure

#: While documents can be sent: from the draft until the decision.
TAKING = frozenset(
    {
        SubmissionState.DRAFT,
        SubmissionState.SUBMITTED,
        SubmissionState.AWAITING_PAYMENT,
        SubmissionState.IN_REVIEW,
        SubmissionState.AWAITING_INTERNAL,
        SubmissionState.AWAITING_CITIZEN,
    }
)
#: While they can be deleted again, unless an agent took them into account.
DELETING = frozenset(
    {
        SubmissionState.DRAFT,
        SubmissionState.SUBMITTED,
        SubmissionState.IN_REVIEW,
        SubmissionState.AWAITING_CITIZEN,
    }
)
SENT_BY_CITIZEN = (AnnexPurpose.REQUESTED, AnnexPurpose.FREE)
FROM_US = (AnnexPurpose.INFORMATION, AnnexPurpose.DECISION)


@dataclass(frozen=True, kw_only=True)
class Version:
    """A document with what became of its predecessors, the newest of them first."""

    annex: Annex
    older: Sequence[Annex]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """One document on the procedure's list, with what was sent for it."""

    spec: RequestedAnnex
    label: str
    help: str
    sent: Sequence[Version]

    @property
    def is_missing(self) -> bool:
        """Whether nothing was sent for it."""
        return not self.sent

    @property
    def takes_more(self) -> bool:
        """Whether another one can be added."""
        return len(self.sent) < self.spec.max_files


@dataclass(frozen=True, kw_only=True)
class AnnexList:
    """All documents of a file, by what they are for. `gone` are tombstones: names of what was deleted."""

    wanted: Sequence[Wanted]
    answers: Sequence[Version]
    #: Taken out of the answers by a correction and kept, because an agent or a decision used them.
    earlier: Sequence[Version]
    free: Sequence[Version]
    from_us: Sequence[Annex]
    gone: Sequence[Annex]


def spec_of(structure: Structure, wanted: str) -> RequestedAnnex | None:
    """Return one document of the list, or None."""
    return next((spec for spec in structure.annexes if spec.id == wanted), None)


def annex_list(submission: Submission, form: FrozenForm) -> AnnexList:
    """Return the documents of a file with one query; those of messages stand in the discussion."""
    rows = list(
        submission.annexes.filter(correction=None)
        .exclude(purpose=AnnexPurpose.MESSAGE)
        .select_related("uploaded_by")
        .order_by("created_at", "pk")
    )
    for row in rows:
        row.submission = submission
    stored = [row for row in rows if row.state == AnnexState.STORED]
    beside = [row for row in stored if row.purpose in SENT_BY_CITIZEN]
    listed = {spec.id for spec in form.structure.annexes}
    answers = _versions([row for row in stored if row.purpose == AnnexPurpose.ANSWER])
    held = names_in(content_of(submission).answers)
    return AnnexList(
        wanted=[
            Wanted(
                spec=spec,
                label=form.words.label(spec.id),
                help=form.words.help(spec.id),
                sent=_versions([row for row in beside if row.question_id == spec.id]),
            )
            for spec in form.structure.annexes
        ],
        answers=[item for item in answers if str(item.annex.public_id) in held],
        earlier=[item for item in answers if str(item.annex.public_id) not in held],
        free=_versions([row for row in beside if row.question_id not in listed]),
        from_us=[row for row in stored if row.purpose in FROM_US],
        gone=[
            row
            for row in rows
            if row.state == AnnexState.DELETED
            and (row.purpose != AnnexPurpose.ANSWER or _is_infected(row) or _went_later(row))
        ],
    )


def names_in(answers: Mapping[str, Any]) -> set[str]:
    """Return the public ids of the documents that answers hold."""
    lists = [value for value in answers.values() if isinstance(value, list)]
    return {name for value in lists for name in value if isinstance(name, str)}


def _went_later(annex: Annex) -> bool:
    """Whether the document of an answer went after it was sent: what goes from a draft was never part of a file."""
    sent, gone = annex.submission.submitted_at, annex.deleted_at
    return sent is not None and gone is not None and gone > sent


def _is_infected(annex: Annex) -> bool:
    return annex.scan == ScanState.INFECTED


def _versions(rows: Sequence[Annex]) -> list[Version]:
    """Return the newest version of each document; a version whose successor was deleted is current again."""
    by_id = {row.pk: row for row in rows}
    replaced = {row.replaces_id for row in rows}
    found = []
    for row in rows:
        if row.pk in replaced:
            continue
        older, before = [], by_id.get(row.replaces_id or 0)
        while before is not None:
            older.append(before)
            before = by_id.get(before.replaces_id or 0)
        found.append(Version(annex=row, older=older))
    return found


def current_of(submission: Submission, wanted: str) -> list[Annex]:
    """Return the newest versions of what was sent for one document of the list; for "" the further documents."""
    purpose = AnnexPurpose.REQUESTED if wanted else AnnexPurpose.FREE
    rows = submission.annexes.filter(state=AnnexState.STORED, purpose=purpose, question_id=wanted)
    return [version.annex for version in _versions(list(rows.order_by("created_at", "pk")))]


def takes_annexes(submission: Submission) -> bool:
    """Whether documents can be sent beside the form now."""
    return submission.state in TAKING


def deletable(annex: Annex) -> bool:
    """Whether the citizen's side can delete a document: not once an agent took it into account, the file is decided, or
    it was sent with a message.
    """
    if annex.state == AnnexState.DELETED or annex.side != Side.CITIZEN or annex.message_id:
        return False
    if annex.purpose == AnnexPurpose.MESSAGE:
        return True
    if annex.purpose == AnnexPurpose.ANSWER:
        return annex.submission.is_draft
    return annex.taken_at is None and annex.submission.state in DELETING


def missing_annexes(submission: Submission, form: FrozenForm) -> list[AnswerError]:
    """Return an error for each document that must be there before sending and is not."""
    needed = [spec for spec in form.structure.annexes if spec.required]
    if not needed:
        return []
    rows = submission.annexes.filter(state=AnnexState.STORED, purpose=AnnexPurpose.REQUESTED)
    there = set(rows.values_list("question_id", flat=True))
    return [
        AnswerError(
            question=spec.id,
            code="annex_missing",
            message=_("Add the document “%(label)s”.") % {"label": form.words.label(spec.id)},
        )
        for spec in needed
        if spec.id not in there
    ]


def check_readable(annex: Annex, reader: User | None) -> None:
    """Let pass who may have the bytes of a document that they see.

    One's own comes at once; others get it after its check for viruses. What the product made itself needs none. Raises
    AnnexGone, AnnexNotChecked.
    """
    if annex.state == AnnexState.DELETED:
        raise AnnexGone
    own = reader is not None and annex.uploaded_by_id == reader.pk
    unsafe = annex.scan in (ScanState.PENDING, ScanState.INFECTED)
    if not own and unsafe and annex.purpose != AnnexPurpose.DECISION:
        raise AnnexNotChecked
