"""Yes or no, one of a list, several of a list."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from eservices.enums import ChangeKind
from eservices.questions.base import (
    EMPTY,
    Collected,
    Fault,
    Question,
    Shown,
    ShowOptions,
    faults_of,
)
from eservices.questions.words import Words

#: Longer lists become a drop-down list.
MAX_RADIOS = 8

YES, NO = "yes", "no"


def choose_fault(question: Question, words: Words) -> Fault:
    """Return the sentence for a required choice without answer."""
    label = words.label(question.id)
    return Fault(code="required", message=_("Choose an answer for “%(label)s”.") % {"label": label})


class YesNoQuestion(Question):
    """Yes or no, stored as true or false."""

    def widget(self, words: Words) -> forms.Widget:
        """Two radio buttons."""
        return forms.RadioSelect(choices=[(YES, gettext_lazy("Yes")), (NO, gettext_lazy("No"))])

    def raw_from(self, form: forms.BaseForm) -> Any:
        """Return the button that is on; none counts as no answer."""
        return form.data.get(form.add_prefix(self.id)) or ""

    def read(self, raw: Any) -> bool | None:
        """Read the value of a button."""
        match raw:
            case None | "":
                return None
            case "yes" | "no":
                return bool(raw == YES)
        raise ValidationError(_("Choose “Yes” or “No”."), code="choice")

    def accepts(self, answer: Any) -> bool:
        """True or false."""
        return isinstance(answer, bool)

    def to_raw(self, answer: Any, locale: str | None = None) -> Any:
        """The value of a button."""
        return YES if answer else NO

    def required_fault(self, words: Words) -> Fault:
        """Ask to choose."""
        return choose_fault(self, words)

    def show(self, answer: Any, words: Words, options: ShowOptions) -> str:
        """Yes or no in the language of the reader."""
        with override(options.locale):
            return _("Yes") if answer else _("No")

    def json_schema(self, words: Words) -> dict[str, Any]:
        """A boolean."""
        return {"type": "boolean"}


class _Options(Question):
    """What the two kinds of lists share."""

    @cached_property
    def ids(self) -> Mapping[str, None]:
        """The ids of the options, in their order."""
        return {option.id: None for option in self.spec.options}

    def choices(self, words: Words) -> list[tuple[str, str]]:
        """Options with their labels."""
        return [(name, words.label(name)) for name in self.ids]

    def required_fault(self, words: Words) -> Fault:
        """Ask to choose."""
        return choose_fault(self, words)

    def schema_of_option(self, words: Words) -> dict[str, Any]:
        """One of the ids, with the label as title."""
        return {"oneOf": [{"const": name, "title": label} for name, label in self.choices(words)]}


class ChoiceQuestion(_Options):
    """One of a list, stored as the id of the option."""

    def widget(self, words: Words) -> forms.Widget:
        """Radio buttons, or a drop-down list if there are many options."""
        if len(self.ids) <= MAX_RADIOS:
            return forms.RadioSelect(choices=self.choices(words))
        empty = ("", gettext_lazy("Choose an answer"))
        return forms.Select(choices=[empty, *self.choices(words)])

    def raw_from(self, form: forms.BaseForm) -> Any:
        """Return what is chosen; nothing counts as no answer."""
        return form.data.get(form.add_prefix(self.id)) or ""

    def read(self, raw: Any) -> str | None:
        """Read the id of an option."""
        if raw in (None, ""):
            return None
        if raw not in self.ids:
            raise ValidationError(_("Choose one of the answers of the list."), code="choice")
        return str(raw)

    def collect(self, raw: Any) -> Collected:
        """A choice that does not exist cannot be shown again: nothing of it is kept."""
        collected = super().collect(raw)
        return Collected(answer=collected.answer, faults=collected.faults)

    def show(self, answer: Any, words: Words, options: ShowOptions) -> str:
        """The label of the option."""
        return words.label(answer)

    def json_schema(self, words: Words) -> dict[str, Any]:
        """One of the ids."""
        return self.schema_of_option(words)

    def carry(self, answer: Any, source: Question) -> tuple[Any, ChangeKind | None]:
        """Keep the choice while its option exists."""
        if source.spec.type == self.spec.type and answer not in self.ids:
            return None, ChangeKind.OPTION_GONE
        return super().carry(answer, source)


class ChoicesQuestion(_Options):
    """Several of a list, stored as the ids of the options in the order of the list."""

    def widget(self, words: Words) -> forms.Widget:
        """Boxes to tick."""
        return forms.CheckboxSelectMultiple(choices=self.choices(words))

    def raw_from(self, form: forms.BaseForm) -> Any:
        """Return what is ticked; nothing counts as no answer."""
        name = form.add_prefix(self.id)
        return form.fields[self.id].widget.value_from_datadict(form.data, form.files, name) or []

    def data_from(self, raw: Any) -> dict[str, list[str]]:
        """Return one value per tick."""
        return {self.id: list(raw or [])}

    def read(self, raw: Any) -> list[str] | None:
        """Read the ids of options; the order of the list counts, not that of clicking."""
        chosen = set(raw or [])
        if chosen - set(self.ids):
            raise ValidationError(_("Choose answers of the list."), code="choice")
        return [name for name in self.ids if name in chosen] or None

    def collect(self, raw: Any) -> Collected:
        """Keep the ticks that exist."""
        kept = [name for name in self.ids if name in (raw or [])]
        try:
            self.read(raw)
        except ValidationError as error:
            return Collected(answer=kept or None, faults=faults_of(error))
        return Collected(answer=kept or None)

    def accepts(self, answer: Any) -> bool:
        """A list of texts."""
        return isinstance(answer, list) and all(isinstance(item, str) for item in answer)

    def to_raw(self, answer: Any, locale: str | None = None) -> Any:
        """The ticks."""
        return list(answer)

    def display(self, answer: Any, words: Words, options: ShowOptions) -> Shown:
        """The labels of the options as a list."""
        if not answer:
            return EMPTY
        return Shown(kind="list", items=tuple(words.label(name) for name in answer))

    def json_schema(self, words: Words) -> dict[str, Any]:
        """A list of different ids."""
        return {
            "type": "array",
            "uniqueItems": True,
            "minItems": 1,
            "items": self.schema_of_option(words),
        }

    def carry(self, answer: Any, source: Question) -> tuple[Any, ChangeKind | None]:
        """Keep the ticks whose options exist; the order follows the new list."""
        if source.spec.type != self.spec.type or not self.accepts(answer):
            return None, ChangeKind.TYPE
        kept = [name for name in self.ids if name in answer]
        return kept or None, None if len(kept) == len(set(answer)) else ChangeKind.OPTION_GONE
