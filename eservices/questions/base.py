"""What every type of question knows: reading what was typed, checking it, keeping it, showing it,
carrying it over.

Three forms of one answer:

    answer  JSON as stored and sent: "12.50", "2026-07-14", true, ["o-1"], {"street": ...}, [{"k-1":
            ...}]
    raw     what people type or tick: a text, a list of texts, for an address a dict and for a table
            a list of dicts of texts
    value   Python, inside one call only: Decimal, date, Money

`read` turns raw into a value and refuses what is not well formed; `check` refuses a well-formed
value beyond the limits of the question. Drafts only read; sending reads and checks.
"""

import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final, Literal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from eservices.enums import ChangeKind, QuestionType
from eservices.questions.structure import MAX_ANSWER_BYTES, QuestionSpec
from eservices.questions.words import Words

#: Between a question's id and the name of a part in the HTML name of an input ("q-1__street").
PART: Final = "__"


class Missing:
    """Nothing was posted for a question: it was not on the page."""


MISSING: Final = Missing()


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Why a part of an answer cannot be taken; row and column say where in a table, column alone
    which part.
    """

    code: str
    message: str
    row: int | None = None
    column: str | None = None


@dataclass(frozen=True, kw_only=True)
class Collected:
    """What could be kept of what was typed: the well-formed answer, else the raw text, and the
    faults.
    """

    answer: Any = None
    unfinished: Any = None
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Shown:
    """An answer for people: on the summary, in the PDF and in the back office."""

    kind: Literal["empty", "text", "list", "table"] = "empty"
    text: str = ""
    items: tuple[str, ...] = ()
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()

    def __str__(self) -> str:
        """One line, for lists and exports."""
        if self.kind == "list":
            return ", ".join(self.items)
        if self.kind == "table":
            return "; ".join(", ".join(filter(None, row)) for row in self.rows)
        return self.text


EMPTY: Final = Shown()
#: What stands for a sensitive answer; always as long, as lengths tell much.
MASK: Final = "••••••"


@dataclass(frozen=True, kw_only=True)
class ShowOptions:
    """How answers are shown: language of figures, sensitive ones masked or not, names of annexes by
    public id.
    """

    locale: str
    masked: bool = True
    annexes: Mapping[str, str] = field(default_factory=dict)


class AnswerField(forms.Field):
    """One input of a question. `required` only marks it: whether an answer is due depends on what
    is asked.
    """

    question: "Question"

    def __init__(
        self,
        question: "Question",
        *,
        label: Any,
        widget: forms.Widget,
        help_text: str = "",
        required: bool = False,
        complete: bool = False,
    ) -> None:
        super().__init__(label=label, help_text=help_text, required=required, widget=widget)
        self.question = question
        self.complete = complete
        self.is_short = question.short

    def to_python(self, value: Any) -> Any:
        """Read what was typed; ValidationError when it is not well formed."""
        return self.question.read(value)

    def validate(self, value: Any) -> None:
        """Check the limits, when the answer is meant to be complete."""
        if self.complete and value is not None:
            self.question.check(value)

    def __deepcopy__(self, memo: dict[int, Any]) -> "AnswerField":
        question, self.question = self.question, None  # type: ignore[assignment]
        try:
            copied: AnswerField = super().__deepcopy__(memo)
        finally:
            self.question = question
        copied.question = question
        return copied


class Question(ABC):
    """One question of a frozen form with the behaviour of its type. Immutable; get it from
    `registry.question`.
    """

    #: Other types whose answers this one can take over when an editor changes the type.
    kin: ClassVar[frozenset[QuestionType]] = frozenset()
    #: Whether the input is short, so that pages can draw it so.
    short: ClassVar[bool] = False
    #: Whether a masked answer still shows a part that helps to recognise it.
    masks_itself: ClassVar[bool] = False

    def __init__(self, spec: QuestionSpec) -> None:
        self.spec = spec

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.spec.id}>"

    @property
    def id(self) -> str:
        """The id, which is also the name of its input in HTML."""
        return self.spec.id

    @property
    def sensitive(self) -> bool:
        """Whether answers are stored encrypted and shown masked."""
        return self.spec.is_sensitive

    # Inputs

    def fields(self, words: Words, *, complete: bool) -> dict[str, forms.Field]:
        """Return the Django fields by HTML name."""
        return {
            self.id: AnswerField(
                self,
                label=words.label(self.id),
                help_text=words.help(self.id),
                widget=self.widget(words),
                required=self.spec.required,
                complete=complete,
            )
        }

    def widget(self, words: Words) -> forms.Widget:
        """Return the input of a single-field question."""
        return forms.TextInput()

    def raw_from(self, form: forms.BaseForm) -> Any:
        """Return what a bound form holds for this question, or MISSING if nothing was posted for
        it.
        """
        widget = form.fields[self.id].widget
        name = form.add_prefix(self.id)
        if widget.value_omitted_from_data(form.data, form.files, name):
            return MISSING
        return widget.value_from_datadict(form.data, form.files, name)

    def data_from(self, raw: Any) -> dict[str, list[str]]:
        """Return the posted data that would carry this raw value."""
        return {self.id: [raw]} if raw not in (None, "") else {self.id: [""]}

    def initial_from(self, raw: Any) -> dict[str, Any]:
        """Return the initial values of the fields by HTML name for a raw value."""
        return {self.id: raw}

    # Reading, checking, keeping

    @abstractmethod
    def read(self, raw: Any) -> Any:
        """Return the value of what was typed, None if empty; ValidationError if it is not well
        formed.
        """

    def check(self, value: Any) -> None:
        """Refuse (ValidationError) a well-formed value beyond the limits; most types have none."""
        return

    def to_json(self, value: Any) -> Any:
        """Return the answer to store for a value."""
        return value

    def accepts(self, answer: Any) -> bool:
        """Whether JSON from outside has the type that this question takes; checked before anything
        else.
        """
        return isinstance(answer, str)

    def to_raw(self, answer: Any, locale: str | None = None) -> Any:
        """Return an answer as somebody would type it in a language."""
        return answer

    def collect(self, raw: Any) -> Collected:
        """Read what was typed without losing anything: what is not well formed is kept as raw
        text.
        """
        try:
            value = self.read(raw)
        except ValidationError as error:
            return Collected(unfinished=keepable(raw), faults=faults_of(error))
        return Collected(answer=None if value is None else self.to_json(value))

    def complete_faults(self, answer: Any) -> tuple[Fault, ...]:
        """Return what stands between a well-formed answer and a complete one; used for types with
        parts.
        """
        return ()

    def required_fault(self, words: Words) -> Fault:
        """Return the sentence for a required question without answer."""
        return Fault(
            code="required", message=_("Enter “%(label)s”.") % {"label": words.label(self.id)}
        )

    def missing_faults(self, words: Words) -> tuple[Fault, ...]:
        """Return what to say when a required answer is not there at all."""
        return (self.required_fault(words),)

    # For people and machines

    def present(self, answer: Any, words: Words, options: ShowOptions) -> Shown:
        """Return the answer for people, sensitive ones masked unless the options say otherwise."""
        if options.masked and self.spec.sensitive and not self.masks_itself and answer is not None:
            return Shown(kind="text", text=MASK)
        return self.display(answer, words, options)

    def display(self, answer: Any, words: Words, options: ShowOptions) -> Shown:
        """Return the answer for people, whole: call `present` to respect masks."""
        if answer is None:
            return EMPTY
        return Shown(kind="text", text=self.show(answer, words, options))

    def show(self, answer: Any, words: Words, options: ShowOptions) -> str:
        """Return an answer of one value as one text."""
        return str(answer)

    def json_schema(self, words: Words) -> dict[str, Any]:
        """Return the JSON Schema (draft 2020-12) of the answer."""
        return {"type": "string"}

    # Carrying over to another version

    def fits(self, answer: Any) -> bool:
        """Whether an answer is well formed for this question, exactly as it stands."""
        if not self.accepts(answer):
            return False
        collected = self.collect(self.to_raw(answer))
        return not collected.faults and bool(collected.answer == answer)

    def carry(self, answer: Any, source: "Question") -> tuple[Any, ChangeKind | None]:
        """Return what this question keeps of an answer given to `source`, and how to tell a loss;
        None keeps nothing.
        """
        if source.spec.type != self.spec.type and source.spec.type not in self.kin:
            return None, ChangeKind.TYPE
        carried = self.convert(answer, source)
        return (carried, None) if self.fits(carried) else (None, ChangeKind.TYPE)

    def convert(self, answer: Any, source: "Question") -> Any:
        """Return an answer of a kindred type as an answer of this one."""
        return answer


def plain(raw: Any, *, lines: bool = False) -> str:
    """Return typed text as NFC without outer spaces; ValidationError for what cannot be stored or
    printed.

    NUL and lone surrogates break PostgreSQL's jsonb and UTF-8; other control characters break PDFs.
    """
    text = "" if raw is None else str(raw)
    if len(text.encode(errors="surrogatepass")) > MAX_ANSWER_BYTES:
        raise ValidationError(
            _("This text is too long to be kept. Shorten it or send it as a file."), code="too_long"
        )
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if not lines:
        text = " ".join(text.split("\n"))
    for character in text:
        if character not in "\n\t" and unicodedata.category(character) in ("Cc", "Cs"):
            raise ValidationError(
                _("A character of this text cannot be kept. Delete it and type the text again."),
                code="character",
            )
    return text


def keepable(raw: Any) -> Any:
    """Return raw input as it may be kept in JSON: without control characters, and nothing at all if
    it is too big.
    """
    if isinstance(raw, str):
        if len(raw.encode(errors="surrogatepass")) > MAX_ANSWER_BYTES:
            return None
        kept = "".join(c for c in raw if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
        return kept or None
    if isinstance(raw, Mapping):
        return {
            name: kept for name, item in raw.items() if (kept := keepable(item)) is not None
        } or None
    if isinstance(raw, (list, tuple)):
        return [keepable(item) for item in raw] or None
    return None


def faults_of(
    error: ValidationError, *, row: int | None = None, column: str | None = None
) -> tuple[Fault, ...]:
    """Return the faults of a Django error, with their place inside the answer."""
    return tuple(
        Fault(code=item.code or "invalid", message=str(item.messages[0]), row=row, column=column)
        for item in error.error_list
    )
