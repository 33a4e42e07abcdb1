"""A statement to tick, and texts to read."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import override

from eservices.questions.base import EMPTY, Fault, Question, Shown, ShowOptions
from eservices.questions.words import Words


class ConsentQuestion(Question):
    """A box to tick. Only true is stored: a box that is not ticked is no answer."""

    def widget(self, words: Words) -> forms.Widget:
        """One box."""
        return forms.CheckboxInput()

    def raw_from(self, form: forms.BaseForm) -> Any:
        """Return the tick; nothing counts as not ticked."""
        name = form.add_prefix(self.id)
        return form.fields[self.id].widget.value_from_datadict(form.data, form.files, name)

    def data_from(self, raw: Any) -> dict[str, list[str]]:
        """Return the value of a ticked box, or nothing."""
        return {self.id: ["on"]} if raw else {}

    def read(self, raw: Any) -> bool | None:
        """Read the tick."""
        if raw not in (None, "", False, True, "on"):
            raise ValidationError(_("Tick the box if you agree."), code="consent")
        return True if raw else None

    def accepts(self, answer: Any) -> bool:
        """True and nothing else."""
        return answer is True

    def to_raw(self, answer: Any, locale: str | None = None) -> Any:
        """The tick."""
        return answer is True

    def required_fault(self, words: Words) -> Fault:
        """Ask for the tick."""
        return Fault(
            code="required",
            message=_("Tick “%(label)s” to go on.") % {"label": words.label(self.id)},
        )

    def display(self, answer: Any, words: Words, options: ShowOptions) -> Shown:
        """Agreed, in the language of the reader."""
        if answer is not True:
            return EMPTY
        with override(options.locale):
            return Shown(kind="text", text=_("Agreed"))

    def json_schema(self, words: Words) -> dict[str, Any]:
        """True."""
        return {"const": True}


class InfoQuestion(Question):
    """A text to read; it takes no answer."""

    def fields(self, words: Words, *, complete: bool) -> dict[str, forms.Field]:
        """No input at all."""
        return {}

    def read(self, raw: Any) -> None:
        """Nothing to read."""

    def accepts(self, answer: Any) -> bool:
        """No answer is taken."""
        return False

    def display(self, answer: Any, words: Words, options: ShowOptions) -> Shown:
        """Nothing to show."""
        return EMPTY
