"""Text on one line, on several lines, e-mail addresses and phone numbers."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext as _

from eservices import formats
from eservices.enums import QuestionType
from eservices.questions.base import Question, ShowOptions, plain
from eservices.questions.words import Words

PHONE_CHARACTERS = re.compile(r"[0-9+()./ \u00a0\u202f-]+", re.ASCII)


class TextQuestion(Question):
    """A text on one line."""

    kin = frozenset({QuestionType.LONG_TEXT, QuestionType.ADDRESS})
    lines = False
    default_length = 250

    @property
    def max_length(self) -> int:
        """The greatest number of characters."""
        return self.spec.max_length or self.default_length

    def read(self, raw: Any) -> str | None:
        """Read text; line breaks become spaces where there is one line only."""
        return plain(raw, lines=self.lines) or None

    def check(self, value: str) -> None:
        """Check the number of characters."""
        if len(value) > self.max_length:
            raise ValidationError(
                _("Shorten this text to %(limit)s characters; it has %(length)s."),
                code="max_length",
                params={"limit": self.max_length, "length": len(value)},
            )
        if self.spec.min_length and len(value) < self.spec.min_length:
            raise ValidationError(
                _("Write at least %(limit)s characters; there are %(length)s."),
                code="min_length",
                params={"limit": self.spec.min_length, "length": len(value)},
            )

    def json_schema(self, words: Words) -> dict[str, Any]:
        """A text within the limits of length."""
        schema: dict[str, Any] = {"type": "string", "minLength": self.spec.min_length or 1}
        return schema | {"maxLength": self.max_length}

    def convert(self, answer: Any, source: Question) -> Any:
        """Put an address on one line, and a long text too where there is one line only."""
        if isinstance(answer, dict):
            answer = formats.address(answer)
        return plain(answer, lines=self.lines) if isinstance(answer, str) else answer


class LongTextQuestion(TextQuestion):
    """A text on several lines."""

    kin = frozenset({QuestionType.TEXT, QuestionType.ADDRESS})
    lines = True
    default_length = 5000

    def widget(self, words: Words) -> forms.Widget:
        """A box of five lines."""
        return forms.Textarea(attrs={"rows": 5})


class EmailQuestion(Question):
    """An e-mail address."""

    valid = EmailValidator()

    def widget(self, words: Words) -> forms.Widget:
        """A mail input, which brings the right keyboard."""
        return forms.EmailInput(attrs={"autocomplete": "email"})

    def read(self, raw: Any) -> str | None:
        """Read an address; the part after the @ becomes lower case."""
        text = plain(raw)
        if not text:
            return None
        if "@" not in text:
            raise ValidationError(_("The @ is missing from the e-mail address."), code="email_at")
        try:
            self.valid(text)
        except ValidationError:
            raise ValidationError(
                _("Enter a complete e-mail address, for example anna@example.org."), code="email"
            ) from None
        name, _at, domain = text.rpartition("@")
        return f"{name}@{domain.lower()}"

    def json_schema(self, words: Words) -> dict[str, Any]:
        """A mail address."""
        return {"type": "string", "format": "email"}


class PhoneQuestion(Question):
    """A phone number, stored as E.164. Numbers without country code are Belgian."""

    short = True

    def widget(self, words: Words) -> forms.Widget:
        """A phone input, which brings the right keyboard."""
        return forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"})

    def read(self, raw: Any) -> str | None:
        """Read a number with or without country code; it must be possible, not known to be in
        use.
        """
        text = plain(raw)
        if not text:
            return None
        wrong = ValidationError(
            _("Enter a phone number, for example 04 123 45 67 or +32 470 12 34 56."), code="phone"
        )
        if len(text) > 40 or not PHONE_CHARACTERS.fullmatch(text):
            raise wrong
        import phonenumbers  # heavy: the numbers of the world

        try:
            number = phonenumbers.parse(text, "BE")
        except phonenumbers.NumberParseException:
            raise wrong from None
        if not phonenumbers.is_possible_number(number) or number.extension:
            raise wrong
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

    def to_raw(self, answer: Any, locale: str | None = None) -> Any:
        """The number in groups."""
        return formats.phone(answer)

    def show(self, answer: Any, words: Words, options: ShowOptions) -> str:
        """The number in groups."""
        return formats.phone(answer)

    def json_schema(self, words: Words) -> dict[str, Any]:
        """E.164."""
        return {"type": "string", "pattern": r"^\+[1-9][0-9]{3,14}$"}
