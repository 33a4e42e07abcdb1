"""What bookings owe, for any number of them with one query."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from eservices.enums import AmountState
from eservices.models import AmountDue
from rooms.models import Booking


def amounts_of_bookings(bookings: Sequence[Booking]) -> dict[int, list[AmountDue]]:
    """Return by key of booking what it owes or has paid, price first."""
    keys = {booking.public_id: booking.pk for booking in bookings}
    rows = AmountDue.objects.filter(
        subject_type=Booking._meta.label_lower, subject_id__in=list(keys)
    )
    found: dict[int, list[AmountDue]] = defaultdict(list)
    for row in rows.order_by("pk") if keys else ():
        found[keys[row.subject_id]].append(row)
    return found


def due_days(bookings: Sequence[Booking]) -> dict[int, datetime]:
    """Return by key of booking until when the first of what it still owes must be paid."""
    return {
        key: min(row.due_at for row in rows if row.due_at and row.state == AmountState.DUE)
        for key, rows in amounts_of_bookings(bookings).items()
        if any(row.due_at and row.state == AmountState.DUE for row in rows)
    }
