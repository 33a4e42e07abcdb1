"""A room as it is answered: in the list, and with everything that its page says."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.urls import reverse
from rest_framework import serializers
from wagtail.rich_text import expand_db_html

from eservices.enums import Level, ProfileKind
from eservices.models.procedures import in_language
from rooms.api.base import DayField, HourField, LayoutField, SlotSerializer, slot_of
from rooms.api.prices import euros
from rooms.enums import (
    Approval,
    DayKind,
    FeatureKind,
    Layout,
    PendingPolicy,
    PriceUnit,
)
from rooms.models import OpeningRule, Room, RoomTerms
from rooms.queries.pictures import RoomWords
from rooms.queries.places import map_url
from rooms.queries.search import FoundRoom
from rooms.queries.tariffs import price_words

_LEVELS = [level.name.lower() for level in Level]


class SizeSerializer(serializers.Serializer[Any]):
    """One size of a photo."""

    url = serializers.CharField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()


class PhotoSerializer(serializers.Serializer[Any]):
    """A photo in its sizes."""

    alt = serializers.CharField(help_text="What is to be seen; empty for a decorative photo.")
    sizes = SizeSerializer(many=True)


class SiteSerializer(serializers.Serializer[Any]):
    """Where a room is."""

    code = serializers.CharField()
    name = serializers.CharField()
    street = serializers.CharField()
    postcode = serializers.CharField()
    locality = serializers.CharField()
    phone = serializers.CharField()
    map_url = serializers.CharField(help_text="Empty when the place is not known.")


class FeatureSerializer(serializers.Serializer[Any]):
    """What is in a room, who can get in, what it suits."""

    code = serializers.CharField()
    kind = serializers.ChoiceField(choices=FeatureKind.choices)
    name = serializers.CharField()


class CapacitySerializer(serializers.Serializer[Any]):
    """How many people a room holds in a layout."""

    layout = LayoutField()
    name = serializers.CharField()
    persons = serializers.IntegerField()


class PriceWordsSerializer(serializers.Serializer[Any]):
    """The price for one kind of profile, in words."""

    kind = serializers.ChoiceField(choices=ProfileKind.choices)
    text = serializers.CharField()
    deposit = serializers.CharField(help_text="Empty without.")
    residents = serializers.CharField(help_text="For people of the municipality; empty when equal.")


class RoomSerializer(serializers.Serializer[Any]):
    """A room of the list."""

    code = serializers.CharField()
    title = serializers.CharField()
    summary = serializers.CharField()
    url = serializers.CharField(help_text="Path of the page for people.")
    site = SiteSerializer()
    photo = PhotoSerializer(allow_null=True)
    min_persons = serializers.IntegerField()
    max_persons = serializers.IntegerField()
    layouts = CapacitySerializer(many=True)
    surface = serializers.IntegerField(allow_null=True, help_text="Square metres.")
    features = FeatureSerializer(many=True)
    whole_days = serializers.BooleanField(help_text="Let for whole days only.")
    price = PriceWordsSerializer()
    accepted = serializers.BooleanField(
        help_text="Whether it is let to the profile in use, or to people while nobody is logged in."
    )


class FoundRoomSerializer(RoomSerializer):
    """A room of the list, with whether it is free."""

    free = serializers.BooleanField(
        allow_null=True, help_text="At the time asked for; null without a day."
    )
    times = SlotSerializer(many=True, help_text="When it is free on the day asked for.")
    next_free = SlotSerializer(allow_null=True, help_text="Without a day: the next free time.")


class OpeningSerializer(serializers.Serializer[Any]):
    """Weekly opening hours by the wall clock; an end that is not later is one of the next day."""

    weekday = serializers.IntegerField(help_text="1 is Monday, 7 is Sunday (ISO 8601).")
    opens = HourField()
    closes = HourField()
    applies_to = serializers.ChoiceField(choices=DayKind.choices)
    valid_from = DayField(allow_null=True)
    valid_until = DayField(allow_null=True)


class TariffSerializer(serializers.Serializer[Any]):
    """One price; the cheapest that applies counts."""

    profile_kind = serializers.ChoiceField(
        choices=ProfileKind.choices, allow_blank=True, help_text="Empty: everybody."
    )
    residents_only = serializers.BooleanField()
    unit = serializers.ChoiceField(choices=PriceUnit.choices)
    amount = serializers.CharField(help_text="Euros, such as 12.50; VAT is in it.")
    deposit = serializers.CharField()
    vat_percent = serializers.CharField()
    valid_from = DayField(allow_null=True)
    valid_until = DayField(allow_null=True)


class ExtraSerializer(serializers.Serializer[Any]):
    """Something that can be had with the room."""

    code = serializers.CharField()
    name = serializers.CharField()
    amount = serializers.CharField(help_text="Euros each.")
    max_count = serializers.IntegerField()


class RulesSerializer(serializers.Serializer[Any]):
    """How the room is booked."""

    step_minutes = serializers.IntegerField(help_text="Times begin and end at these steps.")
    min_minutes = serializers.IntegerField()
    max_minutes = serializers.IntegerField()
    min_lead_hours = serializers.IntegerField()
    max_lead_days = serializers.IntegerField()
    buffer_before = serializers.IntegerField(help_text="Minutes kept free before a booking.")
    buffer_after = serializers.IntegerField()
    active_from = DayField(allow_null=True)
    active_until = DayField(allow_null=True)
    max_active = serializers.IntegerField(
        allow_null=True, help_text="Most open bookings of one profile; null: as many as one likes."
    )
    series_allowed = serializers.BooleanField()
    approval = serializers.ChoiceField(choices=Approval.choices)
    pending_policy = serializers.ChoiceField(choices=PendingPolicy.choices)
    pending_days = serializers.IntegerField(help_text="Working days after which a request lapses.")
    payment_days = serializers.IntegerField()
    free_cancel_days = serializers.IntegerField()
    late_cancel_percent = serializers.IntegerField()
    level = serializers.ChoiceField(
        choices=_LEVELS, help_text="Identification that a request needs."
    )
    kinds = serializers.ListField(
        child=serializers.ChoiceField(choices=ProfileKind.choices),
        help_text="Who may book; empty means everybody.",
    )


class TermsSerializer(serializers.Serializer[Any]):
    """The terms that a request accepts by their number."""

    number = serializers.IntegerField()
    text = serializers.CharField(help_text="HTML.")


class CalendarsSerializer(serializers.Serializer[Any]):
    """Addresses of the room's calendars."""

    ics = serializers.CharField(help_text="To subscribe to: when the room is busy.")
    free_busy = serializers.CharField(help_text="VFREEBUSY; takes from and to.")


