"""Drafts: started, saved from several tabs without loss, carried over to new versions, deleted."""

import secrets
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from eservices.actions import journal
from eservices.actions.answers import erase, locked_draft, write
from eservices.actions.submissions import move
from eservices.contract import Viewer
from eservices.enums import Level, RevisionKind, Side, SubmissionEvent, SubmissionState
from eservices.errors import (
    DraftClash,
    DraftExists,
    LevelTooLow,
    LoginRequired,
    ProcedureClosed,
    ProfileKindRefused,
)
from eservices.models import AnswerRevision, Procedure, Profile, Submission, User
from eservices.queries.procedures import structure_of
from eservices.queries.submissions import Content, content_of, frozen_form
from eservices.questions.answers import answers_from_json
from eservices.questions.forms import ChapterResult
from eservices.questions.merge import Clash, merge, same
from eservices.questions.rebase import rebase
from eservices.questions.structure import Structure

#: Letters and digits that nobody confuses when reading a reference aloud: no 0/O, 1/I/L, U/V.
REFERENCE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTWXYZ"
REFERENCE_TRIES = 5

#: Sources of first answers, by the name that editors choose for a question.
PREFILLS = ("profile.name", "profile.phone", "profile.email", "user.first_name", "user.last_name")


def start(
    *,
    procedure: Procedure,
    viewer: Viewer,
    locale: str,
    another: bool = False,
    today: date | None = None,
) -> Submission:
    """Start a draft for the profile that the viewer acts for, on the current version of the form.

    Raises ProcedureClosed, ProfileKindRefused, LevelTooLow, and DraftExists (with the `reference`)
    when there is an open draft and `another` was not asked for.
    """
    user, profile = viewer.user, viewer.profile
    if user is None or profile is None:
        raise LoginRequired
    if not procedure.is_open or procedure.current is None:
        raise ProcedureClosed
    if not procedure.takes(profile.kind):
        raise ProfileKindRefused
    if viewer.level < Level(procedure.required_level):
        raise LevelTooLow
    today = today or timezone.localdate()
    with transaction.atomic():
        # Two presses of the button wait for each other here.
        Profile.objects.select_for_update().get(pk=profile.pk)
        drafts = Submission.objects.filter(
            profile=profile, procedure=procedure, state=SubmissionState.DRAFT
        )
        if not another and (draft := drafts.order_by("-saved_at").first()):
            raise DraftExists(reference=draft.reference)
        structure = structure_of(procedure.current)
        answers, prefilled = _first_answers(structure, user, profile)
        submission = _create(
            year=today.year,
            procedure=procedure,
            version=procedure.current,
            profile=profile,
            acting_user=user,
            team_id=procedure.team_id,
            locale=locale,
            search_name=profile.name.casefold(),
            prefilled=prefilled,
            purge_on=today + timedelta(days=procedure.draft_days),
        )
        write(
            submission,
            Content(answers=answers),
            structure=structure,
            by=user,
            kind=RevisionKind.SAVE,
        )
        journal.record(subject=submission, event="start", actor=user, side=Side.CITIZEN)
    return submission


def _create(*, year: int, **columns: Any) -> Submission:
    for attempt in range(REFERENCE_TRIES):
        letters = "".join(secrets.choice(REFERENCE_ALPHABET) for _place in range(6))
        try:
            with transaction.atomic():
                return Submission.objects.create(reference=f"SUB-{year}-{letters}", **columns)
        except IntegrityError:
            if attempt == REFERENCE_TRIES - 1:
                raise
    raise AssertionError("unreachable")


def _first_answers(
    structure: Structure, user: User, profile: Profile
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the answers that are known already and, by question, where they come from."""
    known = {
        "profile.name": profile.name,
        "profile.phone": profile.phone,
        "profile.email": user.email,
        "user.first_name": user.first_name,
        "user.last_name": user.last_name,
    }
    sources = {spec.id: spec.prefill for spec in structure.questions() if known.get(spec.prefill)}
    raw = {name: known[source] for name, source in sources.items()}
    answers, _errors = answers_from_json(structure, raw)
    return answers, {name: sources[name] for name in answers}


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
    different ways nothing is written and DraftClash is raised, with `clashes` (question id to
    questions.merge.Clash), the `revision` that is saved now and `content`: the merge with this
    tab's values, to be shown again. Raises MoveRefused when the file is no longer a draft. Saving
    twice changes nothing.
    """
    row = locked_draft(submission)
    saved = content_of(row)
    base = _base(row, base_revision, saved)
    theirs = _pack(saved.answers, saved.unfinished)
    mine = _pack(result.applied_to(saved.answers), result.unfinished_applied_to(saved.unfinished))
    merged = merge(base, mine, theirs)
    if merged.clashes:
        shown = merged.merged | {name: clash.mine for name, clash in merged.clashes.items()}
        raise DraftClash(
            clashes={
                name: Clash(mine=_value(clash.mine), theirs=_value(clash.theirs))
                for name, clash in merged.clashes.items()
            },
            revision=row.revision,
            content=_unpack(shown, saved.set_aside),
        )
    seen = {
        "last_chapter": chapter or row.last_chapter,
        "purge_on": timezone.localdate() + timedelta(days=row.procedure.draft_days),
    }
    if same(merged.merged, theirs):
        seen["saved_at"] = timezone.now()
        Submission.objects.filter(pk=row.pk).update(**seen)
        for name, value in seen.items():
            setattr(row, name, value)
        return row
    content = _unpack(merged.merged, saved.set_aside)
    return write(row, content, structure=structure_of(row.version), by=by, kind=kind, **seen)


def _base(row: Submission, number: int, saved: Content) -> dict[str, Any]:
    """Return the answers that a tab started from; none when they are no longer kept.

    Answers to questions that nobody else has answered are then taken, all others clash.
    """
    if number == row.revision:
        return _pack(saved.answers, saved.unfinished)
    kept = AnswerRevision.objects.filter(submission=row, number=number)
    revision = kept.select_related("submission").first()
    if revision is None:
        return {}
    content = content_of(revision)
    return _pack(content.answers, content.unfinished)


def _pack(answers: Mapping[str, Any], unfinished: Mapping[str, Any]) -> dict[str, Any]:
    """Put answer and unfinished text of each question together: they are merged as one."""
    packed: dict[str, Any] = {name: {"answer": answer} for name, answer in answers.items()}
    for name, raw in unfinished.items():
        packed.setdefault(name, {})["unfinished"] = raw
    return packed


def _unpack(packed: Mapping[str, Any], set_aside: dict[str, Any]) -> Content:
    present = {name: value for name, value in packed.items() if value}
    return Content(
        answers={n: v["answer"] for n, v in present.items() if "answer" in v},
        unfinished={n: v["unfinished"] for n, v in present.items() if "unfinished" in v},
        set_aside=set_aside,
    )


def _value(packed: dict[str, Any] | None) -> Any:
    """Return what one side holds for a question, as it was typed if that is not well formed."""
    return packed.get("unfinished", packed.get("answer")) if packed else None


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


def expire_old(*, today: date | None = None) -> int:
    """Delete the content of drafts that nobody saved for the time of their procedure; returns how
    many.
    """
    today = today or timezone.localdate()
    old = Submission.objects.filter(state=SubmissionState.DRAFT, purge_on__lt=today)
    count = 0
    for submission in old.select_related("procedure").order_by("pk"):
        with transaction.atomic():
            row = locked_draft(submission)
            if row.purge_on is not None and row.purge_on < today:
                move(submission=row, event=SubmissionEvent.EXPIRE, by=None, side=Side.SYSTEM)
                erase(row)
                count += 1
    return count
