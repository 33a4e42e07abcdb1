"""Days and hours of the day, typed rather than picked."""

import datetime
import re
from collections.abc import Collection, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from eservices import formats
from eservices.questions.base import Fault, Question, ShowOptions, plain
from eservices.questions.conditions import ISO_DATE, ISO_TIME
from eservices.questions.words import Words

DAY_FIRST = re.compile(r"(\d{1,2})\s*[./ -]\s*(\d{1,2})\s*[./ -]\s*(\d{4})", re.ASCII)
YEAR_FIRST = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
SHORT_YEAR = re.compile(r"\d{1,2}\s*[./ -]\s*\d{1,2}\s*[./ -]\s*\d{2}", re.ASCII)
BOUND = re.compile(r"today([+-]\d{1,4})?", re.ASCII)
HOUR = re.compile(
    r"(\d{1,2})(?:\s*[h:.,u ]\s*(\d{2}))?\s*(?:h|u|uur|uhr)?", re.ASCII | re.IGNORECASE
)
FOUR_FIGURES = re.compile(r"(\d{2})(\d{2})", re.ASCII)

EXAMPLE_DAY = datetime.date(2026, 6, 27)
EXAMPLE_HOUR = datetime.time(14, 30)
FIRST_YEAR, LAST_YEAR = 1850, 2200


def bound(text: str, today: datetime.date) -> datetime.date | None:
    """Return the day meant by a limit: "2026-07-14", "today", "today+7" (calendar days); None for
    no limit.
    """
    if not text:
        return None
    if match := BOUND.fullmatch(text):
        return today + datetime.timedelta(days=int(match[1] or 0))
    return datetime.date.fromisoformat(text)


class DateQuestion(Question):
    """A day, stored as ISO text."""

    short = True

    def widget(self, words: Words) -> forms.Widget:
        """A text input: pickers differ by browser, and birth dates are typed faster."""
        return forms.TextInput(attrs={"inputmode": "numeric"})

    def read(self, raw: Any) -> datetime.date | None:
        """Read day, month and year in figures, in this order, or an ISO date."""
        text = plain(raw)
        if not text:
            return None
        if match := DAY_FIRST.fullmatch(text):
            day, month, year = match.groups()
        elif match := YEAR_FIRST.fullmatch(text):
            year, month, day = match.groups()
        elif SHORT_YEAR.fullmatch(text):
            raise ValidationError(
                _("Write the year with four digits, for example %(example)s."),
                code="date_year",
                params={"example": formats.short_date(EXAMPLE_DAY)},
            )
        else:
            raise ValidationError(
                _("Enter a date in figures, for example %(example)s."),
                code="date",
                params={"example": formats.short_date(EXAMPLE_DAY)},
            )
        try:
            value = datetime.date(int(year), int(month), int(day))
        except ValueError:
            value = None
        if value is None or not FIRST_YEAR <= value.year <= LAST_YEAR:
            raise ValidationError(
                _("This date does not exist. Check the day, the month and the year."),
                code="date_unknown",
            )
        return value

    def check(self, value: datetime.date) -> None:
        """Check the earliest and latest day; limits relative to today are computed now, never when
        freezing.
        """
        today = timezone.localdate()
        earliest, latest = bound(self.spec.earliest, today), bound(self.spec.latest, today)
        if earliest and value < earliest:
            raise ValidationError(
                _("The first possible date is %(date)s."),
                code="earliest",
                params={"date": formats.full_date(earliest)},
            )
        if latest and value > latest:
            raise ValidationError(
                _("The last possible date is %(date)s."),
                code="latest",
                params={"date": formats.full_date(latest)},
            )

    def to_json(self, value: datetime.date) -> str:
        """ISO text."""
        return value.isoformat()

    def accepts(self, answer: Any) -> bool:
        """An ISO date as text."""
        return isinstance(answer, str) and ISO_DATE.fullmatch(answer) is not None

    def to_raw(self, answer: Any, locale: str | None = None) -> Any:
        """The day in figures; one that does not exist stays as it is, to be refused by name."""
        try:
            return formats.short_date(datetime.date.fromisoformat(answer), locale)
        except ValueError:
            return answer

    def show(self, answer: Any, words: Words, options: ShowOptions) -> str:
        """The day with its week day."""
        return formats.full_date(datetime.date.fromisoformat(answer), options.locale)

    def json_schema(self, words: Words) -> dict[str, Any]:
        """An ISO date; limits relative to today are in words."""
        limits = [
            f"{name} {text}"
            for name in ("earliest", "latest")
            if (text := getattr(self.spec, name))
        ]
        return {"type": "string", "format": "date"} | (
            {"description": ", ".join(limits)} if limits else {}
        )


class TimeQuestion(Question):
    """An hour of the day, stored as "17:30"."""

    short = True

    def read(self, raw: Any) -> datetime.time | None:
        """Read "17 h 30", "17.30 uur", "17:30", "1730" or "17 h"."""
        text = plain(raw).replace(formats.NBSP, " ")
        if not text:
            return None
        match = FOUR_FIGURES.fullmatch(text) or HOUR.fullmatch(text)
        if match:
            hour, minute = int(match[1]), int(match[2] or 0)
            if hour < 24 and minute < 60:
                return datetime.time(hour, minute)
        raise ValidationError(
            _("Enter a time between 0 and 24 hours, for example %(example)s."),
            code="time",
            params={"example": formats.clock(EXAMPLE_HOUR)},
        )

    def to_json(self, value: datetime.time) -> str:
        """Hours and minutes."""
        return value.strftime("%H:%M")

    def accepts(self, answer: Any) -> bool:
        """Hours and minutes as text."""
        return isinstance(answer, str) and ISO_TIME.fullmatch(answer) is not None

    def to_raw(self, answer: Any, locale: str | None = None) -> Any:
        """The hour as people write it."""
        try:
            return formats.clock(datetime.time.fromisoformat(answer), locale)
        except ValueError:
            return answer

    def show(self, answer: Any, words: Words, options: ShowOptions) -> str:
        """The hour as people write it."""
        return formats.clock(datetime.time.fromisoformat(answer), options.locale)

    def json_schema(self, words: Words) -> dict[str, Any]:
        """Hours and minutes."""
        return {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"}


def order_faults(
    item: Question, answers: Mapping[str, Any], visible: Collection[str]
) -> tuple[Fault, ...]:
    """Refuse a day before the day that another question gives ("from" and "to")."""
    earlier = item.spec.not_before
    start = answers.get(earlier) if earlier and earlier in visible else None
    if not start or answers[item.id] >= start:
        return ()
    day = formats.full_date(datetime.date.fromisoformat(start))
    return (Fault(code="not_before", message=_("Enter %(date)s or a later date.") % {"date": day}),)