class RoomDetailSerializer(RoomSerializer):
    """Everything that the page of a room says."""

    description = serializers.CharField(help_text="HTML.")
    access = serializers.CharField(help_text="How people get in.")
    photos = PhotoSerializer(many=True)
    units = serializers.ListField(child=serializers.CharField(), help_text="Parts of the room.")
    opening_rules = OpeningSerializer(many=True)
    tariffs = TariffSerializer(many=True)
    extras = ExtraSerializer(many=True)
    rules = RulesSerializer()
    terms = TermsSerializer(allow_null=True)
    calendars = CalendarsSerializer()
    request_url = serializers.CharField(help_text="Path of the page on which people ask for it.")


_PLAIN = ("code", "min_persons", "max_persons", "surface", "whole_days")
_RULES = (
    *("step_minutes", "min_minutes", "max_minutes", "min_lead_hours", "max_lead_days"),
    *("buffer_before", "buffer_after", "active_from", "active_until", "max_active"),
    *("series_allowed", "approval", "pending_policy", "pending_days", "payment_days"),
    *("free_cancel_days", "late_cancel_percent"),
)


def room_row(room: Room, words: Sequence[RoomWords], kind: str, day: date) -> dict[str, Any]:
    """Return what the list says of a room in the active language; `words` hold its photos, each in one size."""
    price = price_words(room, kind, day)
    photos = photos_of(words)
    return {
        **{name: getattr(room, name) for name in _PLAIN},
        "title": words[0].title,
        "summary": words[0].summary,
        "url": reverse("room", args=[room.code]),
        "site": site_row(room),
        "photo": photos[0] if photos else None,
        "layouts": [
            {"layout": row.layout, "name": Layout(row.layout).label, "persons": row.persons}
            for row in room.capacities.all()
        ],
        "features": list(room.features.all()),
        "price": {
            "kind": kind,
            "text": price.price,
            "deposit": price.deposit,
            "residents": price.residents,
        },
        "accepted": room.accepts(kind),
    }


