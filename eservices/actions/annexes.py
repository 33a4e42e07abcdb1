"""Documents that people add to a file and take away again."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from eservices import uploads
from eservices.actions import journal, scans
from eservices.actions.answers import delete_bytes, forget, locked_draft, save_answers, take_out
from eservices.actions.rights import check_role
from eservices.enums import AnnexPurpose, AnnexState, QuestionType, Side
from eservices.errors import AnnexesClosed, AnnexKept, AnnexTaken, NotFound, UploadTooMany
from eservices.models import Annex, Submission, User
from eservices.queries.annexes import current_of, deletable, spec_of, takes_annexes
from eservices.queries.discussions import why_closed
from eservices.queries.procedures import structure_of
from eservices.queries.submissions import content_of

#: Further documents that nobody asked for; more make a file that nobody reads.
MAX_FREE: Final = 20
#: Documents that were uploaded for a message and never sent with one.
MAX_STAGED: Final = 10
KEEP_STAGED: Final = timedelta(days=1)
#: What can be sent where no question or list says which kinds.
FREE_KINDS: Final = ("pdf", "jpg", "png", "docx", "xlsx", "odt", "txt", "csv")


def add(
    *,
    submission: Submission,
    question: str,
    uploaded: UploadedFile[Any],
    by: User,
    side: Side = Side.CITIZEN,
) -> Annex:
    """Take a document as (part of) the answer to a question for files of a draft; `side` says who does it.

    Raises UploadRefused and its kinds when the file cannot be taken, UploadTooMany, NotFound when
    the form has no such question, MoveRefused when the file is no longer a draft; nothing is stored
    then.
    """
    spec = structure_of(submission.version).by_id.get(question)
    if spec is None or spec.type != QuestionType.FILE:
        raise NotFound
    with stored(uploaded, spec.accept, by) as annex, transaction.atomic():
        row = locked_draft(submission)
        saved = content_of(row)
        present = list(saved.answers.get(question) or [])
        if len(present) >= spec.max_files:
            raise UploadTooMany(limit=spec.max_files, field=question)
        annex.submission, annex.question_id = row, question
        annex.save(force_insert=True)
        answers = saved.answers | {question: [*present, str(annex.public_id)]}
        save_answers(row, saved, answers, by)
        arrived(annex, by, side)
    return annex


def send(
    *,
    submission: Submission,
    uploaded: UploadedFile[Any],
    by: User,
    wanted: str = "",
    replaces: Annex | None = None,
    side: Side = Side.CITIZEN,
    now: datetime | None = None,
) -> Annex:
    """Take a document that a citizen sends beside the form, before or after sending it.

    `wanted` is the id of a document on the procedure's list; without it the document is a further one. With `replaces`
    it is the new version of a document in the file, which stays readable as an older one. Raises NotFound for what is
    not on the list or not in the file, AnnexesClosed once the file is decided, UploadTooMany, UploadRefused and its
    kinds.
    """
    if replaces is not None:
        wanted = replaces.question_id
    spec = spec_of(structure_of(submission.version), wanted)
    if wanted and spec is None:
        raise NotFound
    accept: Sequence[str] = spec.accept if spec else FREE_KINDS
    with stored(uploaded, accept, by) as annex, transaction.atomic():
        row = _locked(submission)
        if not takes_annexes(row) or (spec is None and row.is_draft):
            raise AnnexesClosed
        present = current_of(row, wanted)
        if replaces is not None and replaces not in present:
            raise NotFound
        limit = spec.max_files if spec else MAX_FREE
        if replaces is None and len(present) >= limit:
            raise UploadTooMany(limit=limit, field=wanted or None)
        annex.submission, annex.question_id, annex.replaces = row, wanted, replaces
        annex.purpose = AnnexPurpose.REQUESTED if spec else AnnexPurpose.FREE
        annex.save(force_insert=True)
        _acted(row, side, now or timezone.now())
        arrived(annex, by, side)
    return annex


def stage(
    *, submission: Submission, uploaded: UploadedFile[Any], by: User, side: Side = Side.CITIZEN
) -> Annex:
    """Take a document for a message that is still being written: until then only its sender sees it, and the journal
    says nothing of it.

    Raises DiscussionNotOpen, DiscussionClosed, UploadTooMany, UploadRefused and its kinds.
    """
    if (refusal := why_closed(submission)) is not None:
        raise refusal
    with stored(uploaded, FREE_KINDS, by) as annex, transaction.atomic():
        row = _locked(submission)
        if staged_by(row, by).count() >= MAX_STAGED:
            raise UploadTooMany(limit=MAX_STAGED, field="files")
        annex.submission, annex.side, annex.purpose = row, side, AnnexPurpose.MESSAGE
        annex.save(force_insert=True)
        scans.begin(annex=annex)
    return annex


def inform(
    *,
    submission: Submission,
    uploaded: UploadedFile[Any],
    by: User,
    now: datetime | None = None,
) -> Annex:
    """Put a document of the municipality into a file, for the citizen to read; raises UploadRefused and its kinds.

    Nobody is mailed before its check is over (`scans`): nobody is called to a document that cannot be opened. Raises
    RoleTooLow for readers of the team.
    """
    check_role(submission, by)
    with stored(uploaded, FREE_KINDS, by) as annex, transaction.atomic():
        row = _locked(submission)
        annex.submission, annex.side, annex.purpose = row, Side.AGENT, AnnexPurpose.INFORMATION
        annex.save(force_insert=True)
        _acted(row, Side.AGENT, now or timezone.now())
        arrived(annex, by, Side.AGENT)
    return annex


@transaction.atomic
def delete(*, annex: Annex, by: User, side: Side = Side.CITIZEN) -> Annex:
    """Take a document away: its bytes go, name and hash stay. Deleting twice deletes once.

    Answers go from drafts only (MoveRefused), requested and further documents until an agent took them into account or
    the file moved on (AnnexKept), documents for a message until it is sent (AnnexTaken).
    """
    if annex.purpose == AnnexPurpose.ANSWER:
        return _delete_answer(annex, by, side)
    row = _locked(annex.submission)
    annex = Annex.objects.select_for_update().get(pk=annex.pk)
    if annex.state == AnnexState.DELETED:
        return annex
    if annex.purpose == AnnexPurpose.MESSAGE and annex.uploaded_by_id != by.pk:
        raise NotFound
    if annex.message_id is not None:
        raise AnnexTaken
    annex.submission = row
    if not deletable(annex):
        raise AnnexKept
    return _gone(annex, by, side)


@transaction.atomic
def take_back(*, annex: Annex, by: User) -> Annex:
    """Take back a document that the municipality sent by mistake; its name stays.

    One's own for a message that is not sent yet goes too. Raises NotFound for others.
    """
    check_role(annex.submission, by)
    row = _locked(annex.submission)
    annex = Annex.objects.select_for_update().get(pk=annex.pk)
    is_staged = (
        annex.purpose == AnnexPurpose.MESSAGE
        and annex.message_id is None
        and annex.uploaded_by_id == by.pk
    )
    if annex.purpose != AnnexPurpose.INFORMATION and not is_staged:
        raise NotFound
    annex.submission = row
    return annex if annex.state == AnnexState.DELETED else _gone(annex, by, Side.AGENT)


@transaction.atomic
def take_into_account(*, annex: Annex, by: User, now: datetime | None = None) -> Annex:
    """Note that an agent has used a citizen's document: it can no longer be deleted. Twice notes once.

    Raises NotFound for a document that is gone or the municipality's own, RoleTooLow for readers of the team.
    """
    check_role(annex.submission, by)
    row = _locked(annex.submission)
    annex = Annex.objects.select_for_update().get(pk=annex.pk)
    if annex.side != Side.CITIZEN or annex.state == AnnexState.DELETED:
        raise NotFound
    if annex.taken_at is None:
        annex.taken_at = now or timezone.now()
        annex.save(update_fields=("taken_at",))
        _record(annex, row, "annex_taken", by, Side.AGENT)
    return annex


def staged_by(submission: Submission, user: User) -> QuerySet[Annex]:
    """Return the documents that somebody uploaded for a message that is not sent yet."""
    return submission.annexes.filter(
        purpose=AnnexPurpose.MESSAGE, message=None, uploaded_by=user, state=AnnexState.STORED
    )


def drop_staged(*, of: User | None = None, now: datetime | None = None) -> int:
    """Delete documents that were uploaded for a message a day ago and never sent, or all such documents of one person;
    returns how many. They leave no trace in the file: nobody else ever saw them.
    """
    old = Annex.objects.filter(purpose=AnnexPurpose.MESSAGE, message=None)
    if of is not None:
        old = old.filter(uploaded_by=of)
    else:
        old = old.filter(created_at__lt=(now or timezone.now()) - KEEP_STAGED)
    count = 0
    for annex in old:
        with transaction.atomic():
            locked = Annex.objects.select_for_update().filter(pk=annex.pk, message=None).first()
            if locked is not None:
                forget(locked)
                count += 1
    return count


@contextmanager
def stored(uploaded: UploadedFile[Any], accept: Sequence[str], by: User) -> Iterator[Annex]:
    """Check a file and write its bytes, for a row that the caller saves: they go again if anything fails there."""
    checked, content = uploads.to_store(uploaded, accept=accept)
    annex = Annex(
        name=checked.name,
        media_type=checked.media_type,
        size=checked.size,
        sha256=checked.sha256,
        uploaded_by=by,
    )
    with ExitStack() as undo:
        annex.file.save(checked.name, content, save=False)
        undo.callback(annex.file.storage.delete, str(annex.file.name))
        yield annex
        undo.pop_all()


def _locked(submission: Submission) -> Submission:
    rows = Submission.objects.select_for_update(of=("self",))
    return rows.select_related("version", "procedure", "profile").get(pk=submission.pk)


def _acted(row: Submission, side: Side, now: datetime) -> None:
    if row.is_draft:
        return
    column = "last_citizen_act_at" if side == Side.CITIZEN else "last_agent_act_at"
    Submission.objects.filter(pk=row.pk).update(**{column: now})


def arrived(annex: Annex, by: User, side: Side) -> None:
    """Write a stored document into the journal and begin its check for viruses."""
    _record(annex, annex.submission, "annex_added", by, side, sha256=annex.sha256)
    scans.begin(annex=annex)


def _gone(annex: Annex, by: User, side: Side) -> Annex:
    delete_bytes(annex)
    if annex.purpose == AnnexPurpose.MESSAGE:
        return annex
    _record(annex, annex.submission, "annex_deleted", by, side)
    return annex


def _delete_answer(annex: Annex, by: User, side: Side) -> Annex:
    row = locked_draft(annex.submission)
    annex = Annex.objects.select_for_update().get(pk=annex.pk)
    if annex.state == AnnexState.DELETED:
        return annex
    take_out(annex=annex, row=row, by=by)
    annex.submission = row
    return _gone(annex, by, side)


def _record(
    annex: Annex, row: Submission, event: str, by: User | None, side: Side, **facts: str
) -> None:
    journal.record(
        subject=row,
        event=event,
        actor=by,
        side=side,
        data={"annex": str(annex.public_id), **facts},
    )
