"""Values that the portal calculates from earlier answers: read, never typed."""

from typing import Any

from django import forms

from eservices import formats
from eservices.money import Money
from eservices.questions.base import Question, ShowOptions
from eservices.questions.words import Words


class CalculatedQuestion(Question):
    """A result, stored as decimal text like a number or, for amounts, like money."""

    def fields(self, words: Words, *, complete: bool) -> dict[str, forms.Field]:
        """No input: nobody types it."""
        return {}

    def read(self, raw: Any) -> None:
        """Nothing is read: the value comes from the formula."""

    def accepts(self, answer: Any) -> bool:
        """No answer from outside is taken."""
        return False

    def show(self, answer: Any, words: Words, options: ShowOptions) -> str:
        """An amount with its euro sign, or a number with its unit."""
        if self.spec.money:
            return formats.money(Money.from_json(answer), options.locale)
        unit = words.unit(self.id)
        figures = formats.number(answer, locale=options.locale)
        return f"{figures}{formats.NBSP}{unit}" if unit else figures

    def json_schema(self, words: Words) -> dict[str, Any]:
        """A decimal as text that the portal writes."""
        return {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$", "readOnly": True}
