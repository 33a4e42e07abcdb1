"""What people send when they ask for a room: times one by one, or a series with what to do about each date."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from rooms.actions.requests import Wish
from rooms.actions.series import (
    MOST,
    Every,
    PlannedTime,
    Recipe,
    Wanted,
    check_settled,
    plan,
    wanted_of,
)
from rooms.api.base import (
    LARGEST,
    MOST_TIMES,
    DayField,
    HourField,
    LayoutField,
    SlotSerializer,
    span_of,
)
from rooms.models import Room
from rooms.queries.clock import Span


class ChoiceSerializer(serializers.Serializer[Any]):
    """What to do about one date of a series: leave it out, or have other hours."""

    day = DayField()
    skip = serializers.BooleanField(default=False)
    start = HourField(required=False)
    end = HourField(required=False)


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "second Tuesday",
            value={
                "first": "2026-09-08",
                "start": "19:00",
                "end": "22:00",
                "every": "month",
                "until": "2027-06-30",
                "choices": [{"day": "2026-12-08", "skip": True}],
            },
        )
    ]
)
class SeriesSerializer(serializers.Serializer[Any]):
    """A recipe by the clock on the wall: between two and sixty dates. An end that is not later is of the next day."""

    first = DayField()
    start = HourField()
    end = HourField()
    every = serializers.ChoiceField(
        choices=[every.value for every in Every],
        default=Every.WEEK.value,
        help_text="The same day of the week; or of the month, such as the second Tuesday.",
    )
    step = serializers.IntegerField(min_value=1, max_value=12, default=1)
    until = DayField(required=False, help_text="Last day; or `count`.")
    count = serializers.IntegerField(min_value=1, max_value=LARGEST, required=False)
    choices = ChoiceSerializer(
        many=True, default=list, help_text="Dates that stay as they are are left out here."
    )

    def validate_choices(self, value: list[Any]) -> list[Any]:
        """At most as many as a series has dates."""
        if len(value) > MOST:
            raise serializers.ValidationError(_("A series has at most sixty dates."))
        return value


class TimesSerializer(serializers.Serializer[Any]):
    """One or several times of a room, or a series."""

    room = serializers.SlugField(max_length=50, help_text="Code of the room.")
    slots = SlotSerializer(many=True, required=False)
    series = SeriesSerializer(required=False)

    def validate_slots(self, value: list[Any]) -> list[Any]:
        """As many as people can choose on the page."""
        if not 1 <= len(value) <= MOST_TIMES:
            raise serializers.ValidationError(_("Give between one and sixty times."))
        return value

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Either times or a series."""
        if ("slots" in attrs) == ("series" in attrs):
            raise serializers.ValidationError({"slots": _("Give either times or a series.")})
        return attrs


class ExtrasField(serializers.DictField):
    """How many of each extra, by its code."""

    child = serializers.IntegerField(min_value=0, max_value=LARGEST)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(default=dict, **kwargs)


class WishSerializer(serializers.Serializer[Any]):
    """What is asked for beside room and time."""

    purpose = serializers.CharField(max_length=200)
    attendees = serializers.IntegerField(min_value=1, max_value=100_000)
    layout = LayoutField(allow_blank=True, default="")
    setup = serializers.CharField(max_length=1000, allow_blank=True, default="")
    extras = ExtrasField()
    resident = serializers.BooleanField(
        default=False, help_text="From the municipality: lower prices where there are any."
    )
    public_title = serializers.CharField(
        max_length=80,
        allow_blank=True,
        default="",
        help_text="Everybody reads it in calendars once an agent approved it.",
    )
    terms = serializers.IntegerField(
        min_value=0,
        max_value=LARGEST,
        required=False,
        help_text="Number of the terms that are accepted, as `GET /api/v1/rooms/<code>/` names them.",
    )


@dataclass(frozen=True, kw_only=True)
class Times:
    """The times of a request: chosen one by one, or planned by a recipe."""

    spans: Sequence[Span]
    planned: Sequence[PlannedTime] = ()
    recipe: Recipe | None = None


def wish_of(given: Mapping[str, Any]) -> Wish:
    """Return what is asked for beside room and time."""
    names = ("purpose", "attendees", "layout", "setup", "extras", "resident", "public_title")
    return Wish(**{name: given[name] for name in names}, terms=given.get("terms"))


def times_of(room: Room, given: Mapping[str, Any], *, now: datetime) -> Times:
    """Return the times that are asked for; raises SeriesNotFree while something stands against a date, SeriesRefused,
    EndNotLater.
    """
    if "slots" in given:
        return Times(spans=list(dict.fromkeys(span_of(slot) for slot in given["slots"])))
    recipe = recipe_of(given["series"])
    planned = plan(room, wanted_dates(recipe, given["series"]), now=now)
    check_settled(planned)
    spans = [row.span for row in planned if row.is_free and row.span]
    return Times(spans=spans, planned=planned, recipe=recipe)


def recipe_of(given: Mapping[str, Any]) -> Recipe:
    """Return the recipe of a series."""
    return Recipe(
        first=given["first"],
        start=given["start"],
        end=given["end"],
        every=Every(given["every"]),
        step=given["step"],
        until=given.get("until"),
        count=given.get("count"),
    )


def wanted_dates(recipe: Recipe, given: Mapping[str, Any]) -> list[Wanted]:
    """Return the dates of a series with what was said about each. Raises SeriesRefused."""
    said = {row["day"]: row for row in given["choices"]}
    return [
        Wanted(
            day=row.day,
            start=said.get(row.day, {}).get("start", row.start),
            end=said.get(row.day, {}).get("end", row.end),
            skip=said.get(row.day, {}).get("skip", False),
        )
        for row in wanted_of(recipe)
    ]
