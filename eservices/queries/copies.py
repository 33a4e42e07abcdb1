"""What the files of a person hold, for the person: counts, readings, copies, days of deletion."""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import PurePath
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from eservices.contract import (
    ErasureReport,
    ExportDocument,
    Guarded,
    HeldData,
    HeldItem,
    PersonalData,
    Reading,
    Requirement,
    Viewer,
)
from eservices.enums import (
    AnnexState,
    CorrectionState,
    Level,
    MembershipState,
    ProfileKind,
    ScanState,
    Side,
    SubmissionState,
)
from eservices.models import (
    AmountDue,
    Annex,
    Correction,
    JournalEntry,
    Membership,
    Message,
    Submission,
    User,
)
from eservices.money import Money
from eservices.queries.corrections import changes_in
from eservices.queries.profiles import sender_name
from eservices.queries.requirements import (
    Asking,
    asking_for_reading,
    is_met,
    requirement_words,
)
from eservices.queries.submissions import HEAVY, content_of, form_of, visible_annexes
from eservices.questions.answers import summary
from eservices.questions.words import Words

#: Not sent yet: the person alone decides about them.
UNSENT = (SubmissionState.DRAFT, SubmissionState.AWAITING_SIGNATURE)
#: What only people learn who identified as a file asks of its readers.
_CONTENT = frozenset(
    {
        "answers",
        "other_answers",
        "unsent_changes",
        "documents",
        "history",
        "messages",
        "requests",
        "reason",
        "outcome",
        "decided_at",
    }
)
#: Facts about what agents write for each other: no part of what a person reads of a file.
_INTERNAL = ("note_written", "transferred", "assigned", "opinion_added")
_FILE = Submission._meta.label_lower


def own_files(user: User) -> QuerySet[Submission]:
    """Return the files of the person's own profile; deleted drafts hold nothing any more."""
    rows = Submission.objects.filter(profile__user=user).exclude(state=SubmissionState.DISCARDED)
    return rows.select_related("procedure").order_by("created_at", "pk")


def files_for_organisations(user: User) -> QuerySet[Submission]:
    """Return what the person started in organisations' names: in the copy of the data, never the person's to erase."""
    rows = Submission.objects.filter(acting_user=user).exclude(profile__kind=ProfileKind.CITIZEN)
    return rows.exclude(state=SubmissionState.DISCARDED).select_related("procedure", "profile")


def erasable_drafts(user: User) -> QuerySet[Submission]:
    """Return the drafts that go with a person: own ones, and those for organisations that no confirmed member sees."""
    colleagues = Membership.objects.filter(
        profile=OuterRef("profile"), state=MembershipState.CONFIRMED
    ).exclude(user=user)
    mine = Q(profile__user=user) | Q(acting_user=user, profile__user=None) & ~Exists(colleagues)
    rows = Submission.objects.filter(mine, state__in=UNSENT).select_related("procedure")
    return rows.order_by("created_at", "pk")


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
        HeldData(label=_("Messages"), count=Message.objects.filter(author=user).count()),
    ]


def readings(user: User) -> list[Reading]:
    """Return when somebody of the municipality read a file, last first; its team stands for who."""
    rows = own_files(user).select_related("procedure", "team").defer(*HEAVY)
    files = {row.public_id: row for row in rows}
    entries = JournalEntry.objects.filter(
        subject_type=_FILE, subject_id__in=list(files), event__in=("read", "exported")
    )
    return [
        Reading(
            at=entry.at,
            by=files[entry.subject_id].team.name,
            what=_what_was_read(files[entry.subject_id], entry),
            reference=files[entry.subject_id].reference,
        )
        for entry in entries.order_by("-at")
    ]


def _what_was_read(file: Submission, entry: JournalEntry) -> str:
    if entry.event == "exported":
        return _("%(procedure)s: in an exported list") % {"procedure": file.procedure.title}
    return file.procedure.title


