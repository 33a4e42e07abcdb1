"""Bookings of who is logged in: asked for, read, answered and given up, as on the pages."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from eservices.actions.acting import person_acting
from eservices.api.base import PrivateApiView
from eservices.api.idempotency import IDEMPOTENCY_KEY, answer_once
from eservices.models import User
from eservices.queries.profiles import viewer_in_space
from rooms.actions import decisions
from rooms.actions.series import cancel_series, request_times
from rooms.api.base import (
    LARGEST,
    PAGE,
    PROBLEM,
    READS,
    WRITES,
    DayField,
    with_obstacles,
)
from rooms.api.booking_shapes import (
    BookingSerializer,
    OwnBookingSerializer,
    context_of,
    full_rows,
)
from rooms.api.prices import euros
from rooms.api.wishes import TimesSerializer, WishSerializer, times_of, wish_of
from rooms.enums import Audience, BookingState
from rooms.errors import BookingMoveRefused
from rooms.feeds.events import booking_event
from rooms.feeds.rendering import Head, calendar_bytes
from rooms.models import Booking, Room
from rooms.queries.availability import room_named
from rooms.queries.bookings import (
    booking_for_viewer,
    bookings_of,
    can_cancel,
    cancellable,
    starting_between,
)
from rooms.queries.clock import Span
from rooms.queries.words import room_name

TAGS = ["rooms"]
FROM_DAY = OpenApiParameter("from", OpenApiTypes.DATE, description="Begins on this day or later.")
TO_DAY = OpenApiParameter("to", OpenApiTypes.DATE, description="Begins on this day or earlier.")
OFFSET = OpenApiParameter("offset", OpenApiTypes.INT, description="From which row on.")


class OffsetField(serializers.IntegerField):
    """From which row on a list is answered."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=0, max_value=100_000, default=0, **kwargs)


class PeriodQuery(serializers.Serializer[Any]):
    """Which part of a list; `from` is a word of Python, hence the names are given here."""

    state = serializers.MultipleChoiceField(choices=BookingState.choices, required=False)
    offset = OffsetField()

    def get_fields(self) -> dict[str, Any]:
        """Add the two days."""
        return {
            **super().get_fields(),
            "from": DayField(required=False),
            "to": DayField(required=False),
        }


class BookingListSerializer(serializers.Serializer[Any]):
    """A page of bookings."""

    count = serializers.IntegerField()
    results = BookingSerializer(many=True)


class NewBookingSerializer(TimesSerializer, WishSerializer):
    """What to ask for: the dates of a series that cannot be had are left out or moved (`choices`), else nothing is."""

    profile = serializers.UUIDField(
        required=False, help_text="In whose name (`GET /api/v1/profiles/`); that in use by default."
    )


class MadeSerializer(serializers.Serializer[Any]):
    """The bookings that were made together."""

    count = serializers.IntegerField()
    results = OwnBookingSerializer(many=True)


class RevisionSerializer(serializers.Serializer[Any]):
    """The revision that was read: a booking that changed since is left as it is (`rooms.move_refused`)."""

    revision = serializers.IntegerField(min_value=0, max_value=LARGEST)


class SeenSerializer(RevisionSerializer):
    """A booking of a series as it was read."""

    reference = serializers.CharField(max_length=20)


class CancelSerializer(serializers.Serializer[Any]):
    """The booking as it was read or, to give up all that is to come of a series, each of them."""

    revision = serializers.IntegerField(min_value=0, max_value=LARGEST, required=False)
    series = SeenSerializer(many=True, required=False, max_length=60)


class FeeSerializer(serializers.Serializer[Any]):
    """What giving up one booking costs now."""

    reference = serializers.CharField()
    revision = serializers.IntegerField()
    fee = serializers.CharField(help_text="Euros that the municipality keeps, such as 12.50.")


class CancellationSerializer(FeeSerializer):
    """What giving up costs now, before anybody does."""

    possible = serializers.BooleanField()
    withdrawn = serializers.BooleanField(help_text="A request is taken back, free of charge.")
    free_cancel_days = serializers.IntegerField()
    late_cancel_percent = serializers.IntegerField()
    series = FeeSerializer(many=True, help_text="What can be given up of the whole series.")


