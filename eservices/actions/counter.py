"""Files that agents enter at the counter in the name of a person: both are recorded.

A draft that an agent keeps is the person's, who sees it in the own space. Agents who handle the procedure can go on
with it until the person does: from then on it is read by nobody else, as all drafts.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from eservices.actions import annexes, drafts, journal
from eservices.actions.answers import erase, locked_draft, write
from eservices.actions.drafts import create_row
from eservices.actions.submissions import complete_content, hand_in, move
from eservices.enums import (
    ProcedureState,
    ProfileKind,
    RevisionKind,
    Side,
    SubmissionEvent,
    TeamRoleKind,
)
from eservices.errors import (
    CounterDraftTaken,
    CounterRefused,
    DraftClash,
    NotFound,
    ProcedureClosed,
    ProfileKindRefused,
    RoleTooLow,
)
from eservices.models import Annex, Procedure, Profile, Submission, User
from eservices.queries.counter import is_taken_over
from eservices.queries.opening import check_period
from eservices.queries.procedures import folded
from eservices.queries.roles import may_enter_for, reaches, role_for
from eservices.queries.submissions import Content, frozen_form
from eservices.questions.forms import ChapterResult


def check_entry(
    *, procedure: Procedure, person: User, by: User, now: datetime | None = None
) -> None:
    """Refuse what cannot be entered at the counter.

    Raises NotFound for agents of other teams, RoleTooLow for readers, CounterRefused for oneself and closed accounts,
    ProcedureClosed (ProcedureOpensLater, ProcedureOver), and ProfileKindRefused for procedures that take no citizens.
    """
    role = role_for(by, team_id=procedure.team_id, procedure_id=procedure.pk)
    if role is None:
        raise NotFound
    if not reaches(role, TeamRoleKind.HANDLER):
        raise RoleTooLow
    if not may_enter_for(agent=by, person=person):
        raise CounterRefused
    if procedure.state != ProcedureState.OPEN or procedure.current is None:
        raise ProcedureClosed
    check_period(procedure, now=now)
    if not procedure.takes(ProfileKind.CITIZEN):
        raise ProfileKindRefused


@transaction.atomic
def enter(
    *,
    procedure: Procedure,
    person: User,
    content: Content,
    by: User,
    key: UUID,
    locale: str,
    now: datetime | None = None,
) -> Submission:
    """Enter and send a file for a person who stands at the counter; nothing is kept when something is missing.

    The file is the person's, who gets the receipt; `entered_by` and the journal name the agent. The identification
    that the procedure asks for does not apply: the agent has seen the person. Documents can follow later. `key` becomes
    the public id of the file, so that a form that is sent twice enters one file. Raises what `check_entry` raises, and
    AnswersIncomplete.
    """
    now = now or timezone.now()
    check_entry(procedure=procedure, person=person, by=by, now=now)
    profile = Profile.objects.select_for_update().get(pk=person.citizen_profile.pk)
    entered = _entered(key, profile, by)
    if entered is not None:
        if entered.is_draft:
            raise DraftClash
        return entered
    row = _begin(
        procedure, profile, person, content=content, by=by, key=key, locale=locale, now=now
    )
    return _hand_in(row, by=by, locale=locale, now=now)


@transaction.atomic
def keep(
    *,
    procedure: Procedure,
    person: User,
    result: ChapterResult,
    base_revision: int,
    by: User,
    key: UUID,
    locale: str,
    now: datetime | None = None,
) -> Submission:
    """Keep what was typed at the counter as a draft of the person, complete or not; `result` speaks of the whole form.

    With the `key` of a draft that exists it is saved there, on `base_revision`, as windows of one person are merged.
    Raises what `check_entry` raises, CounterDraftTaken, DraftClash, and MoveRefused once it is sent.
    """
    now = now or timezone.now()
    check_entry(procedure=procedure, person=person, by=by, now=now)
    profile = Profile.objects.select_for_update().get(pk=person.citizen_profile.pk)
    row = _entered(key, profile)
    if row is None:
        content = Content(answers=result.answers, unfinished=result.unfinished)
        return _begin(
            procedure, profile, person, content=content, by=by, key=key, locale=locale, now=now
        )
    check_draft(submission=row, by=by)
    return drafts.save(submission=row, result=result, base_revision=base_revision, by=by)


def check_draft(*, submission: Submission, by: User) -> None:
    """Refuse drafts that are not of the counter (NotFound), or no longer (CounterDraftTaken), and what `check_entry`
    refuses.
    """
    if submission.entered_by_id is None:
        raise NotFound
    check_entry(procedure=submission.procedure, person=submission.acting_user, by=by)
    if is_taken_over(submission):
        raise CounterDraftTaken


def attach(
    *,
    submission: Submission,
    place: str,
    uploaded: UploadedFile[Any],
    by: User,
) -> Annex:
    """Put a document into a draft of the counter: `place` is a question for files, or a document on the list.

    Raises what `check_draft` raises, NotFound, UploadTooMany, UploadRefused and its kinds.
    """
    check_draft(submission=submission, by=by)
    if place in frozen_form(submission.version).structure.by_id:
        return annexes.add(
            submission=submission, question=place, uploaded=uploaded, by=by, side=Side.AGENT
        )
    return annexes.send(
        submission=submission, wanted=place, uploaded=uploaded, by=by, side=Side.AGENT
    )


def detach(*, annex: Annex, by: User) -> Annex:
    """Take a document out of a draft of the counter; its name stays. Raises what `check_draft` raises."""
    check_draft(submission=annex.submission, by=by)
    return annexes.delete(annex=annex, by=by, side=Side.AGENT)


@transaction.atomic
def send(*, submission: Submission, by: User, now: datetime | None = None) -> Submission:
    """Send a draft of the counter for the person, as `enter` does; raises AnswersIncomplete, and as `check_draft`."""
    row = locked_draft(submission)
    check_draft(submission=row, by=by)
    return _hand_in(row, by=by, locale=row.locale, now=now or timezone.now())


@transaction.atomic
def discard(*, submission: Submission, by: User) -> Submission:
    """Delete a draft of the counter, for example one begun for somebody else; raises what `check_draft` raises."""
    row = locked_draft(submission)
    check_draft(submission=row, by=by)
    move(submission=row, event=SubmissionEvent.DISCARD, by=by, side=Side.AGENT)
    erase(row)
    return row


def _entered(key: UUID, profile: Profile, by: User | None = None) -> Submission | None:
    """Return what was entered under a key for this person, by this agent if one is given; NotFound for others'."""
    rows = Submission.objects.select_related("procedure", "version", "profile", "acting_user")
    row = rows.filter(public_id=key).first()
    if row is None:
        return None
    ours = row.entered_by_id is not None if by is None else row.entered_by_id == by.pk
    if not ours or row.profile_id != profile.pk:
        raise NotFound
    return row


def _begin(
    procedure: Procedure,
    profile: Profile,
    person: User,
    *,
    content: Content,
    by: User,
    key: UUID,
    locale: str,
    now: datetime,
) -> Submission:
    version = procedure.current
    if version is None:
        raise ProcedureClosed
    form, today = frozen_form(version, locale), timezone.localdate(now)
    row = create_row(
        year=today.year,
        public_id=key,
        procedure=procedure,
        version=version,
        profile=profile,
        acting_user=person,
        entered_by=by,
        team_id=procedure.team_id,
        locale=locale,
        search_name=folded(profile.name)[:300],
        purge_on=today + timedelta(days=procedure.draft_days),
    )
    write(row, content, structure=form.structure, by=by, kind=RevisionKind.SAVE)
    facts = {"counter": True}
    journal.record(subject=row, event="start", actor=by, side=Side.AGENT, data=facts)
    return row


def _hand_in(row: Submission, *, by: User, locale: str, now: datetime) -> Submission:
    form = frozen_form(row.version, locale)
    complete = complete_content(row, form, documents_later=True)
    facts = {"counter": True}
    return hand_in(row, form, complete, by=by, side=Side.AGENT, now=now, facts=facts)
