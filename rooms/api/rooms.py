"""GET /api/v1/rooms/: which rooms there are, everything about one, when they are free; for anyone."""

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import override
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from eservices.api.caching import kept
from rooms.api.base import (
    FROM,
    LOCALE,
    NOT_MODIFIED,
    PROBLEM,
    TO,
    DayField,
    PublicView,
    StateSerializer,
    states_of,
)
from rooms.api.room_shapes import (
    FoundRoomSerializer,
    RoomDetailSerializer,
    detail_row,
    found_row,
)
from rooms.forms.search import RoomsQueryForm
from rooms.models import Room, RoomTerms
from rooms.queries.availability import availability, room_named, shown_rooms
from rooms.queries.clock import local, today
from rooms.queries.periods import read_period
from rooms.queries.pictures import LARGE, PHOTOS, SMALL, words_of_rooms
from rooms.queries.search import find_rooms
from rooms.queries.tariffs import kind_of
from rooms.queries.timeline import timeline


def _codes(name: str, words: str) -> OpenApiParameter:
    return OpenApiParameter(name, OpenApiTypes.STR, many=True, description=words)


FILTERS = [
    LOCALE,
    OpenApiParameter("day", OpenApiTypes.DATE, description="Free on this day."),
    OpenApiParameter("start", OpenApiTypes.STR, description="From this hour on (HH:MM)."),
    OpenApiParameter("end", OpenApiTypes.STR, description="Until this hour (HH:MM)."),
    OpenApiParameter("minutes", OpenApiTypes.INT, description="Or for so long."),
    OpenApiParameter("people", OpenApiTypes.INT, description="Holds so many."),
    _codes("equipment", "Codes of equipment, all of which must be there."),
    _codes("access", "Codes of accessibility."),
    _codes("tag", "Codes of what it suits."),
    OpenApiParameter("site", OpenApiTypes.STR, description="Code of a site."),
    OpenApiParameter("q", OpenApiTypes.STR, description="Words to look for."),
]


class RoomListSerializer(serializers.Serializer[Any]):
    """All rooms that suit: a municipality has some dozens."""

    count = serializers.IntegerField()
    results = FoundRoomSerializer(many=True)


class RoomStatesSerializer(serializers.Serializer[Any]):
    """When one room is free, to the minute and without a gap; never who has it."""

    room = serializers.CharField()
    states = StateSerializer(many=True)


class AvailabilitySerializer(serializers.Serializer[Any]):
    """When rooms are free in some days, the last one included."""

    first = DayField()
    last = DayField()
    results = RoomStatesSerializer(many=True)


class RoomsView(PublicView):
    """The list."""

    @extend_schema(
        operation_id="rooms_list",
        summary="Rooms that suit, those that are free first",
        parameters=FILTERS,
        responses={200: RoomListSerializer, 304: NOT_MODIFIED, 404: PROBLEM, 422: PROBLEM},
        tags=["rooms"],
    )
    def get(self, request: Request) -> HttpResponse:
        """List them with the price for the profile in use, else for a person."""
        language = self.language()
        form = RoomsQueryForm(request.query_params)
        if not form.is_valid():
            raise serializers.ValidationError(form.errors)
        filters, now, kind = form.filters(), timezone.now(), kind_of(self.viewer)
        with override(language):
            found = find_rooms(filters, now=now)
            words = words_of_rooms([row.room for row in found])
            day = filters.day or local(now).date()
            rows = [found_row(row, words[row.room.pk], kind, day) for row in found]
            content = RoomListSerializer({"count": len(rows), "results": rows}).data
        return kept(request, content, shared=not self.viewer.is_authenticated)


class RoomView(PublicView):
    """One room."""

    @extend_schema(
        operation_id="rooms_read",
        summary="Everything about a room",
        parameters=[LOCALE],
        responses={200: RoomDetailSerializer, 304: NOT_MODIFIED, 404: PROBLEM},
        tags=["rooms"],
    )
    def get(self, request: Request, code: str) -> HttpResponse:
        """Tell what its page says, with the rules, prices and terms in full."""
        language, kind = self.language(), kind_of(self.viewer)
        room = room_named(code)
        with override(language):
            words = [
                words_of_rooms([room], spec=spec, most=PHOTOS)[room.pk] for spec in (LARGE, SMALL)
            ]
            row = detail_row(room, words, kind, today(), RoomTerms.objects.first())
            content = RoomDetailSerializer(row).data
        return kept(request, content, shared=not self.viewer.is_authenticated)


class RoomAvailabilityView(PublicView):
    """When one room is free."""

    @extend_schema(
        operation_id="rooms_availability",
        summary="When a room is free",
        parameters=[FROM, TO],
        responses={200: AvailabilitySerializer, 304: NOT_MODIFIED, 404: PROBLEM, 422: PROBLEM},
        tags=["rooms"],
    )
    def get(self, request: Request, code: str) -> HttpResponse:
        """Answer in words, without anything about people."""
        return answer(request, [room_named(code)])


class AvailabilityView(PublicView):
    """When several rooms are free."""

    @extend_schema(
        operation_id="rooms_availability_of_many",
        summary="When rooms are free",
        parameters=[FROM, TO, _codes("rooms", "Codes of rooms; all of them without a word.")],
        responses={200: AvailabilitySerializer, 304: NOT_MODIFIED, 404: PROBLEM, 422: PROBLEM},
        tags=["rooms"],
    )
    def get(self, request: Request) -> HttpResponse:
        """Answer for all of them with the same few queries; codes that nobody may see are left out."""
        rooms = shown_rooms()
        if wanted := request.query_params.getlist("rooms"):
            codes = {code for text in wanted for code in text.split(",") if "\0" not in code}
            rooms = rooms.filter(code__in=codes)
        return answer(request, list(rooms))


def answer(request: Request, rooms: list[Room]) -> HttpResponse:
    """Answer when rooms are free in the days that were asked for; raises PeriodRefused."""
    asked, now = request.query_params, timezone.now()
    first, last = read_period(asked.get("from", ""), asked.get("to", ""))
    found = availability(rooms, first, last, now=now)
    content = {
        "first": first.isoformat(),
        "last": last.isoformat(),
        "results": [
            {
                "room": room.code,
                "states": states_of(timeline(found, room, first, last, now=now)),
            }
            for room in rooms
        ],
    }
    return kept(request, content, shared=True)
