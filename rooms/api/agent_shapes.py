"""Bookings and blocked times as agents read them."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from eservices.enums import Side
from eservices.models import User
from eservices.queries.introducers import Introducer, introducers_of
from rooms.api.base import MomentField, SlotSerializer
from rooms.api.booking_shapes import BookingSerializer, FullBookingSerializer, context_of
from rooms.enums import BlockKind, BookingState
from rooms.models import Block, Booking
from rooms.queries.acts import acts_for
from rooms.queries.board import Taken, conflicts_of
from rooms.queries.history import journal_of


class TakenSerializer(SlotSerializer):
    """What takes or wants a time. Of rooms of other teams only times and state are told."""

    room = serializers.CharField(help_text="Code of the room.")
    kind = serializers.ChoiceField(choices=["booking", *BlockKind.values])
    state = serializers.ChoiceField(choices=BookingState.choices, allow_null=True)
    blocking = serializers.BooleanField(
        help_text="False: it competes, and loses by a confirmation."
    )
    reference = serializers.CharField(help_text="Of a booking of one's own teams, else empty.")
    block = serializers.UUIDField(
        allow_null=True, help_text="Id of a blocked time of one's own teams."
    )
    title = serializers.CharField(help_text="Purpose or title; empty for other teams.")


class RequesterSerializer(serializers.Serializer[Any]):
    """Who asked, and in whose name."""

    in_name_of = serializers.CharField()
    declared = serializers.BooleanField(
        help_text="Nobody confirmed yet that the person acts for the organisation."
    )
    person = serializers.CharField()
    email = serializers.CharField()
    language = serializers.CharField()
    entered_by = serializers.CharField(help_text="The agent who entered it, else empty.")


class AgentBookingSerializer(BookingSerializer):
    """A booking in the agents' list."""

    in_name_of = serializers.SerializerMethodField()
    declared = serializers.SerializerMethodField()
    conflicts = serializers.SerializerMethodField()

    def get_in_name_of(self, row: Booking) -> str:
        """Who asked for it."""
        return self._introducer(row).name

    def get_declared(self, row: Booking) -> bool:
        """Whether that name is only declared."""
        return bool(self._introducer(row).state)

    @extend_schema_field(TakenSerializer(many=True))
    def get_conflicts(self, row: Booking) -> Any:
        """What wants or takes the time beside it."""
        return taken_rows(self.context["conflicts"].get(row.pk, ()))

    def _introducer(self, row: Booking) -> Introducer:
        found: Introducer = self.context["introducers"][row.pk]
        return found


class JournalLineSerializer(serializers.Serializer[Any]):
    """One line of the journal."""

    at = MomentField()
    event = serializers.CharField()
    text = serializers.CharField()
    by = serializers.CharField(help_text="Empty: by itself.")
    side = serializers.ChoiceField(choices=Side.choices)
    reason = serializers.CharField()


class FullAgentBookingSerializer(FullBookingSerializer, AgentBookingSerializer):
    """Everything that agents read of a booking. Reading it is written down."""

    override_reason = serializers.CharField(help_text="Why a rule about times was left.")
    requester = serializers.SerializerMethodField()
    acts = serializers.SerializerMethodField(
        help_text="What its state leaves open, by the last word of the address."
    )
    journal = serializers.SerializerMethodField()

    @extend_schema_field(RequesterSerializer)
    def get_requester(self, row: Booking) -> Any:
        """Who asked."""
        introducer, person = self._introducer(row), row.acting_user
        return {
            "in_name_of": introducer.name,
            "declared": bool(introducer.state),
            "person": person.display_name,
            "email": person.email,
            "language": person.language,
            "entered_by": row.entered_by.display_name if row.entered_by else "",
        }

    def get_acts(self, row: Booking) -> list[str]:
        """The names of the acts."""
        return sorted(ADDRESSES.get(act, act) for act in acts_for(row, now=timezone.now()))

    @extend_schema_field(JournalLineSerializer(many=True))
    def get_journal(self, row: Booking) -> Any:
        """What happened, newest first."""
        lines = [
            {
                "at": line.entry.at,
                "event": line.entry.event,
                "text": line.words,
                "by": line.entry.actor.display_name if line.entry.actor else "",
                "side": line.entry.side,
                "reason": line.entry.reason,
            }
            for line in journal_of(row)
        ]
        return JournalLineSerializer(lines, many=True).data


#: Acts whose addresses have other names.
ADDRESSES: Mapping[str, str] = {
    "miss": "no-show",
    "pay": "payment",
    "revoke": "cancel",
    "write": "messages",
}


class BlockSerializer(SlotSerializer):
    """A time at which a room is not to be had."""

    id = serializers.UUIDField(source="public_id")
    room = serializers.CharField(source="room.code", help_text="Code of the room.")
    kind = serializers.ChoiceField(choices=BlockKind.choices)
    title = serializers.CharField(help_text="Only agents read it.")
    clash = serializers.BooleanField(
        help_text="From another calendar, over a booking: it blocks nothing, somebody must look."
    )


def taken_rows(rows: Sequence[Taken]) -> list[dict[str, Any]]:
    """Return what takes times as it is answered; of other teams only times and state."""
    return [dict(row) for row in TakenSerializer([_taken(row) for row in rows], many=True).data]


def _taken(row: Taken) -> dict[str, Any]:
    booking, block = row.booking, row.block
    own_title = booking.purpose if booking else block.title if block else ""
    return {
        "starts_at": row.start,
        "ends_at": row.end,
        "room": row.room.code,
        "kind": "booking" if booking else block.kind if block else "",
        "state": booking.state if booking else None,
        "blocking": row.blocking,
        "reference": booking.reference if booking and row.own else "",
        "block": block.public_id if block and row.own else None,
        "title": own_title if row.own else "",
    }


def agent_context(bookings: Sequence[Booking], agent: User) -> dict[str, Any]:
    """Return what the shapes of these bookings need; the number of queries does not depend on theirs."""
    return {
        **context_of(bookings),
        "introducers": introducers_of(bookings),  # type: ignore[arg-type]  # a booking has profile and sender too
        "conflicts": conflicts_of(bookings, agent=agent),
    }


def block_row(block: Block) -> dict[str, Any]:
    """Return a blocked time as it is answered."""
    return dict(BlockSerializer(block).data)