def erasure_plan(user: User) -> ErasureReport:
    """Return which drafts would go and which sent files must stay, until when and why."""
    erased, kept = [], []
    sent = own_files(user).exclude(state__in=(*UNSENT, SubmissionState.EXPIRED))
    for row in (*erasable_drafts(user).defer(*HEAVY), *sent.defer(*HEAVY)):
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
    stored = visible_annexes(user).filter(state=AnnexState.STORED).order_by("created_at", "pk")
    thread = Message.objects.select_related("author").order_by("created_at", "pk")
    waiting = Correction.objects.filter(state=CorrectionState.OPEN).select_related("submission")
    rows = [
        row
        for files in (own_files(user), files_for_organisations(user))
        for row in files.exclude(state=SubmissionState.EXPIRED)
        .select_related("procedure", "version", "text", "profile__organisation")
        .prefetch_related(
            Prefetch("annexes", queryset=stored),
            Prefetch("corrections", queryset=waiting),
            Prefetch("messages", queryset=thread),
            "requests__amount",
        )
    ]
    history: dict[Any, list[dict[str, Any]]] = {row.public_id: [] for row in rows}
    entries = JournalEntry.objects.filter(subject_type=_FILE, subject_id__in=list(history))
    entries = entries.exclude(event__in=_INTERNAL)
    for entry in entries.order_by("sequence"):
        fact = {"at": entry.at, "event": entry.event, "side": entry.side, "reason": entry.reason}
        history[entry.subject_id].append(fact)
    amounts = _amounts(rows)
    documents: list[ExportDocument] = []
    content = []
    for row in rows:
        names = dict(_named(row))
        documents += [
            ExportDocument(
                name=name,
                open=partial(annex.file.storage.open, str(annex.file.name)),
                requirement=asking_for_reading(row).requirement,
            )
            for annex, name in names.items()
        ]
        whole = (
            _copy(row, names)
            | {"history": history[row.public_id], "amounts": amounts[row.public_id]}
            | _space(row, user)
        )
        asked = asking_for_reading(row).requirement
        content.append(Guarded(requirement=asked, value=whole, instead=_outline(whole, asked)))
    return PersonalData(name="files", content=content, documents=documents)


def _amounts(rows: Iterable[Submission]) -> dict[Any, list[dict[str, Any]]]:
    """Return what each file cost and how it was paid, by public id."""
    found: dict[Any, list[dict[str, Any]]] = {row.public_id: [] for row in rows}
    amounts = AmountDue.objects.filter(subject_type=_FILE, subject_id__in=list(found))
    for amount in amounts.order_by("created_at"):
        found[amount.subject_id].append(
            {
                "reference": amount.reference,
                "euros": Money(amount.amount_cents).to_json(),
                "state": str(amount.get_state_display()),
                "due_at": amount.due_at,
                "paid_at": amount.paid_at,
                "receipt": amount.receipt,
            }
        )
    return found


def _space(row: Submission, user: User) -> dict[str, Any]:
    """Return for which organisation a file was started, and that it stays there; nothing for an own file."""
    if row.profile.kind == ProfileKind.CITIZEN:
        return {}
    return {
        "space": {
            "name": sender_name(profile=row.profile, user=user),
            "enterprise_number": row.profile.organisation.bce_number,
            "note": _(
                "The file belongs to the organisation and stays with it without your account."
            ),
        }
    }


def _outline(whole: dict[str, Any], asked: Requirement) -> dict[str, Any]:
    """Return the copy of a file for people who did not identify as surely as its pages ask."""
    told = {name: value for name, value in whole.items() if name not in _CONTENT}
    return told | {
        "left_out": _(
            "The answers, documents, history and decision of this file are left out. To get them, identify on the page "
            "of the file with: %(ways)s. Then download the copy again."
        )
        % {"ways": requirement_words(asked)}
    }


def unmet_asking(viewer: Viewer) -> Asking | None:
    """Return what some file of the viewer asks of its readers and the viewer has not proved, the surest first."""
    if viewer.user is None:
        return None
    files = (own_files(viewer.user), files_for_organisations(viewer.user))
    asked = [asking_for_reading(row) for rows in files for row in rows.defer(*HEAVY)]
    missing = [asking for asking in asked if not is_met(viewer, asking.requirement)]
    return max(missing, key=lambda asking: asking.requirement.level, default=None)


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
        "identified_by": str(row.get_method_used_display()),
        "entered_at_counter": row.entered_by_id is not None,
        "identified_at": row.identified_at,
        "level": str(Level(row.level_used).label) if row.level_used is not None else "",
        "due_on": row.due_on,
        "decided_at": row.decided_at,
        "outcome": str(row.get_state_display()) if row.decided_at else "",
        "reason": row.decision_reason,
        "deleted_on": row.purge_on or keeping_rule(row),
        "requests": [
            {
                "kind": str(asked.get_kind_display()),
                "text": asked.text,
                "state": str(asked.get_state_display()),
                "due_at": asked.due_at,
                "amount": asked.amount.reference if asked.amount else "",
                "answer": asked.answer,
                "answered_at": asked.answered_at,
            }
            for asked in row.requests.all()
        ],
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
        "unsent_changes": [
            {"question": form.words.label(name), "stored": written(value)}
            for correction in row.corrections.all()
            for name, value in changes_in(correction).items()
        ],
        "documents": [
            {
                "name": annex.name,
                "file": name,
                "size": annex.size,
                "sha256": annex.sha256,
                "added_at": annex.created_at,
                "from": str(Side(annex.side).label),
                "checked": str(ScanState(annex.scan).label),
            }
            for annex, name in names.items()
        ],
        "messages": [
            {
                "sent_at": message.created_at,
                "from": str(Side(message.side).label),
                "author": message.author.display_name if message.author else "",
                "text": message.body,
                "edited_at": message.edited_at,
                "documents": [
                    name for annex, name in names.items() if annex.message_id == message.pk
                ],
            }
            for message in row.messages.all()
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
