"""Before a request is sent: what times cost, and how the dates of a series stand. Nothing is changed."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from eservices.actions import ratelimits
from eservices.api.base import ViewerApiView
from eservices.api.requirements import REFUSED
from eservices.enums import ProfileKind
from eservices.errors import DomainError
from eservices.identity.origins import client_address
from rooms.actions.series import Standing, plan
from rooms.api.base import PROBLEM, PublicView, SlotSerializer, planned_rows, slot_of, span_of
from rooms.api.prices import FullPriceSerializer, PriceSerializer, price_row
from rooms.api.wishes import ExtrasField, SeriesSerializer, recipe_of, wanted_dates
from rooms.queries import rules
from rooms.queries.availability import room_named
from rooms.queries.price_lines import sum_of
from rooms.queries.quotes import quote
from rooms.queries.standing import refusals_of
from rooms.queries.tariffs import kind_of

#: So many questions in ten minutes: somebody who looks for a time asks often.
PER_TEN_MINUTES = 300
ANSWERS = {403: REFUSED, 404: PROBLEM, 422: PROBLEM, 429: PROBLEM}


class QuoteQuerySerializer(serializers.Serializer[Any]):
    """What to price: one or several times with the same extras."""

    room = serializers.SlugField(max_length=50, help_text="Code of the room.")
    slots = SlotSerializer(many=True, min_length=1, max_length=60)
    extras = ExtrasField()
    resident = serializers.BooleanField(default=False)
    kind = serializers.ChoiceField(
        choices=ProfileKind.choices,
        required=False,
        help_text="For which kind of profile; that of the profile in use, else a person's, by default.",
    )


class RefusalSerializer(serializers.Serializer[Any]):
    """Why a time cannot be asked for now."""

    code = serializers.CharField()
    title = serializers.CharField()


class PricedSerializer(SlotSerializer):
    """A time with its price, and why it cannot be had, if so."""

    price = FullPriceSerializer()
    refusal = RefusalSerializer(allow_null=True)


class QuoteSerializer(serializers.Serializer[Any]):
    """What times cost; a request that is sent now keeps this price."""

    kind = serializers.ChoiceField(choices=ProfileKind.choices)
    slots = PricedSerializer(many=True)
    sum = PriceSerializer()


class DryRunQuerySerializer(serializers.Serializer[Any]):
    """A series to look at."""

    room = serializers.SlugField(max_length=50, help_text="Code of the room.")
    series = SeriesSerializer()


class PlannedSerializer(serializers.Serializer[Any]):
    """One date of a series, with what stands against it."""

    day = serializers.DateField()
    start = serializers.CharField(help_text="HH:MM by the clock on the wall.")
    end = serializers.CharField()
    starts_at = serializers.DateTimeField(allow_null=True)
    ends_at = serializers.DateTimeField(allow_null=True)
    state = serializers.ChoiceField(choices=[standing.value for standing in Standing])
    why = serializers.CharField(help_text="The rule that refuses it, in words.")


class DryRunSerializer(serializers.Serializer[Any]):
    """A series: it can be sent once every date is free or skipped."""

    count = serializers.IntegerField()
    free = serializers.IntegerField()
    conflicts = serializers.IntegerField(help_text="Dates that are neither free nor skipped.")
    results = PlannedSerializer(many=True)


class QuoteView(PublicView):
    """What times cost."""

    @extend_schema(
        operation_id="rooms_quote",
        summary="What times of a room cost",
        request=QuoteQuerySerializer,
        responses={200: QuoteSerializer, **ANSWERS},
        tags=["rooms"],
    )
    def post(self, request: Request) -> Response:
        """Price one or several times, and say which cannot be had; counted, since anybody may ask."""
        _count(client_address(request._request))
        given = self.read(QuoteQuerySerializer, request.data)
        room, now = room_named(given["room"]), timezone.now()
        spans = [span_of(slot) for slot in given["slots"]]
        kind = given.get("kind") or kind_of(self.viewer)
        for span in spans:  # longer ones have no price, and would be slow to look at
            if rules.is_too_long(room, span):
                rules.check_span(room, span, now=now)
        prices = [
            quote(room, span, kind=kind, resident=given["resident"], extras=given["extras"])
            for span in spans
        ]
        rows = [
            {**slot_of(span), "price": price_row(price), "refusal": _refusal_row(refusal)}
            for span, price, refusal in zip(
                spans, prices, refusals_of(room, spans, now=now), strict=True
            )
        ]
        found = {"kind": kind, "slots": rows, "sum": price_row(sum_of(prices))}
        return Response(QuoteSerializer(found).data)


class DryRunView(ViewerApiView):
    """How the dates of a series stand."""

    @extend_schema(
        operation_id="rooms_dry_run",
        summary="How the dates of a series stand",
        request=DryRunQuerySerializer,
        responses={200: DryRunSerializer, **ANSWERS},
        tags=["rooms"],
    )
    def post(self, request: Request) -> Response:
        """List every date: free, taken, closed, refused by a rule, or left out."""
        _count(str(self.user.public_id))
        given = self.read(DryRunQuerySerializer, request.data)
        room = room_named(given["room"])
        series = given["series"]
        planned = plan(room, wanted_dates(recipe_of(series), series))
        free = sum(row.is_free for row in planned)
        skipped = sum(row.standing == Standing.SKIPPED for row in planned)
        return Response(
            {
                "count": len(planned),
                "free": free,
                "conflicts": len(planned) - free - skipped,
                "results": planned_rows(planned),
            }
        )


def _count(key: str) -> None:
    """Count a question of an address of the network, or of an account; raises TooMany."""
    ratelimits.allow(
        bucket="rooms-quote", key=key, limit=PER_TEN_MINUTES, window=timedelta(minutes=10)
    )


def _refusal_row(refusal: DomainError | None) -> dict[str, str] | None:
    return {"code": refusal.code, "title": str(refusal)} if refusal else None
