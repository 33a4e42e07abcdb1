"""The agents' acts on bookings by API: the same rules and refusals as the pages of the back office.

Each takes the `revision` that was read: a booking that changed since is left as it is.
"""

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from eservices.actions.amounts import record_payment
from eservices.api.idempotency import IDEMPOTENCY_KEY, answer_once
from eservices.errors import NotFound
from eservices.money import Money
from rooms.actions import decisions, details, dues, handovers
from rooms.api.agent_shapes import FullAgentBookingSerializer
from rooms.api.agents import TAGS, AgentView
from rooms.api.base import PROBLEM, WRITES, SlotSerializer, span_of
from rooms.api.booking_shapes import HandoverSerializer
from rooms.api.bookings import RevisionSerializer
from rooms.enums import HandoverKind
from rooms.models import Booking
from rooms.queries.clock import Span


class ReasonSerializer(RevisionSerializer):
    """The reason, as the person reads it, in their language."""

    reason = serializers.CharField(max_length=2000, allow_blank=True, default="")


class OtherTimeSerializer(RevisionSerializer, SlotSerializer):
    """Another time, in another room if it is named, and why."""

    room = serializers.SlugField(
        max_length=50, required=False, help_text="Code of a room of one's own teams."
    )
    reason = serializers.CharField(max_length=200, allow_blank=True, default="")


class ResidenceSerializer(RevisionSerializer):
    """Whether the lower prices for people of the municipality apply."""

    resident = serializers.BooleanField()


class TitleSerializer(RevisionSerializer):
    """Whether everybody reads the title in calendars."""

    approved = serializers.BooleanField()


class RoomPaymentSerializer(serializers.Serializer[Any]):
    """What was received at the counter; the amount is said again, so that a wrong booking is noticed."""

    amount = serializers.CharField(max_length=40, help_text="Reference of the amount.")
    euros = serializers.DecimalField(max_digits=9, decimal_places=2, help_text="Such as 12.50.")
    receipt = serializers.CharField(
        max_length=60, allow_blank=True, help_text="Number of the receipt that was given."
    )


class NewHandoverSerializer(serializers.Serializer[Any]):
    """Keys out or back; photos come as `multipart/form-data`, `photos`, ten JPG or PNG at most."""

    kind = serializers.ChoiceField(choices=HandoverKind.choices)
    keys = serializers.IntegerField(min_value=0, max_value=50, default=1)
    notes = serializers.CharField(max_length=2000, allow_blank=True, default="")
    damage = serializers.CharField(max_length=2000, allow_blank=True, default="")
    signed_by = serializers.CharField(max_length=160, allow_blank=True, default="")
    signature = serializers.CharField(
        max_length=20_000, allow_blank=True, default="", help_text="SVG path data in 600 by 200."
    )


class PhotosSerializer(NewHandoverSerializer):
    """The same with photos."""

    photos = serializers.ListField(
        child=serializers.FileField(allow_empty_file=True, max_length=None), required=False
    )


def _described(operation: str, summary: str, body: Any) -> Any:
    """Describe one act in the API's schema."""
    return extend_schema_view(
        post=extend_schema(
            operation_id=f"rooms_agent_{operation}",
            summary=summary,
            request=body,
            responses={200: FullAgentBookingSerializer, **WRITES},
            tags=TAGS,
        )
    )


class ActView(AgentView):
    """Base of the acts on one booking; each says which action it is."""

    words: type[serializers.Serializer[Any]] = RevisionSerializer

    def act(self, row: Booking, **given: Any) -> Any:
        """Call the action."""
        raise TypeError(f"{type(self).__name__} must say which act it is.")

    def post(self, request: Request, reference: str) -> Response:
        """Do it, and answer the booking as it is now."""
        row = self.booking(reference)
        given = self.read(self.words, request.data)
        self.room, self.spans = row.room, [Span(row.starts_at, row.ends_at)]
        self.act(row, **given)
        return self.answer(reference)


@_described(
    "confirm", "Say yes; with a price the booking waits for the money first.", RevisionSerializer
)
class ConfirmView(ActView):
    """Say yes. Requests that compete for the time are told that it went to somebody else."""

    def act(self, row: Booking, **given: Any) -> Any:
        return decisions.confirm(booking=row, by=self.agent, revision=given["revision"])


