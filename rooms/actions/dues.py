"""What a booking owes: price and deposit as amounts of the core, paid at the counter until online payment joins."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet, Sum

from eservices.actions import charges
from eservices.enums import AmountState
from eservices.errors import AmountNotDue, NotFound
from eservices.models import AmountDue, User
from eservices.money import Money
from rooms.actions import moves, occupancy
from rooms.enums import BookingState
from rooms.models import Booking
from rooms.queries.bookings import booking_for_agent
from rooms.queries.quotes import Quote
from rooms.queries.words import DEPOSIT, PRICE, amount_titles


def amounts_of(booking: Booking) -> QuerySet[AmountDue]:
    """Return what a booking owes or has paid, price first."""
    rows = AmountDue.objects.filter(
        subject_type=Booking._meta.label_lower, subject_id=booking.public_id
    )
    return rows.order_by("pk")


def owe(*, booking: Booking, price: Quote, due_at: datetime, now: datetime) -> list[AmountDue]:
    """Make price and deposit due, each once, in the caller's transaction."""
    made = []
    for cents, words in ((price.total_cents, PRICE), (price.deposit_cents, DEPOSIT)):
        if cents:
            made.append(
                charges.owe(
                    subject=booking,
                    profile_id=booking.profile_id,
                    service="rooms",
                    amount=Money(cents),
                    titles=amount_titles(booking.room, booking.starts_at, words),
                    due_at=due_at,
                    now=now,
                )
            )
    return made


def paid_cents(booking: Booking) -> int:
    """Return the cents that were paid for a booking, its deposit included."""
    paid = amounts_of(booking).filter(state=AmountState.PAID).aggregate(cents=Sum("amount_cents"))
    return paid["cents"] or 0


def booking_of(amount: AmountDue) -> Booking:
    """Return the booking that owes an amount; raises NotFound."""
    booking = Booking.objects.filter(public_id=amount.subject_id).select_related("room").first()
    if booking is None or amount.subject_type != Booking._meta.label_lower:
        raise NotFound
    return booking


def awaited(amount: AmountDue, by: User) -> Booking:
    """Return the booking that waits for an amount, its units and then itself locked, for an agent of its room.

    An amount that is paid is nobody's to judge here: the core knows the receipt. Raises NotFound, and AmountNotDue when
    the booking no longer waits for money.
    """
    booking = booking_of(amount)
    booking_for_agent(by, booking.reference)
    occupancy.lock_units(booking.room)
    row = moves.locked(booking)
    paid = AmountDue.objects.filter(pk=amount.pk, state=AmountState.PAID).exists()
    if row.state != BookingState.AWAITING_PAYMENT and not paid:
        raise AmountNotDue
    return row


def give_up(booking: Booking) -> int:
    """Cancel what is still due of a booking that ends; what is paid stays paid. Returns how many there were."""
    return amounts_of(booking).filter(state=AmountState.DUE).update(state=AmountState.CANCELLED)


def unpaid(*, now: datetime) -> Iterable[Booking]:
    """Return the bookings whose time to pay is over."""
    ids = AmountDue.objects.filter(
        state=AmountState.DUE, due_at__lte=now, subject_type=Booking._meta.label_lower
    ).values_list("subject_id", flat=True)
    rows = Booking.objects.filter(state=BookingState.AWAITING_PAYMENT, public_id__in=list(ids))
    return rows.select_related("room")
