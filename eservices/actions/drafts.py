"""Drafts: started, saved from several tabs without loss, carried over to new versions, deleted."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from eservices.actions import journal
from eservices.actions.acting import person_acting
from eservices.actions.answers import erase, locked_draft, write
from eservices.actions.merging import merged
from eservices.actions.references import under_new_reference
from eservices.actions.submissions import move
from eservices.contract import Viewer
from eservices.enums import (
    Level,
    Prefill,
    ProcedureState,
    QuestionType,
    RevisionKind,
    Side,
    SubmissionEvent,
    SubmissionState,
)
from eservices.errors import (
    DraftExists,
    LoginRequired,
    MoveRefused,
    ProcedureClosed,
    ProfileKindRefused,
)
from eservices.models import (
    AnswerRevision,
    ChapterReach,
    Procedure,
    ProcedureVersion,
    Profile,
    Submission,
    User,
)
from eservices.queries.identifiers import birth_date_of, number_of
from eservices.queries.opening import check_period
from eservices.queries.procedures import folded, structure_of
from eservices.queries.requirements import asking_at_start, prove
from eservices.queries.submissions import HEAVY, Content, content_of, frozen_form
from eservices.questions.answers import answers_from_json
from eservices.questions.forms import ChapterResult
from eservices.questions.rebase import Rebase, rebase
from eservices.questions.structure import QuestionSpec, Structure

#: Sources that only a sealed question of one type takes, and only in the person's own space after a sure login:
#: colleagues read the files of an organisation, and a mailbox alone must not tell a number.
SEALED_PREFILLS = {
    Prefill.NATIONAL_NUMBER.value: QuestionType.NATIONAL_NUMBER,
    Prefill.BIRTH_DATE.value: QuestionType.DATE,
}
#: What a copy of a former file leaves out: documents, that somebody agreed, and what is calculated anew.
NOT_COPIED = frozenset({QuestionType.FILE, QuestionType.CONSENT, QuestionType.CALCULATED})
NOTHING = Rebase(answers={}, set_aside={}, changes=())


def start(
    *,
    procedure: Procedure,
    viewer: Viewer,
    locale: str,
    another: bool = False,
    former: Submission | None = None,
    today: date | None = None,
) -> Submission:
    """Start a draft for the profile that the viewer acts for, on the current version of the form.

    With `former` it begins with the answers of this file that was sent, see `_former_answers`. Raises
    ProcedureClosed (ProcedureOpensLater, ProcedureOver), ProfileKindRefused, StepUpRequired, and DraftExists
    (with the `reference`) when there is an open draft and `another` was not asked for.
    """
    user, profile = person_acting(viewer), viewer.profile
    if profile is None:
        raise LoginRequired
    if procedure.state != ProcedureState.OPEN or procedure.current is None:
        raise ProcedureClosed
    check_period(procedure)
    if not procedure.takes(profile.kind):
        raise ProfileKindRefused
    proof = prove(viewer, asking_at_start(procedure))
    today = today or timezone.localdate()
    with transaction.atomic():
        # Two presses of the button wait for each other here.
        Profile.objects.select_for_update().get(pk=profile.pk)
        drafts = Submission.objects.filter(
            profile=profile, procedure=procedure, state=SubmissionState.DRAFT
        )
        if not viewer.sees_whole_profile:  # others' drafts are none of a declared member's business
            drafts = drafts.filter(acting_user=user)
        if not another and (draft := drafts.order_by("-saved_at").first()):
            raise DraftExists(reference=draft.reference)
        structure = structure_of(procedure.current)
        answers, prefilled = first_answers(structure, viewer)
        carried = _former_answers(former, procedure.current, locale) if former else NOTHING
        submission = create_row(
            year=today.year,
            procedure=procedure,
            version=procedure.current,
            profile=profile,
            acting_user=user,
            team_id=procedure.team_id,
            locale=locale,
            search_name=folded(viewer.profile_name)[:300],
            prefilled=prefilled,
            purge_on=today + timedelta(days=procedure.draft_days),
            copied_from=former,
        )
        write(
            submission,
            # What the portal knows today is newer than what was sent once.
            Content(answers=carried.answers | answers, set_aside=carried.set_aside),
            structure=structure,
            by=user,
            kind=RevisionKind.SAVE,
            changes=[change.to_json() for change in carried.changes],
        )
        copied = {"copied_from": former.reference} if former else {}
        journal.record(
            subject=submission,
            event="start",
            actor=user,
            side=Side.CITIZEN,
            data={"level": proof.level.value, "method": proof.method.value, **copied},
        )
    return submission


def copy(
    *, submission: Submission, viewer: Viewer, locale: str, another: bool = False
) -> Submission:
    """Start a draft with the answers of a file that was sent, on the current version of its form.

    Raises MoveRefused for a file that was never sent or whose answers are erased, and what `start` raises.
    """
    person_acting(viewer)
    if submission.submitted_at is None:
        raise MoveRefused
    return start(
        procedure=submission.procedure,
        viewer=viewer,
        locale=locale,
        another=another,
        former=submission,
    )


def _former_answers(former: Submission, current: ProcedureVersion, locale: str) -> Rebase:
    """Return the answers of a sent file on another version, and what changed since.

    Documents stay with the file that they were sent with, and nobody agrees to anything by copying.
    """
    old, new = frozen_form(former.version, locale), frozen_form(current, locale)
    answers = {
        name: answer
        for name, answer in content_of(former).answers.items()
        if old.structure.by_id[name].type not in NOT_COPIED
    }
    return rebase(old.structure, new.structure, answers, old_words=old.words, new_words=new.words)


def create_row(*, year: int, **columns: Any) -> Submission:
    """Make the row of a file under a reference that nobody has, in the caller's transaction."""
    return under_new_reference(
        "SUB", year, lambda reference: Submission.objects.create(reference=reference, **columns)
    )


