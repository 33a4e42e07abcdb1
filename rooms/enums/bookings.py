"""The life of a booking: its states, what moves it, and who may."""

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from eservices.enums import Side, Turn


class BookingState(TextChoices):
    """Where a booking stands."""

    PENDING = "pending", pgettext_lazy("booking", "Requested")
    PROPOSED = "proposed", pgettext_lazy("booking", "Another time proposed")
    AWAITING_PAYMENT = "awaiting_payment", pgettext_lazy("booking", "To pay")
    CONFIRMED = "confirmed", pgettext_lazy("booking", "Confirmed")
    COMPLETED = "completed", pgettext_lazy("booking", "Over")
    NO_SHOW = "no_show", pgettext_lazy("booking", "Not used")
    DECLINED = "declined", pgettext_lazy("booking", "Declined")
    CONFLICT = "conflict", pgettext_lazy("booking", "Given to another request")
    EXPIRED = "expired", pgettext_lazy("booking", "Lapsed")
    WITHDRAWN = "withdrawn", pgettext_lazy("booking", "Withdrawn")
    CANCELLED_BY_REQUESTER = "cancelled_requester", pgettext_lazy("booking", "Cancelled by you")
    CANCELLED_BY_MUNICIPALITY = (
        "cancelled_municipality",
        pgettext_lazy("booking", "Cancelled by the municipality"),
    )


class BookingEvent(TextChoices):
    """What moves a booking from one state to another."""

    CONFIRM = "confirm", pgettext_lazy("booking event", "confirmed")
    CHARGE = "charge", pgettext_lazy("booking event", "accepted, to be paid")
    PAID = "paid", pgettext_lazy("booking event", "paid")
    UNPAID = "unpaid", pgettext_lazy("booking event", "not paid in time")
    PROPOSE = "propose", pgettext_lazy("booking event", "another time proposed")
    ACCEPT_PROPOSAL = "accept_proposal", pgettext_lazy("booking event", "proposal accepted")
    REFUSE_PROPOSAL = "refuse_proposal", pgettext_lazy("booking event", "proposal refused")
    DECLINE = "decline", pgettext_lazy("booking event", "declined")
    LOSE = "lose", pgettext_lazy("booking event", "time given to another request")
    EXPIRE = "expire", pgettext_lazy("booking event", "lapsed")
    WITHDRAW = "withdraw", pgettext_lazy("booking event", "withdrawn")
    CANCEL = "cancel", pgettext_lazy("booking event", "cancelled by the requester")
    REVOKE = "revoke", pgettext_lazy("booking event", "cancelled by the municipality")
    COMPLETE = "complete", pgettext_lazy("booking event", "over")
    MISS = "miss", pgettext_lazy("booking event", "nobody came")


@dataclass(frozen=True, kw_only=True)
class BookingMove:
    """One arrow of the life of a booking."""

    source: BookingState
    event: BookingEvent
    target: BookingState
    sides: tuple[Side, ...]


def _moves() -> tuple[BookingMove, ...]:
    s, e = BookingState, BookingEvent
    citizen, agent, system = (Side.CITIZEN,), (Side.AGENT,), (Side.SYSTEM,)
    rows = [
        (s.PENDING, e.CONFIRM, s.CONFIRMED, agent + system),
        (s.PENDING, e.CHARGE, s.AWAITING_PAYMENT, agent + system),
        (s.PENDING, e.PROPOSE, s.PROPOSED, agent),
        (s.PENDING, e.DECLINE, s.DECLINED, agent),
        (s.PENDING, e.LOSE, s.CONFLICT, agent + system),
        (s.PENDING, e.EXPIRE, s.EXPIRED, system),
        (s.PENDING, e.WITHDRAW, s.WITHDRAWN, citizen),
        (s.PROPOSED, e.ACCEPT_PROPOSAL, s.CONFIRMED, citizen),
        (s.PROPOSED, e.CHARGE, s.AWAITING_PAYMENT, citizen),
        (s.PROPOSED, e.REFUSE_PROPOSAL, s.PENDING, citizen),
        (s.PROPOSED, e.DECLINE, s.DECLINED, agent),
        (s.PROPOSED, e.LOSE, s.CONFLICT, agent + system),
        (s.PROPOSED, e.EXPIRE, s.EXPIRED, system),
        (s.PROPOSED, e.WITHDRAW, s.WITHDRAWN, citizen),
        (s.AWAITING_PAYMENT, e.PAID, s.CONFIRMED, agent + system),
        (s.AWAITING_PAYMENT, e.UNPAID, s.EXPIRED, system),
        (s.AWAITING_PAYMENT, e.CANCEL, s.CANCELLED_BY_REQUESTER, citizen),
        (s.AWAITING_PAYMENT, e.REVOKE, s.CANCELLED_BY_MUNICIPALITY, agent),
        (s.CONFIRMED, e.CANCEL, s.CANCELLED_BY_REQUESTER, citizen),
        (s.CONFIRMED, e.REVOKE, s.CANCELLED_BY_MUNICIPALITY, agent),
        (s.CONFIRMED, e.COMPLETE, s.COMPLETED, system + agent),
        (s.CONFIRMED, e.MISS, s.NO_SHOW, agent),
        (s.COMPLETED, e.MISS, s.NO_SHOW, agent),
    ]
    return tuple(
        BookingMove(source=source, event=event, target=target, sides=sides)
        for source, event, target, sides in rows
    )


#: The whole life of a booking, one arrow per line; actions move bookings, nothing else does.
BOOKING_MOVES: tuple[BookingMove, ...] = _moves()

#: In these states a booking keeps its units from everybody else; a request does so only where the first one holds.
HOLDING = frozenset(
    {
        BookingState.AWAITING_PAYMENT,
        BookingState.CONFIRMED,
        BookingState.COMPLETED,
        BookingState.NO_SHOW,
    }
)

#: Who must act next.
TURN: dict[BookingState, Turn] = {
    state: Turn.NONE for state in BookingState if state not in (BookingState.PENDING,)
} | {
    BookingState.PENDING: Turn.US,
    BookingState.PROPOSED: Turn.YOU,
    BookingState.AWAITING_PAYMENT: Turn.YOU,
}


class BlockKind(TextChoices):
    """Why a room is not to be had although nobody booked it."""

    MAINTENANCE = "maintenance", _("Maintenance")
    MUNICIPAL = "municipal", _("Used by the municipality")
    EXTERNAL = "external", _("From another calendar")


class HandoverKind(TextChoices):
    """Keys go out, and come back."""

    OUT = "out", _("Room handed over")
    BACK = "back", _("Room taken back")