class BookingApiView(PrivateApiView):
    """Base of the addresses of bookings; foreign ones do not exist."""

    #: What is wanted, for a refusal that says what is in the way.
    room: Room | None = None
    spans: Sequence[Span] = ()

    def booking(self, reference: str) -> Booking:
        """Return one of the viewer's bookings; raises NotFound."""
        return booking_for_viewer(self.viewer, reference.replace("\0", ""))

    @property
    def person(self) -> User:
        """Who acts; raises ActingReadOnly for an agent who only looks."""
        return person_acting(self.viewer)

    def shown(self, booking: Booking) -> Response:
        """Answer a booking as it stands."""
        return Response(full_rows([self.booking(booking.reference)])[0])

    def handle_exception(self, exc: Exception) -> Response:
        """Add what is in the way of a time, and the revision of a booking that changed."""
        answer = with_obstacles(super().handle_exception(exc), exc, self.room, self.spans)
        if isinstance(exc, BookingMoveRefused) and "reference" in self.kwargs:
            row = self.booking(self.kwargs["reference"])
            answer.data |= {"revision": row.revision, "state": row.state}
        return answer


class BookingsView(BookingApiView):
    """The bookings of the profile in use."""

    @extend_schema(
        operation_id="rooms_bookings_list",
        summary="Bookings of the profile in use, the next ones first",
        parameters=[
            OpenApiParameter("state", OpenApiTypes.STR, many=True, enum=BookingState.values),
            *(FROM_DAY, TO_DAY, OFFSET),
        ],
        responses={200: BookingListSerializer, **READS},
        tags=TAGS,
    )
    def get(self, request: Request) -> Response:
        """List them by time, 50 at a time."""
        asked = self.read(PeriodQuery, request.query_params)
        rows = starting_between(bookings_of(self.viewer), asked.get("from"), asked.get("to"))
        if states := asked.get("state"):
            rows = rows.filter(state__in=states)
        rows = rows.select_related("series").order_by("starts_at", "pk")
        page = list(rows[asked["offset"] : asked["offset"] + PAGE])
        found = {"count": rows.count(), "results": page}
        return Response(BookingListSerializer(found, context=context_of(page)).data)

    @extend_schema(
        operation_id="rooms_bookings_request",
        summary="Ask for a room",
        parameters=[IDEMPOTENCY_KEY],
        request=NewBookingSerializer,
        responses={201: MadeSerializer, **WRITES},
        tags=TAGS,
    )
    def post(self, request: Request) -> Response:
        """Ask for one time, for several together, or for a series: all of them or none."""
        profile = self.viewer.profile
        about = str(profile.public_id) if profile else ""
        return answer_once(request, self.person, self.make, about=about)

    def make(self, key: str) -> Response:
        """Make the bookings."""
        given, now = self.read(NewBookingSerializer, self.request.data), timezone.now()
        viewer = self.viewer
        if "profile" in given:
            viewer = viewer_in_space(viewer, given["profile"])
        room = room_named(given["room"])
        times = times_of(room, given, now=now)
        self.room, self.spans = room, times.spans
        made = request_times(
            viewer=viewer,
            room=room,
            spans=times.spans,
            planned=times.planned,
            recipe=times.recipe,
            wish=wish_of(given),
            key=key,
            locale=get_language() or self.user.language,
            now=now,
        )
        rows = bookings_of(viewer).filter(pk__in=[row.pk for row in made])
        rows = rows.select_related("series", "terms", "profile").order_by("starts_at", "pk")
        content = {"count": len(made), "results": full_rows(list(rows))}
        return Response(content, status=HTTPStatus.CREATED)


class BookingView(BookingApiView):
    """One booking."""

    @extend_schema(
        operation_id="rooms_bookings_read",
        responses={200: OwnBookingSerializer, **READS},
        tags=TAGS,
    )
    def get(self, request: Request, reference: str) -> Response:
        """Read a booking."""
        return self.shown(self.booking(reference))


