"""A booking as its requester and as agents read it."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from eservices.enums import AmountState, Side, Turn
from eservices.models import AmountDue
from eservices.models.procedures import in_language
from rooms.api.base import LayoutField, MomentField, SlotSerializer
from rooms.api.prices import FullPriceSerializer, euros, price_row
from rooms.enums import BookingState, HandoverKind
from rooms.models import Booking, HandoverRecord
from rooms.queries.bookings import can_cancel
from rooms.queries.clock import Span
from rooms.queries.dues import amounts_of_bookings
from rooms.queries.history import history_of
from rooms.queries.pictures import words_of_rooms
from rooms.queries.quotes import Quote, moved_price
from rooms.queries.words import span_words


class DocumentSerializer(serializers.Serializer[Any]):
    """A document of a booking."""

    id = serializers.UUIDField(source="public_id")
    name = serializers.CharField()
    media_type = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes.")
    sha256 = serializers.CharField()
    side = serializers.ChoiceField(choices=Side.choices)
    created_at = MomentField()


class AmountDueSerializer(serializers.Serializer[Any]):
    """What is to be paid for a booking, or was: its price, its deposit."""

    reference = serializers.CharField(help_text="To be told at the counter.")
    title = serializers.CharField()
    euros = serializers.CharField(help_text="Decimal text such as 12.50.")
    state = serializers.ChoiceField(choices=AmountState.choices)
    due_at = MomentField(allow_null=True)
    paid_at = MomentField(allow_null=True)
    receipt = serializers.CharField()


class ProposalSerializer(SlotSerializer):
    """Another time or room that the municipality proposes, with what it would cost."""

    room = serializers.CharField(help_text="Code of the room.")
    reason = serializers.CharField()
    answer_until = MomentField(allow_null=True)
    price = FullPriceSerializer()


class BookingSerializer(SlotSerializer):
    """A booking in a list. Send `revision` back with each act."""

    reference = serializers.CharField()
    room = serializers.CharField(source="room.code", help_text="Code of the room.")
    title = serializers.SerializerMethodField(help_text="Name of the room.")
    when = serializers.SerializerMethodField(help_text="The time in words.")
    all_day = serializers.BooleanField()
    state = serializers.ChoiceField(choices=BookingState.choices)
    state_text = serializers.CharField(source="get_state_display")
    turn = serializers.ChoiceField(choices=Turn.choices, help_text="Who must act next.")
    revision = serializers.IntegerField()
    series = serializers.UUIDField(source="series.public_id", default=None, allow_null=True)
    purpose = serializers.CharField()
    attendees = serializers.IntegerField()
    total = serializers.SerializerMethodField(help_text="Euros, such as 12.50.")
    deposit = serializers.SerializerMethodField()
    lapses_at = MomentField(
        source="hold_expires_at", allow_null=True, help_text="When an undecided request lapses."
    )
    created_at = MomentField()

    def get_title(self, row: Booking) -> str:
        """In the active language."""
        title: str = self.context["words"][row.room_id].title
        return title

    def get_when(self, row: Booking) -> str:
        """In the active language."""
        return span_words(Span(row.starts_at, row.ends_at), whole_days=row.all_day)

    def get_total(self, row: Booking) -> str:
        """As it was shown when it was sent."""
        return euros(Quote.from_json(row.quote).total_cents)

    def get_deposit(self, row: Booking) -> str:
        """As it was shown when it was sent."""
        return euros(Quote.from_json(row.quote).deposit_cents)


class FactSerializer(serializers.Serializer[Any]):
    """What happened to a booking."""

    at = MomentField()
    text = serializers.CharField()
    by = serializers.CharField()
    reason = serializers.CharField()


class HandoverSerializer(serializers.Serializer[Any]):
    """That keys went out or came back."""

    id = serializers.UUIDField(source="public_id")
    kind = serializers.ChoiceField(choices=HandoverKind.choices)
    at = MomentField()
    keys = serializers.IntegerField()
    notes = serializers.CharField()
    damage = serializers.CharField()
    signed_by = serializers.CharField()
    signature = serializers.CharField(help_text="SVG path data; empty when only typed.")
    photos = DocumentSerializer(many=True, source="photos.all")


class FullBookingSerializer(BookingSerializer):
    """Everything about a booking."""

    layout = LayoutField(allow_blank=True)
    setup = serializers.CharField()
    extras = serializers.DictField(child=serializers.IntegerField())
    resident = serializers.BooleanField()
    public_title = serializers.CharField()
    public_title_approved = serializers.BooleanField()
    reason = serializers.CharField(help_text="Why it was declined, cancelled or proposed anew.")
    terms = serializers.IntegerField(source="terms.number", default=None, allow_null=True)
    buffer_before = serializers.IntegerField()
    buffer_after = serializers.IntegerField()
    decided_at = MomentField(allow_null=True)
    fee_kept = serializers.SerializerMethodField(
        help_text="What is kept after a late cancellation; null before."
    )
    price = serializers.SerializerMethodField()
    amounts = serializers.SerializerMethodField()
    proposal = serializers.SerializerMethodField()
    documents = serializers.SerializerMethodField(help_text="Those of messages stand there.")
    handovers = serializers.SerializerMethodField()

    def get_fee_kept(self, row: Booking) -> str | None:
        """Decimal text."""
        return None if row.fee_kept_cents is None else euros(row.fee_kept_cents)

    @extend_schema_field(FullPriceSerializer)
    def get_price(self, row: Booking) -> Any:
        """As it was shown when it was sent."""
        return FullPriceSerializer(price_row(Quote.from_json(row.quote))).data

    @extend_schema_field(AmountDueSerializer(many=True))
    def get_amounts(self, row: Booking) -> Any:
        """Price and deposit, once they are due."""
        rows = [amount_row(amount) for amount in amounts_of_bookings([row]).get(row.pk, [])]
        return AmountDueSerializer(rows, many=True).data

    @extend_schema_field(ProposalSerializer(allow_null=True))
    def get_proposal(self, row: Booking) -> Any:
        """The proposed time; null when none is open."""
        found = proposal_row(row)
        return ProposalSerializer(found).data if found else None

    @extend_schema_field(DocumentSerializer(many=True))
    def get_documents(self, row: Booking) -> Any:
        """Documents that were sent with the request."""
        rows = row.documents.filter(message=None, handover=None)
        return DocumentSerializer(rows, many=True).data

    @extend_schema_field(HandoverSerializer(many=True))
    def get_handovers(self, row: Booking) -> Any:
        """Handovers with their photos."""
        return HandoverSerializer(handovers_of(row), many=True).data


class OwnBookingSerializer(FullBookingSerializer):
    """A booking as its requester reads it."""

    url = serializers.SerializerMethodField(help_text="Path of the page for people.")
    calendar = serializers.SerializerMethodField(help_text="Path of the file for calendars.")
    can_cancel = serializers.SerializerMethodField(help_text="Whether it can be given up now.")
    history = serializers.SerializerMethodField()

    def get_url(self, row: Booking) -> str:
        """In the active language."""
        return reverse("booking", args=[row.reference])

    def get_calendar(self, row: Booking) -> str:
        """A calendar with this event."""
        return reverse("api-booking-calendar", args=[row.reference])

    def get_can_cancel(self, row: Booking) -> bool:
        """Whether it can be taken back or cancelled."""
        return can_cancel(row, now=timezone.now())

    @extend_schema_field(FactSerializer(many=True))
    def get_history(self, row: Booking) -> Any:
        """What happened, oldest first."""
        return FactSerializer(history_of(row), many=True).data


def amount_row(amount: AmountDue) -> dict[str, Any]:
    """Return what is to be paid, in the active language."""
    return {
        "reference": amount.reference,
        "title": in_language(amount.titles),
        "euros": euros(amount.amount_cents),
        "state": amount.state,
        "due_at": amount.due_at,
        "paid_at": amount.paid_at,
        "receipt": amount.receipt,
    }


def proposal_row(booking: Booking) -> dict[str, Any] | None:
    """Return the proposed time with its price; None when none is open."""
    room, start, end = booking.proposed_room, booking.proposed_starts_at, booking.proposed_ends_at
    if booking.state != BookingState.PROPOSED or room is None or start is None or end is None:
        return None
    return {
        "room": room.code,
        "starts_at": start,
        "ends_at": end,
        "reason": booking.reason,
        "answer_until": booking.hold_expires_at,
        "price": price_row(moved_price(booking, room, Span(start, end))),
    }


def handovers_of(booking: Booking) -> Sequence[HandoverRecord]:
    """Return the handovers of a booking with their photos."""
    return list(booking.handovers.prefetch_related("photos"))


def context_of(bookings: Sequence[Booking]) -> dict[str, Any]:
    """Return what the shapes of these bookings need: the names of their rooms, three queries at most."""
    return {"words": words_of_rooms([booking.room for booking in bookings], most=0)}


def full_rows(bookings: Sequence[Booking]) -> list[dict[str, Any]]:
    """Return bookings with everything, for their requester."""
    rows = OwnBookingSerializer(bookings, many=True, context=context_of(bookings))
    return [dict(row) for row in rows.data]
