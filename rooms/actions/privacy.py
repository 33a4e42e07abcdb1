"""Forgetting bookings: when a person asks, and at the end of their time."""

from collections.abc import Iterable
from datetime import date

from django.core.files.storage import Storage
from django.db import transaction

from eservices.actions import journal
from eservices.contract import ErasureReport
from eservices.enums import Side
from eservices.models import User
from rooms.actions import moves, occupancy
from rooms.enums import BookingEvent, BookingState
from rooms.models import Block, Booking, BookingSeries, FeedToken
from rooms.queries.clock import today as today_in_belgium
from rooms.queries.clock import whole_day
from rooms.queries.copies import ERASABLE, erasure_plan, own_bookings, purgeable

_WAITING = (BookingState.PENDING, BookingState.PROPOSED)


@transaction.atomic
def erase_bookings(user: User, by: User | None) -> ErasureReport:
    """Erase what the person may take back, and the person's addresses of calendars; requests are withdrawn first.

    Bookings that were accepted stay until their day, with what was written about them.
    """
    report = erasure_plan(user)
    side = Side.CITIZEN if by is None or by == user else Side.AGENT
    going = list(own_bookings(user).filter(state__in=ERASABLE))
    occupancy.lock_units(*{booking.room for booking in going})
    for booking in going:
        row = moves.locked(booking)
        if row.state in _WAITING:
            moves.move(booking=row, event=BookingEvent.WITHDRAW, by=user, side=Side.CITIZEN)
        _forget(row, by, side)
    FeedToken.objects.filter(user=user).delete()
    return report


def purge(*, today: date | None = None) -> int:
    """Delete bookings and blocked times whose time of keeping is over; returns how many bookings.

    What was paid stays with the amounts. Doing it twice deletes nothing more.
    """
    day = today or today_in_belgium()
    count = 0
    for booking in purgeable(day):
        with transaction.atomic():
            occupancy.lock_units(booking.room)
            _forget(moves.locked(booking), None, Side.SYSTEM)
        count += 1
    old = day.toordinal() - moves.KEPT_DAYS
    Block.objects.filter(ends_at__lt=whole_day(date.fromordinal(old)).start).delete()
    BookingSeries.objects.filter(bookings=None, created_at__lt=whole_day(day).start).delete()
    return count


def _forget(row: Booking, by: User | None, side: Side) -> None:
    """Delete a booking with its documents; the bytes go once the transaction has succeeded."""
    files = [(item.file.storage, str(item.file.name)) for item in row.documents.all()]
    journal.record(subject=row, event="erased", actor=by, side=side, data={"documents": len(files)})
    row.delete()
    transaction.on_commit(lambda: _delete_bytes(files))


def _delete_bytes(files: Iterable[tuple[Storage, str]]) -> None:
    for storage, name in files:
        storage.delete(name)
