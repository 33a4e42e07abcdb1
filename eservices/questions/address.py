"""A Belgian postal address in five parts."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from eservices import formats
from eservices.enums import QuestionType
from eservices.questions.base import (
    EMPTY,
    MISSING,
    PART,
    AnswerField,
    Collected,
    Fault,
    Question,
    Shown,
    ShowOptions,
    faults_of,
    keepable,
    plain,
)
from eservices.questions.text import TextQuestion
from eservices.questions.words import Words

#: Parts with label, greatest length, autocomplete word of HTML and whether the part can be left
#: out.
PARTS = {
    "street": (gettext_lazy("Street"), 200, "address-line1", False),
    "number": (pgettext_lazy("house number", "Number"), 20, "off", False),
    "box": (pgettext_lazy("house number", "Box"), 20, "off", True),
    "postcode": (gettext_lazy("Postcode"), 4, "postal-code", False),
    "locality": (gettext_lazy("Locality"), 100, "address-level2", False),
}
POSTCODE = re.compile(r"[1-9][0-9]{3}", re.ASCII)


class AddressQuestion(Question):
    """An address: street, number, box, postcode and locality, stored as a dict of the parts that
    are given.
    """

    kin = frozenset({QuestionType.TEXT, QuestionType.LONG_TEXT})

    def fields(self, words: Words, *, complete: bool) -> dict[str, forms.Field]:
        """Return one field per part."""
        return {
            self.name(part): AnswerField(
                _Part(self, part),
                label=label,
                widget=forms.TextInput(
                    attrs={"autocomplete": autocomplete}
                    | ({"inputmode": "numeric"} if part == "postcode" else {})
                ),
                required=self.spec.required and not optional,
                complete=complete,
            )
            for part, (label, _length, autocomplete, optional) in PARTS.items()
        }

    def name(self, part: str) -> str:
        """Return the HTML name of a part."""
        return f"{self.id}{PART}{part}"

    def raw_from(self, form: forms.BaseForm) -> Any:
        """Return the parts as typed."""
        names = {part: form.add_prefix(self.name(part)) for part in PARTS}
        if not any(name in form.data for name in names.values()):
            return MISSING
        return {part: form.data.get(name) or "" for part, name in names.items()}

    def data_from(self, raw: Any) -> dict[str, list[str]]:
        """Return one input per part."""
        return {self.name(part): [(raw or {}).get(part, "")] for part in PARTS}

    def initial_from(self, raw: Any) -> dict[str, Any]:
        """Return one initial value per part."""
        return {self.name(part): (raw or {}).get(part, "") for part in PARTS}

    def read(self, raw: Any) -> dict[str, str] | None:
        """Read the parts; the first one that is not well formed refuses all."""
        return {part: value for part in PARTS if (value := read_part(part, raw.get(part)))} or None

    def collect(self, raw: Any) -> Collected:
        """Read part by part: a wrong postcode does not lose the street."""
        answer: dict[str, str] = {}
        faults: list[Fault] = []
        for part in PARTS:
            try:
                value = read_part(part, raw.get(part))
            except ValidationError as error:
                faults += faults_of(error, column=part)
            else:
                answer |= {part: value} if value else {}
        return Collected(
            answer=answer or None,
            unfinished=keepable(raw) if faults else None,
            faults=tuple(faults),
        )

    def accepts(self, answer: Any) -> bool:
        """A dict of texts with the names of the parts."""
        return (
            isinstance(answer, dict)
            and set(answer) <= set(PARTS)
            and all(isinstance(value, str) for value in answer.values())
        )

    def to_raw(self, answer: Any, locale: str | None = None) -> Any:
        """The parts."""
        return {part: answer.get(part, "") for part in PARTS}

    def complete_faults(self, answer: Any) -> tuple[Fault, ...]:
        """Every part but the box is needed once there is an address."""
        return tuple(
            Fault(code="required", column=part, message=_("Enter “%(label)s”.") % {"label": label})
            for part, (label, _length, _autocomplete, optional) in PARTS.items()
            if not optional and not answer.get(part)
        )

    def missing_faults(self, words: Words) -> tuple[Fault, ...]:
        """Ask for each part at its own input."""
        return self.complete_faults({})

    def display(self, answer: Any, words: Words, options: ShowOptions) -> Shown:
        """The address on one line."""
        return Shown(kind="text", text=formats.address(answer, options.locale)) if answer else EMPTY

    def json_schema(self, words: Words) -> dict[str, Any]:
        """An object of the five parts."""
        text = {"type": "string", "minLength": 1}
        return {
            "type": "object",
            "additionalProperties": False,
            "required": [part for part, (_l, _n, _a, optional) in PARTS.items() if not optional],
            "properties": {
                part: {"type": "string", "pattern": "^[1-9][0-9]{3}$"}
                if part == "postcode"
                else text
                for part in PARTS
            },
        }

    def convert(self, answer: Any, source: Question) -> Any:
        """A text becomes the street, to be put right by its author; one that is too long is set
        aside.
        """
        if isinstance(answer, str):
            text = plain(answer)
            return {"street": text} if len(text) <= PARTS["street"][1] else None
        return answer


class _Part(TextQuestion):
    """One part of an address, for its input only."""

    def __init__(self, address: AddressQuestion, part: str) -> None:
        super().__init__(address.spec)
        self.part = part

    def read(self, raw: Any) -> str | None:
        """Read the part."""
        return read_part(self.part, raw)

    def check(self, value: str) -> None:
        """Nothing more: lengths are a matter of form here."""


def read_part(part: str, raw: Any) -> str | None:
    """Read one part of an address; ValidationError if it is too long or no postcode."""
    text = plain(raw)
    limit = PARTS[part][1]
    if part == "postcode" and text:
        if not POSTCODE.fullmatch(text):
            raise ValidationError(
                _("Enter a postcode of four digits, for example 4700."), code="postcode"
            )
    elif len(text) > limit:
        raise ValidationError(
            _("Shorten this text to %(limit)s characters; it has %(length)s."),
            code="max_length",
            params={"limit": limit, "length": len(text)},
        )
    return text or None
