"""How far a file is: its chapters while it is filled in, its steps once it is sent."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from eservices import formats
from eservices.enums import PUBLIC_STATUS, PublicStatus, SubmissionEvent, SubmissionState
from eservices.models import Annex, JournalEntry, Submission
from eservices.queries.journal import entries_about
from eservices.queries.submissions import Content, FrozenForm
from eservices.questions.answers import check_answers
from eservices.questions.conditions import asked, is_empty
from eservices.questions.forms import AnswerError


@dataclass(frozen=True, kw_only=True)
class ChapterProgress:
    """One chapter with questions that are asked; `errors` stand between it and sending."""

    id: str
    number: int
    title: str
    state: Literal["done", "wrong", "open"]
    note: str
    errors: tuple[AnswerError, ...]


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of the life of a file, as parts/timeline.html shows it."""

    label: str
    note: str = ""
    state: Literal["done", "current", "next"] = "next"
    icon: str = "circle"


@dataclass(frozen=True, kw_only=True)
class Event:
    """One line of the history that citizens read."""

    at: datetime
    text: str
    by: str


def chapters_of(
    form: FrozenForm, content: Content, annexes: Sequence[Annex], *, locked: Collection[str] = ()
) -> list[ChapterProgress]:
    """Return the chapters of a form that ask anything, with what is missing in each but in `locked` questions."""
    names = {str(annex.public_id): annex.name for annex in annexes}
    errors = check_answers(
        form.structure,
        form.words,
        content.answers,
        unfinished=content.unfinished,
        annexes=names,
        locked=locked,
    )
    visible = asked(form.structure, content.answers)
    chapters: list[ChapterProgress] = []
    for chapter in form.structure.chapters:
        here = [spec for spec in chapter.questions if spec.id in visible]
        if not here:
            continue
        ids = {spec.id for spec in here}
        mine = tuple(error for error in errors if error.question in ids)
        due = [spec.id for spec in here if spec.takes_answer]
        answered = [name for name in due if not is_empty(content.answers.get(name))]
        wrong = {error.question for error in mine if error.code != "required"}
        state, note = _state(len(mine), len(wrong), len(answered), len(due))
        chapters.append(
            ChapterProgress(
                id=chapter.id,
                number=len(chapters) + 1,
                title=form.words.title(chapter.id),
                state=state,
                note=note,
                errors=mine,
            )
        )
    return chapters


def _state(
    errors: int, wrong: int, answered: int, due: int
) -> tuple[Literal["done", "wrong", "open"], str]:
    if wrong:
        words = ngettext("%(n)s answer to put right", "%(n)s answers to put right", wrong)
        return "wrong", words % {"n": wrong}
    if not errors:
        return "done", _("Complete")
    if answered:
        words = ngettext(
            "%(answered)s of %(total)s question", "%(answered)s of %(total)s questions", due
        )
        return "open", words % {"answered": answered, "total": due}
    return "open", _("To do")


def steps_of(submission: Submission, entries: Sequence[JournalEntry]) -> list[Step]:
    """Return the steps of a sent file: sent, examined, decided, with days."""
    when = {entry.event: entry.at for entry in entries}
    state = SubmissionState(submission.state)
    status = PUBLIC_STATUS[state]
    sent = Step(
        label=_("Sent"),
        note=formats.date_time(submission.submitted_at) if submission.submitted_at else "",
        state="done",
    )
    taken_at = when.get(SubmissionEvent.CLAIM.value)
    steps = [sent]
    if status == PublicStatus.YOUR_STEP:
        waiting = _("To pay") if state == SubmissionState.AWAITING_PAYMENT else _("To sign")
        steps.append(Step(label=waiting, state="current", icon="circle-alert"))
    if status == PublicStatus.DECISION and not submission.decided_at:
        ended = SubmissionState(submission.state)
        if taken_at:
            steps.append(_examined(submission, taken_at, "done"))
        note = formats.full_date(submission.state_since)
        return [
            *steps,
            Step(label=str(ended.label), note=note, state="current", icon="folder-check"),
        ]
    if status == PublicStatus.DECISION:
        steps.append(_examined(submission, taken_at, "done"))
    elif status in (PublicStatus.IN_PROGRESS, PublicStatus.AWAITING_YOU):
        asking = status == PublicStatus.AWAITING_YOU
        steps.append(_examined(submission, taken_at, "done" if asking else "current"))
        if asking:
            steps.append(Step(label=str(status.label), state="current", icon="circle-alert"))
    else:
        steps.append(
            _examined(submission, None, "current" if status == PublicStatus.RECEIVED else "next")
        )
    return [*steps, _decision(submission)]


def _examined(
    submission: Submission, at: datetime | None, state: Literal["done", "current", "next"]
) -> Step:
    team = submission.team.name
    note = (
        _("%(team)s, since %(date)s") % {"team": team, "date": formats.full_date(at)}
        if at
        else team
    )
    return Step(label=_("Examination"), note=note, state=state, icon="search")


def _decision(submission: Submission) -> Step:
    if submission.decided_at:
        note = formats.full_date(submission.decided_at)
        return Step(label=_("Decision"), note=note, state="done", icon="landmark")
    note = ""
    if submission.due_on:
        note = _("By %(date)s") % {"date": formats.full_date(submission.due_on)}
    return Step(label=_("Decision"), note=note, icon="landmark")


def history_of(submission: Submission) -> list[JournalEntry]:
    """Return the whole journal of a file, oldest first."""
    return list(entries_about(submission))


def told(entries: Sequence[JournalEntry], submission: Submission) -> list[Event]:
    """Return what the citizen reads of the journal, newest first; who acted for the municipality is
    its team.
    """
    words = {
        "start": _("Draft started"),
        "submit": _("Request sent"),
        "request_payment": _("Payment requested"),
        "paid": _("Payment received"),
        "request_paid": _("Payment received"),
        "timeout": _("Cancelled: not paid in time"),
        "claim": _("Examination begun"),
        "accept": _("Decision: granted"),
        "reject": _("Decision: refused"),
        "reconsider": _("Examination taken up again"),
        "ask_citizen": _("We ask you for something"),
        "request_added": _("We ask you for something more"),
        "request_withdrawn": _("One request taken back"),
        "request_answered": _("Answer received"),
        "replied": _("All answers received"),
        "withdraw_request": _("Nothing more is asked of you"),
        "deadline": _("File closed without reply"),
        "transferred": _("File sent to another service"),
        "close": _("File closed"),
        "withdraw": _("Request withdrawn"),
        "expire": _("Draft expired"),
        "prolonged": _("Draft kept longer"),
        "correction_sent": _("Answers corrected"),
        "annex_added": _("Document added"),
        "annex_deleted": _("Document deleted"),
        "annex_taken": _("Document taken into account"),
        "annex_infected": _("Document with a virus deleted"),
        "message_sent": _("Message sent"),
    }
    events = []
    for entry in reversed(entries):
        if entry.event in words:
            by = entry.actor.display_name if entry.side == "citizen" and entry.actor else ""
            if entry.side == "agent":
                by = submission.team.name
            events.append(Event(at=entry.at, text=words[entry.event], by=by))
    return events
