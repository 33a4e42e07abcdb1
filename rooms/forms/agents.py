"""Forms of agents about bookings."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from eservices.forms.requests import FilesField
from eservices.models import Profile
from rooms.actions.blocks import KINDS
from rooms.enums import BlockKind, HandoverKind, Layout
from rooms.errors import HourMissing
from rooms.models import Room
from rooms.queries.clock import Span, local, moment


class DayInput(forms.DateInput):
    """A day as browsers let one pick it."""

    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class HourInput(forms.TimeInput):
    """An hour as browsers let one pick it."""

    input_type = "time"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%H:%M", **kwargs)


class SpanForm(forms.Form):
    """A time by the clock on the wall; an end that is not later belongs to the next day."""

    day = forms.DateField(label=_("Day"), widget=DayInput)
    start = forms.TimeField(label=_("From"), widget=HourInput)
    last_day = forms.DateField(
        label=_("Last day"),
        widget=DayInput,
        required=False,
        help_text=_("Empty: the same day, or the next when it ends after midnight."),
    )
    end = forms.TimeField(label=_("Until"), widget=HourInput)

    #: The fields of a refusal by their names in actions.
    names = {"starts_at": "start", "ends_at": "end"}  # noqa: RUF012  read only

    def clean(self) -> dict[str, Any]:
        """Work the moments out; an hour that clocks skip is refused beside it."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if {"day", "start", "end"} - set(given):
            return given
        last = given.get("last_day")
        if last is None:
            last = given["day"] + timedelta(days=given["end"] <= given["start"])
        moments = {}
        for name, day in (("start", given["day"]), ("end", last)):
            try:
                moments[name] = moment(day, given[name])
            except HourMissing as refusal:
                self.add_error(name, str(refusal))
        if len(moments) == 2:
            if moments["end"] <= moments["start"]:
                self.add_error("end", _("The end must be later than the start."))
            given["span"] = Span(moments["start"], moments["end"])
        return given


def span_initial(start: datetime, end: datetime) -> dict[str, Any]:
    """Return what the fields of a time begin with."""
    first, last = local(start), local(end)
    usual = first.date() + timedelta(days=last.time() <= first.time())
    shown = {"day": first.date(), "start": first.time(), "end": last.time()}
    return shown | ({} if last.date() == usual else {"last_day": last.date()})


class RoomSpanForm(SpanForm):
    """A room of the agent's teams, and a time."""

    room = forms.ModelChoiceField(
        label=_("Room"), queryset=Room.objects.none(), to_field_name="code", empty_label=None
    )
    field_order = ("room", "day", "start", "last_day", "end")

    def __init__(self, *args: Any, rooms: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["room"].queryset = rooms  # type: ignore[attr-defined]


class MoveForm(RoomSpanForm):
    """Where a booking goes, and why, for the person and for the record."""

    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The person reads it."),
    )


class BlockForm(RoomSpanForm):
    """Why and when a room is not to be had."""

    kind = forms.ChoiceField(label=_("Kind"), choices=[(kind.value, kind.label) for kind in KINDS])
    title = forms.CharField(
        label=_("Title"), required=False, max_length=160, help_text=_("Only agents read it.")
    )

    def clean_kind(self) -> BlockKind:
        """Return the kind itself."""
        return BlockKind(self.cleaned_data["kind"])


class ReasonForm(forms.Form):
    """The reason as the person reads it."""

    reason = forms.CharField(
        label=_("Reason, as the person will read it"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )


class ResidenceForm(forms.Form):
    """Whether the lower prices for people of the municipality apply."""

    resident = forms.BooleanField(label=_("From the municipality"), required=False)


class HandoverForm(forms.Form):
    """Keys out or back, the state of the room, photos, and who signs."""

    kind = forms.ChoiceField(label=_("Kind"), choices=HandoverKind, widget=forms.RadioSelect)
    keys = forms.IntegerField(label=_("Keys"), min_value=0, max_value=50, initial=1)
    notes = forms.CharField(
        label=_("State of the room"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    damage = forms.CharField(
        label=_("Damage"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Leave empty when there is none."),
    )
    photos = FilesField(label=_("Photos"), required=False, help_text=_("JPG or PNG, at most ten."))
    signed_by = forms.CharField(
        label=_("Name of who signs"), required=False, max_length=160, help_text=_("As on the card.")
    )
    signature = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_kind(self) -> HandoverKind:
        """Return the kind itself."""
        return HandoverKind(self.cleaned_data["kind"])


class CounterForm(RoomSpanForm):
    """A booking for somebody who stands at the counter."""

    profile = forms.ChoiceField(label=_("In the name of"))
    purpose = forms.CharField(label=_("Purpose"), max_length=200, required=False)
    attendees = forms.IntegerField(label=_("People"), min_value=1)
    layout = forms.ChoiceField(
        label=_("Layout"), required=False, choices=[("", "–"), *Layout.choices]
    )
    setup = forms.CharField(
        label=_("What must be ready"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    resident = forms.BooleanField(label=_("From the municipality"), required=False)
    accepts = forms.BooleanField(
        label=_("The person has read the terms of the rooms and accepts them."), required=False
    )
    override_reason = forms.CharField(
        label=_("Reason to leave the rules about times"),
        required=False,
        max_length=200,
        help_text=_("Only if the room is to be had outside its hours, steps or lead times."),
    )
    confirm = forms.BooleanField(
        label=_("Confirm at once"),
        required=False,
        initial=True,
        help_text=_("Or ask for the money, if there is a price."),
    )
    field_order = ("profile", "room", "day", "start", "last_day", "end", "purpose", "attendees")

    def __init__(self, *args: Any, profiles: list[Profile], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.profiles = {str(row.public_id): row for row in profiles}
        self.fields["profile"].choices = [(key, row.name) for key, row in self.profiles.items()]  # type: ignore[attr-defined]

    def clean_profile(self) -> Profile:
        """Return the profile itself."""
        return self.profiles[self.cleaned_data["profile"]]
