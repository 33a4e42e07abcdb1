"""What the parts of a file's pages take: rows, addresses and sentences."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from eservices import formats
from eservices.enums import ChangeKind, DayUnit
from eservices.errors import DomainError, DraftClash, StepUpRequired
from eservices.forms.submissions import clash_document
from eservices.models import Annex, Correction, Submission
from eservices.queries.copies import keeping_rule
from eservices.queries.progress import ChapterProgress
from eservices.queries.requirements import identification_words, refusal_document
from eservices.queries.submissions import FrozenForm
from eservices.questions.forms import ChapterForm
from eservices.questions.structure import QuestionSpec
from eservices.uploads import DEFAULT_ACCEPT


@dataclass(frozen=True, kw_only=True)
class Places:
    """The addresses of the pages on which a file is filled in: as a draft, or as a correction of what was sent."""

    reference: str
    kind: Literal["submission", "correction"] = "submission"

    def chapter(self, chapter: str) -> str:
        """Return the address of a chapter."""
        return reverse(f"{self.kind}-chapter", args=[self.reference, chapter])

    def autosave(self, chapter: str) -> str:
        """Return the address that takes what is being typed in a chapter."""
        return reverse(f"{self.kind}-autosave", args=[self.reference, chapter])

    @property
    def check(self) -> str:
        """The address of the page that checks and sends."""
        return reverse(f"{self.kind}-check", args=[self.reference])

    @property
    def check_label(self) -> str:
        """What this page is called in the list of chapters."""
        return (
            _("Check and send my changes") if self.kind == "correction" else _("Validate and send")
        )


def chapter_url(submission: Submission, chapter: str) -> str:
    """Return the address of a chapter."""
    return reverse("submission-chapter", args=[submission.reference, chapter])


def draft_url(submission: Submission) -> str:
    """Return the address at which somebody goes on with a draft: the chapter that was saved last."""
    chapters = submission.version.structure["chapters"]
    ids = [chapter["id"] for chapter in chapters]
    last = submission.last_chapter
    return chapter_url(submission, last if last in ids else ids[0])


def draft_rows(drafts: Sequence[Submission]) -> list[dict[str, str]]:
    """Return drafts as a list of rows, with the time of the last save."""
    return [
        {
            "label": draft.reference,
            "url": reverse("submission", args=[draft.reference]),
            "text": _("Saved on %(date)s.") % {"date": formats.date_time(draft.saved_at)},
        }
        for draft in drafts
    ]


def neighbours(places: Places, chapters: list[ChapterProgress], current: str) -> tuple[str, str]:
    """Return the addresses before and after a chapter; after the last comes the page that sends."""
    ids = [chapter.id for chapter in chapters]
    at = ids.index(current) if current in ids else len(ids)
    before = places.chapter(ids[at - 1]) if 0 < at <= len(ids) and ids else ""
    after = places.chapter(ids[at + 1]) if at + 1 < len(ids) else places.check
    return before, after


def number_of(chapters: list[ChapterProgress], current: str) -> int:
    """Return which chapter this is; 0 for one that asks nothing."""
    return next((chapter.number for chapter in chapters if chapter.id == current), 0)


def chapter_rows(
    places: Places, chapters: list[ChapterProgress], current: str
) -> list[dict[str, Any]]:
    """Return the side list of a form; the page that checks and sends is its last line."""
    rows = [
        {
            "number": chapter.number,
            "label": chapter.title,
            "url": places.chapter(chapter.id),
            "state": chapter.state,
            "note": chapter.note,
            "current": chapter.id == current,
        }
        for chapter in chapters
    ]
    last = {
        "number": len(chapters) + 1,
        "label": places.check_label,
        "url": places.check,
        "state": "open",
        "note": "",
        "current": not current,
    }
    return [*rows, last]


def saved_words(sheet: Submission | Correction) -> dict[str, str]:
    """Return when a draft or a correction was saved: the hour alone on the same day."""
    saved = timezone.localtime(sheet.saved_at)
    if saved.date() == timezone.localdate():
        return {"at": formats.clock(saved), "text": ""}
    return {"at": "", "text": _("Saved on %(date)s.") % {"date": formats.date_time(saved)}}


def change_rows(
    submission: Submission, form: FrozenForm, chapters: list[ChapterProgress]
) -> list[dict[str, str]]:
    """Return what changed with the last version of the form, each with the way to its question."""
    asked = {chapter.id for chapter in chapters}
    rows = []
    for change in submission.changes:
        name = change["question"]
        chapter = form.structure.chapter_of.get(name)
        url = ""
        if chapter is not None and chapter.id in asked:
            url = f"{chapter_url(submission, chapter.id)}#id_{name}"
        label = form.words.label(name) or _("A question that is gone")
        rows.append({"label": label, "text": str(ChangeKind(change["kind"]).label), "url": url})
    return rows


def question_rows(form: ChapterForm, annexes: Sequence[Annex]) -> list[dict[str, Any]]:
    """Return the questions of a chapter for templates, with the documents that belong to each."""
    return [
        {
            "entry": entry,
            "annexes": [annex for annex in annexes if annex.question_id == entry.id],
            "accepts": accepted_words(entry.question.spec) if entry.type == "file" else "",
        }
        for entry in form.entries()
    ]


def accepted_words(spec: QuestionSpec) -> str:
    """Return which documents a question takes."""
    kinds = [extension.upper() for extension in spec.accept or DEFAULT_ACCEPT]
    return ngettext(
        "%(kinds)s, one file of at most %(size)s.",
        "%(kinds)s, at most %(limit)s files of %(size)s each.",
        spec.max_files,
    ) % {
        "kinds": formats.join_list(kinds),
        "limit": spec.max_files,
        "size": formats.file_size(settings.UPLOAD_MAX_BYTES),
    }


def fact_rows(submission: Submission) -> list[dict[str, str]]:
    """Return the facts beside a file: who, until when, which version, how long it is kept."""
    team, procedure = submission.team, submission.procedure
    followed = submission.assignee.display_name if submission.assignee else team.name
    days = procedure.handling_days
    limit = ""
    if days and procedure.handling_unit == DayUnit.WORKING:
        limit = ngettext("%(days)s working day", "%(days)s working days", days) % {"days": days}
    elif days:
        limit = ngettext("%(days)s calendar day", "%(days)s calendar days", days) % {"days": days}
    version = _("Number %(number)s, of %(date)s") % {
        "number": submission.version.number,
        "date": formats.long_date(submission.version.created_at),
    }
    kept = kept_words(submission)
    rows = [
        {"label": _("Followed by"), "value": followed, "note": team.phone},
        {
            "label": _("Introduced by"),
            "value": submission.acting_user.display_name,
            "note": identification_words(submission),
        },
        {"label": _("Time limit"), "value": limit, "note": ""},
        {"label": _("Version of the form"), "value": version, "note": ""},
        {"label": _("Kept until"), "value": kept, "note": ""},
    ]
    return [row for row in rows if row["value"]]


def kept_words(submission: Submission) -> str:
    """Return until when a file is kept: a day once it is known, else how long after the decision."""
    if submission.purge_on:
        return formats.long_date(submission.purge_on)
    return keeping_rule(submission)


def problem_of(refusal: DomainError) -> dict[str, Any]:
    """Return a refusal as a problem document (RFC 9457) for scripts of our own pages."""
    problem: dict[str, Any] = {
        "type": "about:blank",
        "title": str(refusal),
        "status": refusal.status,
        "code": refusal.code,
    }
    if isinstance(refusal, DraftClash) and "revision" in refusal.params:
        problem |= clash_document(refusal)
    if isinstance(refusal, StepUpRequired):
        problem |= refusal_document(refusal)
    return problem
