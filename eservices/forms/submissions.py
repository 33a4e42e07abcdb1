"""Forms around files: chapters built from the frozen form, sending, withdrawing."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from eservices.errors import DraftClash
from eservices.models import Annex
from eservices.queries.submissions import Content, FrozenForm
from eservices.questions.base import ShowOptions
from eservices.questions.forms import (
    AnswerError,
    ChapterForm,
    ChapterResult,
    chapter_data,
    chapter_form_class,
    saved_raw,
)
from eservices.questions.merge import Clash, same
from eservices.questions.registry import question
from eservices.questions.structure import Chapter
from eservices.questions.words import Words


class SendForm(forms.Form):
    """The last page: what was read is right, and it is the state with this number."""

    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    confirm = forms.BooleanField(
        label=_("I have read my answers. They are correct and complete."),
        error_messages={"required": _("Tick the box to confirm your answers.")},
    )
    use_required_attribute = False


class SendCorrectionForm(SendForm):
    """The last page of a correction: the changes are right, and it is the state with this number."""

    confirm = forms.BooleanField(
        label=_("I have read my changes. They are correct and complete."),
        error_messages={"required": _("Tick the box to confirm your changes.")},
    )


class WithdrawForm(forms.Form):
    """Why somebody takes a request back; they need not say."""

    reason = forms.CharField(
        label=_("Why do you withdraw it?"),
        help_text=_("Optional. The service that follows your file reads it."),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class DiscardForm(forms.Form):
    """Only asks: a deleted draft does not come back."""


class KeepForm(forms.Form):
    """Only asks: a link in a mail changes nothing by being opened."""


@dataclass(frozen=True, kw_only=True)
class ClashRow:
    """One question that two windows changed, for the page that shows both values."""

    label: str
    theirs: str
    href: str


def chapter_form(
    form: FrozenForm,
    chapter: Chapter,
    content: Content,
    *,
    data: Any = None,
    complete: bool = False,
    annexes: Sequence[Annex] = (),
    extra_rows: Mapping[str, int] | None = None,
    locked: Collection[str] = (),
) -> ChapterForm:
    """Return the form of one chapter, filled with what is saved or with what was posted."""
    built = chapter_form_class(form.structure, form.words, chapter.id, complete=complete)
    return built(
        data,
        answers=content.answers,
        unfinished=content.unfinished,
        annexes={str(annex.public_id): annex.name for annex in annexes},
        extra_rows=extra_rows,
        locale=form.words.locale,
        locked=locked,
    )


def checked_form(
    form: FrozenForm,
    chapter: Chapter,
    content: Content,
    annexes: Sequence[Annex],
    *,
    locked: Collection[str] = (),
) -> ChapterForm:
    """Return the form of a chapter with the errors that stand between its saved answers and
    sending.
    """
    data = chapter_data(chapter, content.answers, content.unfinished, form.words.locale)
    checked = chapter_form(
        form, chapter, content, data=data, complete=True, annexes=annexes, locked=locked
    )
    checked.is_valid()
    return checked


def merged_values(
    form: FrozenForm, chapter: Chapter, typed: ChapterResult, saved: Content
) -> dict[str, list[str]]:
    """Return what the page of a chapter must show by now, by name of input: the answers that others saved meanwhile.

    Empty when all is as the page sent it.
    """
    values: dict[str, list[str]] = {}
    for spec in chapter.questions:
        mine = (typed.answers.get(spec.id), typed.unfinished.get(spec.id))
        now = (saved.answers.get(spec.id), saved.unfinished.get(spec.id))
        if spec.id in typed.touched and not all(map(same, mine, now)):
            item = question(spec)
            raw = saved_raw(item, saved.answers, saved.unfinished, form.words.locale)
            values |= item.data_from(raw)
    return values


def links_of(errors: Iterable[AnswerError], words: Words, url: str = "") -> list[dict[str, str]]:
    """Return errors as the summary above a form shows them: the sentence and the way to the
    question, named where the sentence alone would not say which one.
    """
    return [
        {"text": _named(error, words), "href": f"{url}#id_{error.field or error.question}"}
        for error in errors
    ]


def _named(error: AnswerError, words: Words) -> str:
    label = words.label(error.question)
    if not label or label in error.message:
        return error.message
    return gettext("%(question)s – %(problem)s") % {"question": label, "problem": error.message}


def clash_rows(form: FrozenForm, clashes: Mapping[str, Clash]) -> list[ClashRow]:
    """Return what the other window saved for each question that both changed."""
    options = ShowOptions(locale=form.words.locale, masked=False)
    rows = []
    for name, clash in clashes.items():
        spec = form.structure.by_id.get(name)
        if spec is None:
            continue
        item, theirs = question(spec), clash.theirs
        shown = str(theirs or "")
        if theirs is not None and item.accepts(theirs) and item.fits(theirs):
            shown = str(item.display(theirs, form.words, options))
        rows.append(ClashRow(label=form.words.label(name), theirs=shown, href=f"#id_{name}"))
    return rows


def without_row(data: MultiValueDict[str, str], wanted: str) -> MultiValueDict[str, str]:
    """Return posted data in which one row of a table ("<question>-<number>") is empty: empty rows
    are not kept.
    """
    kept = MultiValueDict({name: data.getlist(name) for name in data})
    for name in data:
        if name.startswith(f"{wanted}-"):
            kept.setlist(name, [""])
    return kept


def clash_document(clash: DraftClash) -> dict[str, Any]:
    """Return both values of the questions that clash, and the revision that is saved now."""
    clashes = clash.params["clashes"]
    return {
        "revision": clash.params["revision"],
        "clashes": {n: {"mine": c.mine, "theirs": c.theirs} for n, c in clashes.items()},
    }