@_described("decline", "Say no, with the reason that the person reads.", ReasonSerializer)
class DeclineView(ActView):
    """Say no."""

    words = ReasonSerializer

    def act(self, row: Booking, **given: Any) -> Any:
        return decisions.decline(booking=row, by=self.agent, **given)


@_described("cancel", "Cancel for the municipality, with the reason.", ReasonSerializer)
class RevokeView(ActView):
    """Cancel for the municipality; it keeps nothing of the price."""

    words = ReasonSerializer

    def act(self, row: Booking, **given: Any) -> Any:
        return decisions.revoke(booking=row, by=self.agent, **given)


@_described("no_show", "Note that nobody came.", RevisionSerializer)
class MissView(ActView):
    """Note that nobody came."""

    def act(self, row: Booking, **given: Any) -> Any:
        return decisions.miss(booking=row, by=self.agent, revision=given["revision"])


class OtherTimeView(ActView):
    """Base of the acts that name another time or room."""

    words = OtherTimeSerializer

    def named(self, row: Booking, given: dict[str, Any]) -> dict[str, Any]:
        """Return what the actions take."""
        room = self.room_named(given["room"]) if "room" in given else row.room
        span = span_of(given)
        self.room, self.spans = room, [span]
        return {
            "booking": row,
            "by": self.agent,
            "revision": given["revision"],
            "span": span,
            "room": room,
            "reason": given["reason"],
        }


@_described(
    "propose", "Propose another time or room; the one asked for stays held.", OtherTimeSerializer
)
class ProposeView(OtherTimeView):
    """Propose another time or room."""

    def act(self, row: Booking, **given: Any) -> Any:
        return decisions.propose(**self.named(row, given))


@_described(
    "move", "Move to another time or room, as agreed; the price stays.", OtherTimeSerializer
)
class MoveView(OtherTimeView):
    """Move, as agreed with the person; the rules of the room do not apply, with the reason."""

    def act(self, row: Booking, **given: Any) -> Any:
        return decisions.reschedule(**self.named(row, given))


@_described("residence", "Correct the residence before the approval.", ResidenceSerializer)
class ResidenceView(ActView):
    """Correct whether the person is from the municipality; the price is worked out anew."""

    words = ResidenceSerializer

    def act(self, row: Booking, **given: Any) -> Any:
        return details.correct_residence(booking=row, by=self.agent, **given)


@_described("title", "Show the title to everybody, or no longer.", TitleSerializer)
class TitleView(ActView):
    """Show the title of a booking in the public calendars, or hide it."""

    words = TitleSerializer

    def act(self, row: Booking, **given: Any) -> Any:
        return details.approve_title(booking=row, by=self.agent, **given)


@_described(
    "payment", "Record that price or deposit was paid at the counter.", RoomPaymentSerializer
)
class PaymentView(ActView):
    """Record a payment at the counter; the same receipt twice is one payment."""

    words = RoomPaymentSerializer

    def act(self, row: Booking, **given: Any) -> Any:
        amount = dues.amounts_of(row).filter(reference=given["amount"]).first()
        if amount is None:
            raise NotFound(field="amount")
        return record_payment(
            amount=amount,
            by=self.agent,
            receipt=given["receipt"],
            received=Money.from_decimal(given["euros"]),
        )


class HandoverView(AgentView):
    """Writes down that keys went out or came back."""

    parser_classes = (JSONParser, MultiPartParser)

    @extend_schema(
        operation_id="rooms_agent_handover",
        summary="Record a handover; it is never changed afterwards",
        parameters=[IDEMPOTENCY_KEY],
        request={
            "application/json": NewHandoverSerializer,
            "multipart/form-data": PhotosSerializer,
        },
        responses={201: HandoverSerializer, **WRITES, 503: PROBLEM},
        tags=TAGS,
    )
    def post(self, request: Request, reference: str) -> Response:
        """Record it."""
        return answer_once(request, self.agent, lambda _key: self.record(reference))

    def record(self, reference: str) -> Response:
        """Call the action."""
        given = self.read(NewHandoverSerializer, self.request.data)
        files: Any = self.request.FILES.getlist("photos") if self.request.FILES else []
        kind = HandoverKind(given.pop("kind"))
        made = handovers.record(
            booking=self.booking(reference), by=self.agent, kind=kind, photos=files, **given
        )
        return Response(HandoverSerializer(made).data, status=201)
