"""From a yes to a confirmed booking: at once when nothing is to be paid, else once the money is there."""

from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone

from eservices.enums import AmountState, Side
from eservices.models import User
from rooms.actions.dues import amounts_of, owe
from rooms.actions.moves import move
from rooms.enums import BookingEvent
from rooms.models import Booking
from rooms.queries.clock import local, settled_moment
from rooms.queries.quotes import Quote


def accept(
    *,
    booking: Booking,
    by: User | None,
    side: Side,
    event: BookingEvent,
    now: datetime | None = None,
    **changes: Any,
) -> Booking:
    """Confirm a booking whose units are locked: by `event` when it costs nothing, else ask for price and deposit.

    The time to pay ends `payment_days` later, and never after the booking begins. Raises as `move` does.
    """
    now = now or timezone.now()
    price = Quote.from_json(booking.quote)
    decided: dict[str, Any] = {"decided_at": now, **changes}
    if price.is_free:
        return move(booking=booking, event=event, by=by, side=side, **decided)
    last_day = local(now).date() + timedelta(days=booking.room.payment_days)
    due_at = min(settled_moment(last_day, time(23, 59, 59)), booking.starts_at)
    amounts = owe(booking=booking, price=price, due_at=due_at, now=now)
    return move(
        booking=booking,
        event=BookingEvent.CHARGE,
        by=by,
        side=side,
        facts={"amounts": [amount.reference for amount in amounts]},
        **decided,
    )


def settled(booking: Booking) -> bool:
    """Whether everything that the booking owed is paid."""
    rows = amounts_of(booking)
    return (
        not rows.filter(state=AmountState.DUE).exists()
        and rows.filter(state=AmountState.PAID).exists()
    )
