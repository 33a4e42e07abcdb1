"""What people look for in the list of rooms."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from rooms.enums import FeatureKind
from rooms.errors import HourMissing
from rooms.models import RoomFeature
from rooms.queries.clock import today
from rooms.queries.search import RoomFilters, span_from, span_of

#: No room is let so far ahead.
YEARS_AHEAD = 20
DURATIONS = (60, 120, 180, 240, 360, 480)


def day_widget() -> forms.DateInput:
    """A day as the browser's own calendar gives it."""
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


def time_widget() -> forms.TimeInput:
    """An hour as the browser's own clock gives it."""
    return forms.TimeInput(format="%H:%M", attrs={"type": "time", "step": "900"})


class SearchForm(forms.Form):
    """A GET form: every field may stay empty."""

    use_required_attribute = False
    day = forms.DateField(label=gettext_lazy("Day"), required=False, widget=day_widget())
    start = forms.TimeField(
        label=pgettext_lazy("hour", "From"), required=False, widget=time_widget()
    )
    end = forms.TimeField(
        label=pgettext_lazy("hour", "Until"), required=False, widget=time_widget()
    )
    minutes = forms.TypedChoiceField(
        label=gettext_lazy("Or how long"), required=False, coerce=int, empty_value=0
    )
    people = forms.IntegerField(
        label=gettext_lazy("How many people"), required=False, min_value=1, max_value=100_000
    )
    equipment = forms.MultipleChoiceField(
        label=FeatureKind.EQUIPMENT.label, required=False, widget=forms.CheckboxSelectMultiple
    )
    access = forms.MultipleChoiceField(
        label=FeatureKind.ACCESS.label, required=False, widget=forms.CheckboxSelectMultiple
    )
    tag = forms.MultipleChoiceField(
        label=FeatureKind.TAG.label, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        durations = [(str(m), _("%(hours)s h") % {"hours": m // 60}) for m in DURATIONS]
        self.fields["minutes"].choices = [("", _("Any length")), *durations]  # type: ignore[attr-defined]
        choices: dict[str, list[tuple[str, str]]] = {kind.value: [] for kind in FeatureKind}
        for feature in RoomFeature.objects.all():
            choices[feature.kind].append((feature.code, feature.name))
        for kind, found in choices.items():
            if found:
                self.fields[kind].choices = found  # type: ignore[attr-defined]
            else:
                del self.fields[kind]
        self.fields["day"].widget.attrs["min"] = today().isoformat()

    def clean_day(self) -> date | None:
        """A day that is over has no free room."""
        day: date | None = self.cleaned_data["day"]
        if day and day < today():
            raise forms.ValidationError(_("This day is over. Choose another."))
        if day and day.year > today().year + YEARS_AHEAD:
            raise forms.ValidationError(_("Enter a valid date."))
        return day

    def clean(self) -> dict[str, Any]:
        """Hours need a day and both ends."""
        data: dict[str, Any] = super().clean() or {}
        start, end = data.get("start"), data.get("end")
        if (start or end) and not data.get("day") and "day" not in self.errors:
            self.add_error("day", _("Choose the day too."))
        if start and not end and "end" not in self.errors and not data.get("minutes"):
            self.add_error("end", _("Say until when, or how long."))
        if end and not start and "start" not in self.errors:
            self.add_error("start", _("Say from when."))
        if start and data.get("day") and (end or data.get("minutes")):
            try:
                data["span"] = (
                    span_of(data["day"], start, end)
                    if end
                    else span_from(data["day"], start, data["minutes"])
                )
            except HourMissing as refusal:
                self.add_error("start", str(refusal))
        return data

    def filters(self) -> RoomFilters:
        """Return what is looked for; of a form with mistakes only what is right."""
        data = getattr(self, "cleaned_data", {})
        return RoomFilters(
            day=data.get("day"),
            span=data.get("span"),
            minutes=data.get("minutes") or 0,
            people=data.get("people") or 0,
            site=data.get("site") or "",
            words=data.get("q") or "",
            features=[code for kind in FeatureKind for code in data.get(kind.value, ())],
        )

    @property
    def narrowed(self) -> int:
        """How many of the further filters are chosen: the page shows them open then."""
        data = getattr(self, "cleaned_data", {})
        return sum(len(data.get(kind.value, ())) for kind in FeatureKind)


class RoomsQueryForm(SearchForm):
    """The same by API, with any length, a site, and words to look for."""

    site = forms.SlugField(required=False, max_length=50)
    q = forms.CharField(required=False, max_length=100)
    minutes = forms.IntegerField(required=False, min_value=1, max_value=60 * 24 * 92)  # type: ignore[assignment]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for (
            kind
        ) in FeatureKind:  # a code of a kind of which nothing exists is refused, not overheard
            self.fields.setdefault(kind.value, forms.MultipleChoiceField(required=False))