class CancellationView(BookingApiView):
    """What giving up costs."""

    @extend_schema(
        operation_id="rooms_bookings_cancellation",
        summary="What giving up a booking costs now",
        responses={200: CancellationSerializer, **READS},
        tags=TAGS,
    )
    def get(self, request: Request, reference: str) -> Response:
        """Tell the fee before anything is given up."""
        row, now = self.booking(reference), timezone.now()
        series: list[Booking] = []
        if row.series_id is not None:
            own = bookings_of(self.viewer).filter(series=row.series_id)
            series = list(cancellable(own, now=now))
        return Response(
            {
                **_fee_row(row),
                "possible": can_cancel(row, now=now),
                "withdrawn": row.state in decisions.WAITING,
                "free_cancel_days": row.room.free_cancel_days,
                "late_cancel_percent": row.room.late_cancel_percent,
                "series": [_fee_row(one) for one in series],
            }
        )


def _fee_row(row: Booking) -> dict[str, Any]:
    fee = euros(decisions.fee_now(row, now=timezone.now()))
    return {"reference": row.reference, "revision": row.revision, "fee": fee}


class CancelView(BookingApiView):
    """Gives a booking up, or the rest of its series."""

    @extend_schema(
        operation_id="rooms_bookings_cancel",
        summary="Take a request back, or cancel a booking",
        request=CancelSerializer,
        responses={200: OwnBookingSerializer, **WRITES},
        tags=TAGS,
    )
    def post(self, request: Request, reference: str) -> Response:
        """Give it up; a late cancellation costs what `cancellation/` told."""
        row, given = self.booking(reference), self.read(CancelSerializer, request.data)
        if "series" in given and row.series is not None:
            seen = {one["reference"]: one["revision"] for one in given["series"]}
            cancel_series(series=row.series, viewer=self.viewer, seen=seen)
        else:
            decisions.cancel(booking=row, viewer=self.viewer, revision=given.get("revision", -1))
        return self.shown(row)


class AcceptProposalView(BookingApiView):
    """Takes the proposed time."""

    @extend_schema(
        operation_id="rooms_bookings_accept_proposal",
        request=RevisionSerializer,
        responses={200: OwnBookingSerializer, **WRITES},
        tags=TAGS,
    )
    def post(self, request: Request, reference: str) -> Response:
        """Take it: the booking moves there and is confirmed, or waits for its money."""
        row = self.booking(reference)
        if row.proposed_room and row.proposed_starts_at and row.proposed_ends_at:
            self.room, self.spans = (
                row.proposed_room,
                [Span(row.proposed_starts_at, row.proposed_ends_at)],
            )
        revision = self.read(RevisionSerializer, request.data)["revision"]
        decisions.accept_proposal(booking=row, viewer=self.viewer, revision=revision)
        return self.shown(row)


class DeclineProposalView(BookingApiView):
    """Keeps the first wish."""

    @extend_schema(
        operation_id="rooms_bookings_decline_proposal",
        request=RevisionSerializer,
        responses={200: OwnBookingSerializer, **WRITES},
        tags=TAGS,
    )
    def post(self, request: Request, reference: str) -> Response:
        """Keep it: the request waits for a decision again."""
        row = self.booking(reference)
        revision = self.read(RevisionSerializer, request.data)["revision"]
        decisions.refuse_proposal(booking=row, viewer=self.viewer, revision=revision)
        return self.shown(row)


class CalendarView(BookingApiView):
    """One booking as a file for calendars."""

    @extend_schema(
        operation_id="rooms_bookings_calendar",
        responses={
            (200, "text/calendar"): OpenApiTypes.STR,
            403: PROBLEM,
            404: PROBLEM,
        },
        tags=TAGS,
    )
    def get(self, request: Request, reference: str) -> HttpResponse:
        """Download it."""
        row = self.booking(reference)
        event = booking_event(row, Audience.REQUESTER, told=True)
        content = calendar_bytes(Head(title=room_name(row.room)), [event] if event else [])
        answer = HttpResponse(content, content_type="text/calendar; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="{row.reference}.ics"'
        return answer