def found_row(found: FoundRoom, words: RoomWords, kind: str, day: date) -> dict[str, Any]:
    """Return a room of the list with whether it is free."""
    return {
        **room_row(found.room, [words], kind, day),
        "free": found.free,
        "times": [slot_of(span) for span in found.times],
        "next_free": slot_of(found.next_free) if found.next_free else None,
    }


def detail_row(
    room: Room, words: Sequence[RoomWords], kind: str, day: date, terms: RoomTerms | None
) -> dict[str, Any]:
    """Return everything about a room in the active language; `words` hold its photos in one size each."""
    return {
        **room_row(room, words, kind, day),
        "description": expand_db_html(words[0].description),
        "access": words[0].access,
        "photos": photos_of(words),
        "units": [unit.name for unit in room.units.all()],
        "opening_rules": [_opening(rule) for rule in room.opening_rules.all()],
        "tariffs": [
            {
                "profile_kind": row.profile_kind,
                "residents_only": row.residents_only,
                "unit": row.unit,
                "amount": euros(row.amount_cents),
                "deposit": euros(row.deposit_cents),
                "vat_percent": str(row.vat_percent),
                "valid_from": row.valid_from,
                "valid_until": row.valid_until,
            }
            for row in room.tariffs.all()
        ],
        "extras": [
            {
                "code": row.code,
                "name": row.name,
                "amount": euros(row.amount_cents),
                "max_count": row.max_count,
            }
            for row in room.extras.all()
        ],
        "rules": {
            **{name: getattr(room, name) for name in _RULES},
            "level": Level(room.level).name.lower(),
            "kinds": list(room.kinds),
        },
        "terms": {"number": terms.number, "text": in_language(terms.texts)} if terms else None,
        "calendars": {
            "ics": settings.PUBLIC_BASE_URL + reverse("rooms-calendar", args=[room.code]),
            "free_busy": settings.PUBLIC_BASE_URL + reverse("rooms-free-busy", args=[room.code]),
        },
        "request_url": reverse("room-request", args=[room.code]),
    }


def site_row(room: Room) -> dict[str, Any]:
    """Return where a room is."""
    names = ("code", "name", "street", "postcode", "locality", "phone")
    return {name: getattr(room.site, name) for name in names} | {"map_url": map_url(room)}


def photos_of(words: Sequence[RoomWords]) -> list[dict[str, Any]]:
    """Return the photos, each with all the sizes that were made."""
    return [
        {
            "alt": sizes[0].alt,
            "sizes": [{"url": s.url, "width": s.width, "height": s.height} for s in sizes],
        }
        for sizes in zip(*(row.photos for row in words), strict=True)
    ]


def _opening(rule: OpeningRule) -> dict[str, Any]:
    return {
        "weekday": rule.weekday + 1,
        "opens": rule.opens,
        "closes": rule.closes,
        "applies_to": rule.applies_to,
        "valid_from": rule.valid_from,
        "valid_until": rule.valid_until,
    }
