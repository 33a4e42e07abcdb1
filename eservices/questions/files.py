"""Files as answers. Bytes are uploaded on their own; the answer holds the public ids of annexes."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from eservices.questions.base import (
    EMPTY,
    MISSING,
    Collected,
    Fault,
    Question,
    Shown,
    ShowOptions,
    faults_of,
)
from eservices.questions.words import Words

UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.ASCII)


class FileQuestion(Question):
    """One or more annexes, stored as a list of their public ids. Whether they belong to the file is
    checked by forms.
    """

    def widget(self, words: Words) -> forms.Widget:
        """Hidden inputs, one per annex: pages draw the list and the input for the next upload
        beside them.
        """
        return forms.MultipleHiddenInput()

    def raw_from(self, form: forms.BaseForm) -> Any:
        """Return the posted ids; a page that posts none leaves the annexes as they are."""
        name = form.add_prefix(self.id)
        if name not in form.data:
            return MISSING
        return form.fields[self.id].widget.value_from_datadict(form.data, form.files, name) or []

    def data_from(self, raw: Any) -> dict[str, list[str]]:
        """Return one value per annex."""
        return {self.id: list(raw or [""])}

    def read(self, raw: Any) -> list[str] | None:
        """Read public ids, each once, in their order."""
        names = list(dict.fromkeys(name for name in raw or [] if name))
        if not all(isinstance(name, str) and UUID.fullmatch(name) for name in names):
            raise ValidationError(_("Choose the file again: it was not received."), code="annex")
        return names or None

    def collect(self, raw: Any) -> Collected:
        """Ids are not typed: what is no id is dropped."""
        try:
            return Collected(answer=self.read(raw))
        except ValidationError as error:
            kept = [name for name in raw if isinstance(name, str) and UUID.fullmatch(name)]
            return Collected(answer=list(dict.fromkeys(kept)) or None, faults=faults_of(error))

    def check(self, value: list[str]) -> None:
        """Check how many there are."""
        if len(value) > self.spec.max_files:
            raise ValidationError(
                ngettext(
                    "You can send at most %(limit)s file here. Delete one first.",
                    "You can send at most %(limit)s files here. Delete one first.",
                    self.spec.max_files,
                ),
                code="max_files",
                params={"limit": self.spec.max_files},
            )

    def accepts(self, answer: Any) -> bool:
        """A list of texts."""
        return isinstance(answer, list) and all(isinstance(item, str) for item in answer)

    def to_raw(self, answer: Any, locale: str | None = None) -> Any:
        """The ids."""
        return list(answer)

    def required_fault(self, words: Words) -> Fault:
        """Ask for the file."""
        return Fault(
            code="required",
            message=_("Add a file for “%(label)s”.") % {"label": words.label(self.id)},
        )

    def display(self, answer: Any, words: Words, options: ShowOptions) -> Shown:
        """The names of the files; one that was deleted is said so."""
        if not answer:
            return EMPTY
        gone = _("deleted file")
        return Shown(kind="list", items=tuple(options.annexes.get(name, gone) for name in answer))

    def json_schema(self, words: Words) -> dict[str, Any]:
        """A list of different UUIDs."""
        return {
            "type": "array",
            "uniqueItems": True,
            "minItems": 1,
            "maxItems": self.spec.max_files,
            "items": {"type": "string", "format": "uuid"},
        }
