"""The form of a room: what it is, when it is open, what it costs, how it is booked; mistakes are said in words."""

from collections.abc import Iterator
from datetime import time
from itertools import combinations
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    InlinePanel,
    MultiFieldPanel,
    ObjectList,
    TabbedInterface,
)

from eservices.models import Team
from rooms.models import OpeningRule, Room
from rooms.queries.places import RESERVED, upcoming_bookings

MINUTES_A_DAY = 24 * 60
_WEEK = 7 * MINUTES_A_DAY


class RoomForm(WagtailAdminModelForm):
    """A room with its hours, prices and capacities; agents give it to their own teams only."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "team" in self.fields and self.for_user and not self.for_user.is_superuser:
            self.fields["team"].queryset = Team.objects.filter(members=self.for_user)

    def clean(self) -> dict[str, Any]:
        """Refuse what contradicts itself, beside the field that can put it right."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self._units(cleaned)
        for low, high in (
            ("min_persons", "max_persons"),
            ("min_minutes", "max_minutes"),
            ("active_from", "active_until"),
        ):
            if _after(cleaned.get(low), cleaned.get(high)):
                self.add_error(high, _("This must not be less than “%s”.") % self[low].label)
        lead, most = cleaned.get("min_lead_hours"), cleaned.get("max_lead_days")
        if lead is not None and most is not None and lead >= most * 24:
            self.add_error("max_lead_days", _("Nobody could book: this is less than the least."))
        for row in self._rows("tariffs"):
            _in_order(row, "valid_from", "valid_until")
        for row in self._rows("opening_rules"):
            _in_order(row, "valid_from", "valid_until")
        for row in self._rows("capacities"):
            persons, largest = row.cleaned_data.get("persons"), cleaned.get("max_persons")
            if _after(persons, largest):
                row.add_error("persons", _("The room is for at most %s people.") % largest)
        self._overlaps()
        return cleaned

    def clean_code(self) -> str:
        """A code is no word that its address has already."""
        code: str = self.cleaned_data["code"]
        if code in RESERVED:
            raise forms.ValidationError(_("This word stands for something else in addresses."))
        return code

    def _units(self, cleaned: dict[str, Any]) -> None:
        units, site = list(cleaned.get("units") or ()), cleaned.get("site")
        if site and any(unit.site_id != site.pk for unit in units):
            self.add_error("units", _("All units must be of the site “%s”.") % site)
        if not self.instance.pk or not units:
            return
        if {unit.pk for unit in units} != set(
            Room.objects.filter(pk=self.instance.pk).values_list("units", flat=True)
        ):
            count = upcoming_bookings(self.instance).count()
            if count:
                self.add_error(
                    "units",
                    ngettext(
                        "%(count)s booking to come holds the units as they are. Make another room instead.",
                        "%(count)s bookings to come hold the units as they are. Make another room instead.",
                        count,
                    )
                    % {"count": count},
                )

    def _overlaps(self) -> None:
        """Say which opening hours of one kind of day overlap."""
        rows = [row for row in self._rows("opening_rules") if not row.errors]
        for one, other in combinations(rows, 2):
            if one.cleaned_data["applies_to"] != other.cleaned_data["applies_to"]:
                continue
            if _share_days(one.cleaned_data, other.cleaned_data) and _share_hours(
                one.cleaned_data, other.cleaned_data
            ):
                words = OpeningRule(
                    **{name: one.cleaned_data[name] for name in ("weekday", "opens", "closes")}
                )
                other.add_error("opens", _("These hours overlap with “%s”.") % words)

    def _rows(self, name: str) -> Iterator[Any]:
        """Yield the valid forms of an inline part that stay."""
        part = self.formsets.get(name)
        if part is None:
            return
        part.is_valid()
        for row in part.forms:
            given = getattr(row, "cleaned_data", None)
            if given and not given.get("DELETE") and not row.errors:
                yield row


def _after(low: Any, high: Any) -> bool:
    return low is not None and high is not None and low > high


def _in_order(row: Any, first: str, last: str) -> None:
    if _after(row.cleaned_data.get(first), row.cleaned_data.get(last)):
        row.add_error(last, _("This must not be less than “%s”.") % row[first].label)


