"""What people say when they ask for a room, and about the dates of a series."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eservices import formats
from rooms.actions.requests import Wish
from rooms.actions.series import Every, Recipe, Wanted
from rooms.enums import Layout
from rooms.errors import RoomTermsNotAccepted
from rooms.forms.search import day_widget
from rooms.models import Room, RoomTerms
from rooms.queries.clock import Span, local

REPEATS = (
    ("", gettext_lazy("No, only this time")),
    (Every.WEEK.value, gettext_lazy("Yes, on the same day of the week")),
    (Every.MONTH.value, gettext_lazy("Yes, once a month (the second Tuesday, for example)")),
)


class RequestForm(forms.Form):
    """All that a request says; what the room does not offer is not asked. The check of rules is the action's."""

    use_required_attribute = False

    purpose = forms.CharField(
        label=gettext_lazy("What do you need the room for?"),
        help_text=gettext_lazy("For example: general meeting, meal, rehearsal."),
        max_length=200,
        error_messages={"required": gettext_lazy("Say what you need the room for.")},
    )
    attendees = forms.IntegerField(
        label=gettext_lazy("How many people?"),
        min_value=1,
        max_value=100_000,
        error_messages={"required": gettext_lazy("Say how many people come.")},
    )
    layout = forms.ChoiceField(
        label=gettext_lazy("How should the room be set up?"),
        required=False,
        widget=forms.RadioSelect,
    )
    setup = forms.CharField(
        label=gettext_lazy("What must be ready?"),
        help_text=gettext_lazy("Tables, stage, keys, access for a van…"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    resident = forms.BooleanField(
        label=gettext_lazy("We are from the municipality"),
        help_text=gettext_lazy("You live here, or your organisation has its seat here."),
        required=False,
    )
    public_title = forms.CharField(
        label=gettext_lazy("Title for everybody"),
        help_text=gettext_lazy(
            "Leave it empty and the calendar only says “Busy”. With a title, everybody reads it once the municipality "
            "has approved it."
        ),
        required=False,
        max_length=80,
    )
    repeat = forms.ChoiceField(
        label=gettext_lazy("Do you need the room again?"),
        required=False,
        choices=REPEATS,
        widget=forms.RadioSelect,
    )
    step = forms.IntegerField(
        label=gettext_lazy("Every how many weeks or months?"),
        required=False,
        min_value=1,
        max_value=12,
        initial=1,
    )
    until = forms.DateField(
        label=gettext_lazy("Until which day?"),
        required=False,
        widget=day_widget(),
    )
    terms = forms.BooleanField(
        label=gettext_lazy("I accept the terms of the rooms"),
        error_messages={"required": RoomTermsNotAccepted.message},
    )

    def __init__(
        self, *args: Any, room: Room, times: Sequence[Span], terms: RoomTerms | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.room, self.times, self.current_terms = room, times, terms
        layouts = [(c.layout, _layout_words(c.layout, c.persons)) for c in room.capacities.all()]
        if layouts:
            self.fields["layout"].choices = [("", _("No preference")), *layouts]  # type: ignore[attr-defined]
        else:
            del self.fields["layout"]
        if not any(tariff.residents_only for tariff in room.tariffs.all()):
            del self.fields["resident"]
        if terms is None:
            del self.fields["terms"]
        if not room.series_allowed or len(times) != 1:
            for name in ("repeat", "step", "until"):
                del self.fields[name]
        for extra in room.extras.all():
            price = formats.price(extra.amount_cents)
            label = _("%(name)s (%(price)s)") % {"name": extra.name, "price": price}
            self.fields[f"extra-{extra.code}"] = _extra_field(label, extra.max_count)
        order = [name for name in self.fields if not name.startswith("extra-") and name != "terms"]
        extras = [name for name in self.fields if name.startswith("extra-")]
        self.order_fields([*order[:4], *extras, *order[4:], "terms"])

    def clean(self) -> dict[str, Any]:
        """A series needs its end."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("repeat") and not data.get("until") and "until" not in self.errors:
            self.add_error("until", _("Choose the last day of the series."))
        return data

    @property
    def wish(self) -> Wish:
        """What the request says beside room and times."""
        data = self.cleaned_data
        return Wish(
            purpose=data["purpose"],
            attendees=data["attendees"],
            layout=data.get("layout", ""),
            setup=data["setup"],
            extras=self.extras,
            resident=bool(data.get("resident")),
            public_title=data["public_title"],
            terms=_number(self.data.get("terms_number")) if data.get("terms") else None,
        )

    @property
    def extras(self) -> dict[str, int]:
        """How many of each extra."""
        found = {
            name.removeprefix("extra-"): int(value or 0)
            for name, value in self.cleaned_data.items()
            if name.startswith("extra-")
        }
        return {code: count for code, count in found.items() if count}

    @property
    def recipe(self) -> Recipe | None:
        """The recipe of a series, None for a request without one."""
        data = self.cleaned_data
        if not data.get("repeat"):
            return None
        start, end = local(self.times[0].start), local(self.times[0].end)
        return Recipe(
            first=start.date(),
            start=start.time(),
            end=end.time(),
            every=Every(data["repeat"]),
            step=data.get("step") or 1,
            until=data["until"],
        )


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() else None


def _layout_words(layout: str, persons: int) -> str:
    return _("%(layout)s (at most %(count)s)") % {
        "layout": Layout(layout).label,
        "count": persons,
    }


def _extra_field(label: str, most: int) -> forms.Field:
    if most == 1:
        return forms.BooleanField(label=label, required=False)
    field = forms.TypedChoiceField(
        label=label,
        required=False,
        coerce=int,
        empty_value=0,
        choices=[(str(count), str(count)) for count in range(most + 1)],
    )
    field.is_short = True  # type: ignore[attr-defined]
    return field


@dataclass(frozen=True, kw_only=True)
class PlanRow:
    """The names of the inputs of one date of a series."""

    number: int

    @property
    def names(self) -> dict[str, str]:
        """What each input is called."""
        return {part: f"{part}-{self.number}" for part in ("date", "skip", "start", "end")}


def read_plan(data: Mapping[str, Any]) -> list[Wanted]:
    """Return what was said about each date of a series; what is no date or hour is left out."""
    return list(_rows(data))


def _rows(data: Mapping[str, Any]) -> Iterator[Wanted]:
    for number in range(60):
        names = PlanRow(number=number).names
        day = _day(data.get(names["date"], ""))
        if day is None:
            continue
        start, end = _hour(data.get(names["start"], "")), _hour(data.get(names["end"], ""))
        skip = bool(data.get(names["skip"])) or start is None or end is None
        yield Wanted(day=day, start=start or time(0), end=end or time(1), skip=skip)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _hour(text: str) -> time | None:
    try:
        return datetime.strptime(text[:5], "%H:%M").time()  # noqa: DTZ007  an hour of the wall clock
    except ValueError:
        return None
