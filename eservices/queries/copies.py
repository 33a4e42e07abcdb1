"""What the files of a person hold, for the person: counts, readings, copies, days of deletion."""

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import PurePath
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from eservices.contract import (
    ErasureReport,
    ExportDocument,
    HeldData,
    HeldItem,
    PersonalData,
    Reading,
)
from eservices.enums import AnnexState, SubmissionState
from eservices.models import Annex, JournalEntry, Submission, User
from eservices.queries.submissions import HEAVY, content_of, form_of
from eservices.questions.answers import summary
from eservices.questions.words import Words

#: Not sent yet: the person alone decides about them.
UNSENT = (SubmissionState.DRAFT, SubmissionState.AWAITING_SIGNATURE)
_FILE = Submission._meta.label_lower


def own_files(user: User) -> QuerySet[Submission]:
    """Return the files of the person's own profile; deleted drafts hold nothing any more."""
    rows = Submission.objects.filter(profile__user=user).exclude(state=SubmissionState.DISCARDED)
    return rows.select_related("procedure").order_by("created_at", "pk")


def held(user: User) -> list[HeldData]:
    """Return how many drafts, requests and documents there are."""
    states = list(own_files(user).values_list("state", flat=True).order_by())
    drafts = sum(state in UNSENT for state in states)
    empty = states.count(SubmissionState.EXPIRED)
    documents = Annex.objects.filter(submission__in=own_files(user), state=AnnexState.STORED)
    return [
        HeldData(label=_("Drafts"), count=drafts),
        HeldData(label=_("Requests sent"), count=len(states) - drafts - empty),
        HeldData(label=_("Documents"), count=documents.count()),
    ]


def readings(user: User) -> list[Reading]:
    """Return when somebody of the municipality read a file, last first; its team stands for who."""
    rows = own_files(user).select_related("procedure", "team").defer(*HEAVY)
    files = {row.public_id: row for row in rows}
    entries = JournalEntry.objects.filter(
        subject_type=_FILE, subject_id__in=list(files), event="read"
    )
    return [
        Reading(
            at=entry.at,
            by=files[entry.subject_id].team.name,
            what=files[entry.subject_id].procedure.title,
            reference=files[entry.subject_id].reference,
        )
        for entry in entries.order_by("-at")
    ]


def erasure_plan(user: User) -> ErasureReport:
    """Return which drafts would go and which sent files must stay, until when and why."""
    erased, kept = [], []
    rows = own_files(user).exclude(state=SubmissionState.EXPIRED)
    for row in rows.defer(*HEAVY):
        item = partial(
            HeldItem,
            what=row.procedure.title,
            reference=row.reference,
            url=reverse("submission", args=[row.reference]),
            delete_on=row.purge_on,
        )
        if row.state in UNSENT:
            erased.append(item())
        else:
            kept.append(item(rule=keeping_rule(row), reason=_archives()))
    return ErasureReport(erased=erased, kept=kept)


def _archives() -> str:
    return _(
        "The municipality must keep requests and decisions as proof: Archives Act of 24 June 1955, "
        "art. 5, and GDPR, art. 17.3 b. The time is that of the procedure."
    )


def keeping_rule(submission: Submission) -> str:
    """Return how long after the decision a file is kept, in words."""
    years, rest = divmod(submission.procedure.retention_days, 365)
    if years and not rest:
        words = ngettext("%(n)s year after the decision", "%(n)s years after the decision", years)
        return words % {"n": years}
    days = submission.procedure.retention_days
    return ngettext("%(n)s day after the decision", "%(n)s days after the decision", days) % {
        "n": days
    }


def file_copies(user: User) -> PersonalData:
    """Return all files with their answers, in words and as stored, history and documents.

    Sensitive answers are opened and written out: it is the person's own copy.
    """
    stored = Annex.objects.filter(state=AnnexState.STORED).order_by("created_at", "pk")
    rows = list(
        own_files(user)
        .exclude(state=SubmissionState.EXPIRED)
        .select_related("procedure", "version", "text", "profile")
        .prefetch_related(Prefetch("annexes", queryset=stored))
    )
    history: dict[Any, list[dict[str, Any]]] = {row.public_id: [] for row in rows}
    entries = JournalEntry.objects.filter(subject_type=_FILE, subject_id__in=list(history))
    for entry in entries.order_by("sequence"):
        fact = {"at": entry.at, "event": entry.event, "side": entry.side, "reason": entry.reason}
        history[entry.subject_id].append(fact)
    documents: list[ExportDocument] = []
    content = []
    for row in rows:
        names = dict(_named(row))
        documents += [
            ExportDocument(name=name, open=partial(annex.file.storage.open, str(annex.file.name)))
            for annex, name in names.items()
        ]
        content.append(_copy(row, names) | {"history": history[row.public_id]})
    return PersonalData(name="files", content=content, documents=documents)


def _named(row: Submission) -> Iterator[tuple[Annex, str]]:
    """Give each document of a file its name in the export: that of the person, never twice."""
    taken: set[str] = set()
    for annex in row.annexes.all():
        plain = PurePath(annex.name.replace("\\", "/")).name.lstrip(".") or "document"
        name, number = plain, 1
        while name.casefold() in taken:
            number += 1
            name = f"{PurePath(plain).stem} ({number}){PurePath(plain).suffix}"
        taken.add(name.casefold())
        yield annex, f"{row.reference}/{name}"


def _copy(row: Submission, names: Mapping[Annex, str]) -> dict[str, Any]:
    form, content = form_of(row), content_of(row)
    files = {str(annex.public_id): name for annex, name in names.items()}
    written = partial(_written, words=form.words, files=files)
    chapters = summary(form.structure, form.words, content.answers, masked=False, annexes=files)
    shown = [(chapter.title, item) for chapter in chapters for item in chapter.rows]
    told = {item.id for _title, item in shown}
    untold = {name: value for name, value in content.answers.items() if name not in told}
    return {
        "reference": row.reference,
        "procedure": row.procedure.title,
        "status": str(row.public_status.label),
        "language": row.locale,
        "started_at": row.created_at,
        "saved_at": row.saved_at,
        "sent_at": row.submitted_at,
        "due_on": row.due_on,
        "decided_at": row.decided_at,
        "outcome": str(row.get_state_display()) if row.decided_at else "",
        "reason": row.decision_reason,
        "deleted_on": row.purge_on or keeping_rule(row),
        "answers": [
            {
                "chapter": title,
                "question": item.label,
                "answer": str(item.shown),
                "stored": written(content.answers.get(item.id)),
            }
            for title, item in shown
        ],
        "other_answers": [
            {"question": form.words.label(name), "stored": written(value)}
            for part in (untold, content.unfinished, content.set_aside)
            for name, value in part.items()
        ],
        "documents": [
            {
                "name": annex.name,
                "file": name,
                "size": annex.size,
                "sha256": annex.sha256,
                "added_at": annex.created_at,
            }
            for annex, name in names.items()
        ],
    }


def _written(value: Any, *, words: Words, files: Mapping[str, str]) -> Any:
    """Return a stored value with labels and names in the place of our ids."""
    again = partial(_written, words=words, files=files)
    if isinstance(value, dict):
        return {words.label(name) or name: again(part) for name, part in value.items()}
    if isinstance(value, list):
        return [again(part) for part in value]
    if isinstance(value, str):
        return files.get(value) or words.label(value) or value
    return value