def _share_days(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether the seasons of two rules have a day in common."""
    return not _after(one.get("valid_from"), other.get("valid_until")) and not _after(
        other.get("valid_from"), one.get("valid_until")
    )


def _share_hours(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two rules of the week have a minute in common; a night counts to the day on which it began."""
    (a, b), (c, d) = _minutes(one), _minutes(other)
    return any(a < d + turn and c + turn < b for turn in (-_WEEK, 0, _WEEK))


def _minutes(rule: dict[str, Any]) -> tuple[int, int]:
    opens, closes = (_minute(rule[name]) for name in ("opens", "closes"))
    begin = rule["weekday"] * MINUTES_A_DAY
    return begin + opens, begin + (closes if closes > opens else closes + MINUTES_A_DAY)


def _minute(hour: time) -> int:
    return hour.hour * 60 + hour.minute


def _valid() -> FieldRowPanel:
    return FieldRowPanel([FieldPanel("valid_from"), FieldPanel("valid_until")])


_WHAT = [
    FieldRowPanel([FieldPanel("name"), FieldPanel("code")]),
    FieldRowPanel([FieldPanel("site"), FieldPanel("team")]),
    FieldPanel("units", widget=forms.CheckboxSelectMultiple),
    FieldRowPanel([FieldPanel("published"), FieldPanel("position")]),
    MultiFieldPanel(
        [
            FieldRowPanel([FieldPanel("min_persons"), FieldPanel("max_persons")]),
            FieldPanel("surface"),
            FieldPanel("features", widget=forms.CheckboxSelectMultiple),
        ],
        heading=_("Size and features"),
    ),
    InlinePanel(
        "capacities",
        heading=_("Capacities"),
        label=_("Capacity"),
        panels=[FieldRowPanel([FieldPanel("layout"), FieldPanel("persons")])],
    ),
]
_HOURS = [
    FieldRowPanel([FieldPanel("active_from"), FieldPanel("active_until")]),
    InlinePanel(
        "opening_rules",
        heading=_("Opening hours"),
        label=_("Opening hours"),
        help_text=_(
            "Holidays and closing days follow the rows for public holidays; school holidays those for school holidays, "
            "if there are any."
        ),
        panels=[
            FieldRowPanel([FieldPanel("weekday"), FieldPanel("applies_to")]),
            FieldRowPanel([FieldPanel("opens"), FieldPanel("closes")]),
            _valid(),
        ],
    ),
]
_PRICES = [
    InlinePanel(
        "tariffs",
        heading=_("Tariffs"),
        label=_("Tariff"),
        help_text=_("The cheapest tariff that applies counts. A room without any costs nothing."),
        panels=[
            FieldRowPanel([FieldPanel("profile_kind"), FieldPanel("residents_only")]),
            FieldRowPanel(
                [FieldPanel("unit"), FieldPanel("amount_cents", heading=_("Amount (euros)"))]
            ),
            FieldRowPanel(
                [
                    FieldPanel("deposit_cents", heading=_("Deposit (euros)")),
                    FieldPanel("vat_percent"),
                ]
            ),
            _valid(),
        ],
    ),
    InlinePanel(
        "extras",
        heading=_("Extras"),
        label=_("Extra"),
        panels=[
            FieldPanel("code"),
            FieldPanel("names", heading=_("Name")),
            FieldRowPanel(
                [FieldPanel("amount_cents", heading=_("Amount (euros)")), FieldPanel("max_count")]
            ),
        ],
    ),
]
_RULES = [
    MultiFieldPanel(
        [
            FieldRowPanel([FieldPanel("approval"), FieldPanel("pending_policy")]),
            FieldRowPanel([FieldPanel("pending_days"), FieldPanel("payment_days")]),
        ],
        heading=_("Decision and payment"),
    ),
    MultiFieldPanel(
        [
            FieldRowPanel([FieldPanel("step_minutes"), FieldPanel("whole_days")]),
            FieldRowPanel(
                [
                    FieldPanel("min_minutes"),
                    FieldPanel(
                        "max_minutes",
                        help_text=_("A day has 1440 minutes; of whole days begun ones count."),
                    ),
                ]
            ),
            FieldRowPanel([FieldPanel("min_lead_hours"), FieldPanel("max_lead_days")]),
            FieldRowPanel([FieldPanel("buffer_before"), FieldPanel("buffer_after")]),
        ],
        heading=_("Times"),
    ),
    MultiFieldPanel(
        [
            FieldPanel("kinds"),
            FieldPanel("level"),
            FieldRowPanel([FieldPanel("max_active"), FieldPanel("series_allowed")]),
        ],
        heading=_("Who may book"),
    ),
    MultiFieldPanel(
        [FieldRowPanel([FieldPanel("free_cancel_days"), FieldPanel("late_cancel_percent")])],
        heading=_("Cancellation"),
    ),
]

room_panels = TabbedInterface(
    [
        ObjectList(_WHAT, heading=_("The room")),
        ObjectList(_HOURS, heading=_("Opening hours")),
        ObjectList(_PRICES, heading=_("Prices")),
        ObjectList(_RULES, heading=_("Rules of booking")),
    ],
    base_form_class=RoomForm,
)
