"""What agents can do with a booking now; the actions check again."""

from datetime import datetime

from rooms.enums import BookingState
from rooms.models import Booking


def acts_for(booking: Booking, *, now: datetime) -> set[str]:
    """Return the names of the acts that the state of a booking leaves open."""
    state = BookingState(booking.state)
    over = booking.ends_at <= now
    acts = {"write"}
    if state == BookingState.PENDING:
        acts |= {"confirm", "decline", "propose", "residence"} | (set() if over else {"move"})
    elif state == BookingState.PROPOSED:
        acts |= {"decline"}
    elif state == BookingState.AWAITING_PAYMENT:
        acts |= {"pay", "revoke"} | (set() if over else {"move"})
    elif state == BookingState.CONFIRMED:
        acts |= {"revoke", "handover"} | (set() if over else {"move"})
    elif state == BookingState.COMPLETED:
        acts |= {"handover"}
    if state in (BookingState.CONFIRMED, BookingState.COMPLETED) and booking.starts_at <= now:
        acts |= {"miss"}
    if booking.public_title:
        acts |= {"title"}
    return acts
