"""A form on paper: empty for those who prefer a pen, as it stands while it is filled in, as it was
sent.

All modes come from the frozen version that people see on screen, through one template. The files
are tagged (PDF/UA-1), so that screen readers read them in order. WeasyPrint may read nothing but
the fonts of the portal.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from eservices import formats
from eservices.enums import Operator, QuestionType
from eservices.letterhead import municipality
from eservices.questions.address import PARTS
from eservices.questions.answers import SummaryRow, summary
from eservices.questions.issues import NUMBER_TYPES
from eservices.questions.periods import PARTS as PERIOD_PARTS
from eservices.questions.structure import Condition, QuestionSpec, Structure
from eservices.questions.words import Words

if TYPE_CHECKING:
    from eservices.models import ProcedureText, ProcedureVersion, Submission

Mode = Literal["empty", "fill", "draft", "final"]

#: Rows that an empty table is printed with, within the limits of the question.
_BLANK_ROWS = 4
_DAYS = frozenset({QuestionType.DATE, QuestionType.TIME})
_OPTIONS = frozenset({QuestionType.CHOICE, QuestionType.CHOICES})
#: Questions that mask their own answers.
_MASKS_ITSELF = QuestionType.NATIONAL_NUMBER.value


@dataclass(frozen=True, kw_only=True)
class AnswerGroup:
    """Answers printed together: rows of label and answer, or one answer that is a table."""

    rows: tuple[SummaryRow, ...] = ()
    table: SummaryRow | None = None


@dataclass(frozen=True, kw_only=True)
class BlankQuestion:
    """One question with the room to answer it by hand."""

    id: str
    label: str
    help: str
    html: str
    required: bool
    conditions: tuple[str, ...]
    room: str
    unit: str = ""
    note: str = ""
    #: Whether several of the options can be chosen.
    several: bool = False
    options: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    blank_rows: range = range(0)
    #: What options, lines or columns are called in a form that is filled in on a screen.
    names: tuple[str, ...] = ()
    longest: int = 0

    @property
    def named_options(self) -> list[tuple[str, str]]:
        """The options with their names."""
        return list(zip(self.names, self.options, strict=True))

    @property
    def named_lines(self) -> list[tuple[str, str]]:
        """The lines with their names."""
        return list(zip(self.names, self.lines, strict=True))

    @property
    def named_columns(self) -> list[tuple[str, str]]:
        """The columns with their names."""
        return list(zip(self.names, self.columns, strict=True))


@dataclass(frozen=True, kw_only=True)
class PrintedChapter:
    """One chapter: answers when there are some, questions on an empty form."""

    title: str
    intro: str = ""
    conditions: tuple[str, ...] = ()
    groups: tuple[AnswerGroup, ...] = ()
    questions: tuple[BlankQuestion, ...] = ()


def render_form(
    *,
    version: "ProcedureVersion",
    text: "ProcedureText",
    answers: Mapping[str, Any],
    mode: Mode,
    locale: str,
    submission: "Submission | None" = None,
    sent_by: str = "",
    masked: bool = True,
) -> bytes:
    """Return a form as PDF/UA-1 in the language of `text`; `locale` is the language of figures and
    fixed words.

    `empty` prints all questions with room for answers and says in words when each is asked; `fill` has
    fields in that room, named by question, for those who fill it in on a screen; `draft` and `final`
    print what is asked with these answers, `sent_by` in whose name. `masked=False` writes sensitive
    answers out: only for the citizen's own copy.
    """
    with translation.override(locale):
        context = form_context(
            version=version,
            text=text,
            answers=answers,
            mode=mode,
            locale=locale,
            submission=submission,
            sent_by=sent_by,
            masked=masked,
        )
        html = render_to_string("print/form.html", context)
        return to_pdf(html, with_fields=mode == "fill")


def form_context(
    *,
    version: "ProcedureVersion",
    text: "ProcedureText",
    answers: Mapping[str, Any],
    mode: Mode,
    locale: str,
    submission: "Submission | None" = None,
    sent_by: str = "",
    masked: bool = True,
) -> dict[str, Any]:
    """Return what the template prints; the active language must be `locale`."""
    structure = Structure.from_json(version.structure)
    words = Words.from_json(text.words, text.locale)
    if mode in ("empty", "fill"):
        chapters = list(_blank_chapters(structure, words))
    else:
        annexes = _annex_names(submission)
        found = summary(structure, words, answers, locale=locale, masked=masked, annexes=annexes)
        chapters = [
            PrintedChapter(title=chapter.title, groups=tuple(_groups(chapter.rows)))
            for chapter in found
        ]
    title = version.procedure.texts_in(text.locale)[1].get("title") or version.procedure.code
    return {
        "language": text.locale,
        "title": title,
        "mode": mode,
        "chapters": chapters,
        "masked": masked,
        "masks_itself": _MASKS_ITSELF,
        "municipality": municipality(locale),
        "submission": submission,
        "sent_by": sent_by,
        "reference": submission.reference if submission else "",
        "version": f"{version.number}.{text.edition}",
        "hash": version.sha256[:12],
        "watermark": _("Draft") if mode == "draft" else "",
        "font_dir": _font_address(),
    }


def frame(
    language: str, *, title: str, reference: str = "", preview: bool = False
) -> dict[str, Any]:
    """Return what the frame of every printed document needs; the active language must be `language`."""
    return {
        "language": language,
        "title": title,
        "municipality": municipality(language),
        "reference": reference,
        "watermark": _("Preview") if preview else "",
        "font_dir": _font_address(),
    }


def to_pdf(html: str, *, with_fields: bool = False) -> bytes:
    """Return an HTML document as PDF/UA-1, its inputs as fields if wanted. Nothing is fetched but our fonts."""
    import weasyprint  # takes seconds to load: only the processes that print pay for it
    from weasyprint.urls import URLFetcher  # same

    fonts = font_folder()

    class OwnFiles(URLFetcher):
        """Opens font files of the portal; every other address is refused."""

        def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
            if not url.startswith(f"{fonts.as_uri()}/") or ".." in url:
                raise ValueError(f"Printed documents fetch nothing: {url}")
            return super().fetch(url, headers)

    document = weasyprint.HTML(string=html, url_fetcher=OwnFiles(allowed_protocols={"file"}))
    printed: bytes = document.write_pdf(pdf_variant="pdf/ua-1", pdf_forms=with_fields)
    return printed


def font_folder() -> Path:
    """Return where the built front end keeps its fonts."""
    folder: Path = settings.BUILD / "assets" / "fonts"
    return folder.resolve()


def _font_address() -> str:
    folder = font_folder()
    return folder.as_uri() if folder.is_dir() else ""


def _annex_names(submission: "Submission | None") -> dict[str, str]:
    if submission is None or submission.pk is None:
        return {}
    rows = submission.annexes.filter(deleted_at=None).values_list("public_id", "name")
    return {str(public_id): name for public_id, name in rows}


def _groups(rows: Iterable[SummaryRow]) -> Iterator[AnswerGroup]:
    """Put rows of one chapter together between answers that are tables."""
    waiting: list[SummaryRow] = []
    for row in rows:
        if row.shown.kind != "table":
            waiting.append(row)
            continue
        if waiting:
            yield AnswerGroup(rows=tuple(waiting))
        waiting = []
        yield AnswerGroup(table=row)
    if waiting:
        yield AnswerGroup(rows=tuple(waiting))


# Empty forms


def _blank_chapters(structure: Structure, words: Words) -> Iterator[PrintedChapter]:
    for chapter in structure.chapters:
        yield PrintedChapter(
            title=words.title(chapter.id),
            intro=words.of(chapter.id, "intro"),
            conditions=tuple(condition_words(chapter.show_if, structure, words)),
            questions=tuple(_blank_question(spec, structure, words) for spec in chapter.questions),
        )


def _blank_question(spec: QuestionSpec, structure: Structure, words: Words) -> BlankQuestion:
    return BlankQuestion(
        id=spec.id,
        longest=spec.max_length or 0,
        label=words.label(spec.id),
        help=words.help(spec.id),
        html=words.text(spec.id),
        required=spec.required,
        conditions=tuple(condition_words(spec.show_if, structure, words)),
        unit=words.unit(spec.id),
        **_room(spec, words),
    )


def _room(spec: QuestionSpec, words: Words) -> dict[str, Any]:
    """Return how the room for an answer is drawn, by type of question."""
    match spec.type:
        case QuestionType.INFO:
            return {"room": "none"}
        case QuestionType.LONG_TEXT:
            return {"room": "area"}
        case QuestionType.YES_NO:
            return {"room": "options", "options": (_("Yes"), _("No")), "names": ("yes", "no")}
        case QuestionType.CONSENT:
            return {
                "room": "options",
                "options": (_("I agree"),),
                "names": ("true",),
                "several": True,
            }
        case QuestionType.CHOICE | QuestionType.CHOICES:
            several = spec.type == QuestionType.CHOICES
            return {
                "room": "options",
                "note": _("Several answers are possible.") if several else "",
                "several": several,
                "options": tuple(words.label(option.id) for option in spec.options),
                "names": tuple(option.id for option in spec.options),
            }
        case QuestionType.ADDRESS:
            names = tuple(str(label) for label, *_rest in PARTS.values())
            return {"room": "lines", "lines": names, "names": tuple(PARTS)}
        case QuestionType.PERIOD:
            names = tuple(str(label) for label in PERIOD_PARTS.values())
            return {
                "room": "lines",
                "lines": names,
                "names": tuple(PERIOD_PARTS),
                "note": _("Day, month, year"),
            }
        case QuestionType.CALCULATED:
            return {"room": "none", "note": _("The municipality calculates this.")}
        case QuestionType.FILE:
            limit = spec.max_files
            text = ngettext(
                "Enclose the document with this form.",
                "Enclose the documents with this form: at most %(limit)s.",
                limit,
            )
            return {"room": "none", "note": text % {"limit": limit}}
        case QuestionType.TABLE:
            rows = max(spec.min_rows, min(spec.max_rows, _BLANK_ROWS))
            return {
                "room": "table",
                "columns": tuple(words.label(column.id) for column in spec.columns),
                "names": tuple(column.id for column in spec.columns),
                "blank_rows": range(rows),
            }
        case QuestionType.DATE:
            return {"room": "line", "note": _("Day, month, year")}
    return {"room": "line"}


# "Only if" in words

_SENTENCES: dict[Operator, str | Promise] = {
    Operator.IS: gettext_lazy("Only if the answer to “%(question)s” is “%(value)s”."),
    Operator.IS_NOT: gettext_lazy("Only if the answer to “%(question)s” is not “%(value)s”."),
    Operator.HAS: gettext_lazy("Only if “%(value)s” is one of the answers to “%(question)s”."),
    Operator.GT: gettext_lazy("Only if the answer to “%(question)s” is more than %(value)s."),
    Operator.LT: gettext_lazy("Only if the answer to “%(question)s” is less than %(value)s."),
    Operator.FILLED: gettext_lazy("Only if you have answered “%(question)s”."),
}
_AFTER = gettext_lazy("Only if the answer to “%(question)s” is later than %(value)s.")
_BEFORE = gettext_lazy("Only if the answer to “%(question)s” is earlier than %(value)s.")


def condition_words(
    conditions: Iterable[Condition], structure: Structure, words: Words
) -> Iterator[str]:
    """Say in one sentence each when something is asked; all of them must hold."""
    for condition in conditions:
        spec = structure.by_id[condition.field]
        sentence = _SENTENCES[condition.op]
        if spec.type in _DAYS and condition.op in (Operator.GT, Operator.LT):
            sentence = _AFTER if condition.op == Operator.GT else _BEFORE
        values = {"question": words.label(spec.id), "value": _value_words(spec, condition, words)}
        yield str(sentence) % values


def _value_words(spec: QuestionSpec, condition: Condition, words: Words) -> str:
    """Return the compared value as people would write the answer."""
    value = condition.value
    if spec.type in _OPTIONS:
        return words.label(value) or value
    if spec.type == QuestionType.YES_NO:
        return _("Yes") if value == "yes" else _("No")
    if spec.type == QuestionType.DATE:
        return formats.full_date(formats.datetime.date.fromisoformat(value))
    unit = words.unit(spec.id)
    number = spec.type in NUMBER_TYPES
    shown = formats.number(value) if number else value
    return f"{shown}{formats.NBSP}{unit}" if unit else shown
