"""Taking units and giving them back. Whoever takes locks the units first, in the order of their keys; the database
refuses what slips through (an exclusion constraint, or triggers on SQLite). Both ways end in `SlotTaken`.
"""

from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from rooms import triggers
from rooms.errors import SlotTaken
from rooms.models import Block, Booking, Occupancy, Room, RoomUnit
from rooms.queries.clock import Span

GUARD = triggers.NAME


def lock_units(*rooms: Room) -> list[int]:
    """Lock the units of the rooms in the order of their keys, so that nobody waits crosswise; returns the keys.

    Must be the first lock of a transaction that takes or gives back units; bookings are locked after them.
    """
    units = RoomUnit.objects.filter(rooms__in=rooms).order_by("pk").distinct().values_list("pk")
    keys = [key for (key,) in units]
    locked = RoomUnit.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=keys)
    return list(locked.order_by("pk").values_list("pk", flat=True))


def take(
    *,
    units: Iterable[int],
    span: Span,
    booking: Booking | None = None,
    block: Block | None = None,
    blocking: bool = True,
) -> None:
    """Take the units (locked by the caller) for a span, buffers included. Raises SlotTaken; then nothing was taken."""
    keys = sorted(units)
    if blocking and _overlapping(keys, span).exists():
        raise SlotTaken(field="starts_at")
    rows = [
        Occupancy(
            unit_id=key,
            booking=booking,
            block=block,
            blocked_from=span.start,
            blocked_until=span.end,
            blocking=blocking,
        )
        for key in keys
    ]
    try:
        with transaction.atomic():
            Occupancy.objects.bulk_create(rows)
    except IntegrityError as refusal:
        if GUARD not in str(refusal):
            raise
        raise SlotTaken(field="starts_at") from refusal


def hold(*, booking: Booking) -> None:
    """Make the rows of a competing request blocking (its units are locked by the caller). Raises SlotTaken."""
    rows = Occupancy.objects.filter(booking=booking)
    for row in rows.filter(blocking=False):
        others = _overlapping([row.unit_id], Span(row.blocked_from, row.blocked_until))
        if others.exclude(booking=booking).exists():
            raise SlotTaken(field="starts_at")
    try:
        with transaction.atomic():
            rows.update(blocking=True)
    except IntegrityError as refusal:
        if GUARD not in str(refusal):
            raise
        raise SlotTaken(field="starts_at") from refusal


def give_back(*, booking: Booking | None = None, block: Block | None = None) -> None:
    """Delete the rows of a booking or a block."""
    rows = (
        Occupancy.objects.filter(booking=booking)
        if booking
        else Occupancy.objects.filter(block=block)
    )
    rows.delete()


def _overlapping(units: list[int], span: Span) -> "QuerySet[Occupancy]":
    return Occupancy.objects.filter(
        unit__in=units, blocking=True, blocked_from__lt=span.end, blocked_until__gt=span.start
    )