def first_answers(structure: Structure, viewer: Viewer) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the answers that are known already and, by question, where they come from.

    In an organisation's space the contact details are those that the member gave there.
    """
    user, profile, member = person_acting(viewer), viewer.profile, viewer.membership
    if profile is None:
        raise LoginRequired
    known: dict[str, str] = {
        Prefill.PROFILE_NAME: viewer.profile_name,
        Prefill.PROFILE_PHONE: (member.mobile or member.landline) if member else profile.phone,
        Prefill.PROFILE_EMAIL: (member.email if member else "") or user.email,
        Prefill.FIRST_NAME: user.first_name,
        Prefill.LAST_NAME: user.last_name,
    }
    asked = {spec.prefill for spec in structure.questions()} & set(SEALED_PREFILLS)
    if asked and profile.user_id == user.pk and viewer.level >= Level.SUBSTANTIAL:
        birth_date = birth_date_of(user)
        known[Prefill.NATIONAL_NUMBER] = number_of(user)
        known[Prefill.BIRTH_DATE] = birth_date.isoformat() if birth_date else ""
    sources = {
        spec.id: spec.prefill
        for spec in structure.questions()
        if known.get(spec.prefill) and _takes_prefill(spec)
    }
    raw = {name: known[source] for name, source in sources.items()}
    answers, _errors = answers_from_json(structure, raw)
    return answers, {name: sources[name] for name in answers}


def _takes_prefill(spec: QuestionSpec) -> bool:
    """Whether a question may hold what its source gives: a number or a birth date only where it is kept sealed."""
    wanted = SEALED_PREFILLS.get(spec.prefill)
    return wanted is None or (spec.type == wanted and spec.is_sensitive)


@transaction.atomic
def reach_chapter(*, submission: Submission, chapter: str) -> None:
    """Count that a draft has come to a chapter, the first time only; files that were sent count no more."""
    if chapter in submission.chapters_reached:
        return
    row = Submission.objects.select_for_update().defer(*HEAVY).get(pk=submission.pk)
    if row.state != SubmissionState.DRAFT or chapter in row.chapters_reached:
        return
    reached = [*row.chapters_reached, chapter]
    Submission.objects.filter(pk=row.pk).update(chapters_reached=reached)
    count, _new = ChapterReach.objects.get_or_create(version_id=row.version_id, chapter_id=chapter)
    ChapterReach.objects.filter(pk=count.pk).update(reached=F("reached") + 1)
    submission.chapters_reached = reached


@transaction.atomic
def save(
    *,
    submission: Submission,
    result: ChapterResult,
    base_revision: int,
    by: User,
    kind: RevisionKind = RevisionKind.SAVE,
    chapter: str = "",
) -> Submission:
    """Merge what one tab sends into the draft; `base_revision` is the state that this tab started
    from.

    Questions that only one side changed are merged. Where both changed the same question in
    different ways nothing is written and DraftClash is raised, see `actions.merging`. Raises
    MoveRefused when the file is no longer a draft. Saving twice changes nothing.
    """
    row = locked_draft(submission)
    saved = content_of(row)
    content = merged(
        base=_base(row, base_revision, saved), result=result, saved=saved, revision=row.revision
    )
    seen = {
        "last_chapter": chapter or row.last_chapter,
        "purge_on": timezone.localdate() + timedelta(days=row.procedure.draft_days),
    }
    if content is None:
        seen["saved_at"] = timezone.now()
        Submission.objects.filter(pk=row.pk).update(**seen)
        for name, value in seen.items():
            setattr(row, name, value)
        return row
    return write(row, content, structure=structure_of(row.version), by=by, kind=kind, **seen)


def _base(row: Submission, number: int, saved: Content) -> Content | None:
    """Return the answers that a tab started from; None when they are no longer kept.

    Answers to questions that nobody else has answered are then taken, all others clash.
    """
    if number == row.revision:
        return saved
    kept = AnswerRevision.objects.filter(submission=row, number=number)
    revision = kept.select_related("submission").first()
    return None if revision is None else content_of(revision)


@transaction.atomic
def carry_over(*, submission: Submission, by: User, locale: str) -> Submission:
    """Bring a draft to the current version of its form; answers without a place are set aside.

    The list of changes is kept until the person dismisses it. Does nothing when the draft is
    current. Sent files never change their version. Raises MoveRefused for them.
    """
    row = locked_draft(submission)
    current = row.procedure.current
    if current is None or current.pk == row.version_id:
        return row
    old, new = frozen_form(row.version, locale), frozen_form(current, locale)
    saved = content_of(row)
    carried = rebase(
        old.structure, new.structure, saved.answers, old_words=old.words, new_words=new.words
    )
    known = {change["question"]: change for change in row.changes}
    told = known | {change.question: change.to_json() for change in carried.changes}
    content = Content(
        answers=carried.answers,
        unfinished={n: v for n, v in saved.unfinished.items() if n in new.structure.by_id},
        set_aside=saved.set_aside | carried.set_aside,
    )
    row.version = current
    return write(
        row,
        content,
        structure=new.structure,
        by=by,
        kind=RevisionKind.REBASE,
        version=current,
        changes=list(told.values()),
    )


@transaction.atomic
def dismiss_changes(*, submission: Submission) -> Submission:
    """Put away the list of questions that changed with the last version."""
    row = locked_draft(submission)
    Submission.objects.filter(pk=row.pk).update(changes=[])
    row.changes = []
    return row


@transaction.atomic
def discard(*, submission: Submission, by: User) -> Submission:
    """Delete a draft for good: answers, history and documents are erased, the journal tells that it
    was.
    """
    row = move(
        submission=locked_draft(submission),
        event=SubmissionEvent.DISCARD,
        by=by,
        side=Side.CITIZEN,
    )
    erase(row)
    return row


@transaction.atomic
def expire(*, submission: Submission, today: date) -> bool:
    """Delete the content of a draft that nobody saved for the time of its procedure; returns whether it was so."""
    row = (
        Submission.objects.select_for_update(of=("self",))
        .select_related("procedure")
        .get(pk=submission.pk)
    )
    if row.state != SubmissionState.DRAFT or row.purge_on is None or row.purge_on >= today:
        return False
    move(submission=row, event=SubmissionEvent.EXPIRE, by=None, side=Side.SYSTEM)
    erase(row)
    return True
