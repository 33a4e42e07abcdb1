"""From one day to another, both included."""

import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from eservices import formats
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
)
from eservices.questions.dates import DateQuestion
from eservices.questions.words import Words

#: The two days of a period with their labels.
PARTS = {"from": pgettext_lazy("first day", "From"), "to": pgettext_lazy("last day", "To")}


class PeriodQuestion(Question):
    """A period, stored as a dict of two ISO days; a draft may hold one of them."""

    short = True

    def fields(self, words: Words, *, complete: bool) -> dict[str, forms.Field]:
        """Return one field per day."""
        return {
            self.name(part): AnswerField(
                self.day,
                label=label,
                widget=self.day.widget(words),
                required=self.spec.required,
                complete=complete,
            )
            for part, label in PARTS.items()
        }

    @property
    def day(self) -> DateQuestion:
        """What reads and checks each of the two days."""
        return DateQuestion(self.spec)

    def name(self, part: str) -> str:
        """Return the HTML name of a part."""
        return f"{self.id}{PART}{part}"

    def raw_from(self, form: forms.BaseForm) -> Any:
        """Return the two days as typed."""
        names = {part: form.add_prefix(self.name(part)) for part in PARTS}
        if not any(name in form.data for name in names.values()):
            return MISSING
        return {part: form.data.get(name) or "" for part, name in names.items()}

    def data_from(self, raw: Any) -> dict[str, list[str]]:
        """Return one input per day."""
        return {self.name(part): [(raw or {}).get(part, "")] for part in PARTS}

    def initial_from(self, raw: Any) -> dict[str, Any]:
        """Return one initial value per day."""
        return {self.name(part): (raw or {}).get(part, "") for part in PARTS}

    def read(self, raw: Any) -> dict[str, datetime.date] | None:
        """Read both days; the first one that is not well formed refuses both."""
        days = {part: self.day.read((raw or {}).get(part)) for part in PARTS}
        return {part: day for part, day in days.items() if day is not None} or None

    def collect(self, raw: Any) -> Collected:
        """Read day by day: a wrong end does not lose the beginning."""
        answer: dict[str, str] = {}
        faults: list[Fault] = []
        for part in PARTS:
            try:
                day = self.day.read((raw or {}).get(part))
            except ValidationError as error:
                faults += faults_of(error, column=part)
            else:
                answer |= {part: day.isoformat()} if day else {}
        return Collected(
            answer=answer or None,
            unfinished=keepable(raw) if faults else None,
            faults=tuple(faults),
        )

    def to_json(self, value: dict[str, datetime.date]) -> dict[str, str]:
        """ISO texts."""
        return {part: day.isoformat() for part, day in value.items()}

    def accepts(self, answer: Any) -> bool:
        """A dict of ISO days with the names of the parts."""
        return (
            isinstance(answer, dict)
            and set(answer) <= set(PARTS)
            and all(self.day.accepts(day) for day in answer.values())
        )

    def to_raw(self, answer: Any, locale: str | None = None) -> Any:
        """Both days in figures."""
        return {part: self.day.to_raw(day, locale) for part, day in answer.items()}

    def complete_faults(self, answer: Any) -> tuple[Fault, ...]:
        """Both days are needed once there is one, and the end does not come before the beginning."""
        missing = tuple(
            Fault(code="required", column=part, message=_("Enter “%(label)s”.") % {"label": label})
            for part, label in PARTS.items()
            if not answer.get(part)
        )
        if missing or answer["to"] >= answer["from"]:
            return missing
        day = formats.full_date(datetime.date.fromisoformat(answer["from"]))
        message = _("Enter %(date)s or a later date.") % {"date": day}
        return (Fault(code="period_order", column="to", message=message),)

    def missing_faults(self, words: Words) -> tuple[Fault, ...]:
        """Ask for each day at its own input."""
        return self.complete_faults({})

    def display(self, answer: Any, words: Words, options: ShowOptions) -> Shown:
        """From when to when; of half a period the day that is there, with its label."""
        if not answer:
            return EMPTY
        days = {part: datetime.date.fromisoformat(day) for part, day in answer.items()}
        if len(days) == len(PARTS) and days["from"] <= days["to"]:
            text = formats.period(days["from"], days["to"], options.locale)
        else:
            text = ", ".join(
                f"{PARTS[part]} {formats.full_date(days[part], options.locale)}"
                for part in PARTS
                if part in days
            )
        return Shown(kind="text", text=text)

    def json_schema(self, words: Words) -> dict[str, Any]:
        """An object of two days; limits are in words."""
        day = self.day.json_schema(words)
        return {
            "type": "object",
            "additionalProperties": False,
            "required": list(PARTS),
            "properties": dict.fromkeys(PARTS, day),
        }
