"""What agents put right in a booking beside its time: the title that everybody reads, residence; and who read it."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from eservices.actions import journal
from eservices.enums import Side
from eservices.models import JournalEntry, User
from rooms.actions import moves, occupancy
from rooms.enums import BookingState
from rooms.errors import BookingMoveRefused
from rooms.models import Booking
from rooms.queries.bookings import booking_for_agent
from rooms.queries.clock import Span
from rooms.queries.quotes import quote

#: An agent who looks at a booking several times within an hour has read it once.
READING = timedelta(hours=1)


@transaction.atomic
def approve_title(*, booking: Booking, by: User, revision: int, approved: bool) -> Booking:
    """Let everybody read the title of a booking in calendars, or no longer.

    Raises BookingMoveRefused when it has none or changed meanwhile, NotFound for bookings of other teams.
    """
    row = _checked(booking, by, revision)
    if not row.public_title:
        raise BookingMoveRefused
    event = "title_approved" if approved else "title_hidden"
    return _write(row, by, event, public_title_approved=approved)


@transaction.atomic
def correct_residence(*, booking: Booking, by: User, revision: int, resident: bool) -> Booking:
    """Say whether the person is from the municipality, and work the price out anew: only before it is approved (I5).

    Raises BookingMoveRefused afterwards or when it changed meanwhile, ExtraUnknown when an extra is no longer offered.
    """
    row = _checked(booking, by, revision)
    if row.state != BookingState.PENDING:
        raise BookingMoveRefused
    price = quote(
        row.room,
        Span(row.starts_at, row.ends_at),
        kind=row.profile.kind,
        resident=resident,
        extras=row.extras,
    )
    return _write(row, by, "residence_corrected", resident=resident, quote=price.to_json())


@transaction.atomic
def record_reading(*, booking: Booking, by: User, now: datetime | None = None) -> None:
    """Write down that an agent read a booking (GDPR art. 5.2), once an hour for each agent and booking."""
    Booking.objects.select_for_update(of=("self",)).get(pk=booking.pk)
    read = JournalEntry.objects.filter(
        subject_type=booking._meta.label_lower,
        subject_id=booking.public_id,
        event="read",
        actor=by,
        at__gt=(now or timezone.now()) - READING,
    )
    if not read.exists():
        journal.record(subject=booking, event="read", actor=by, side=Side.AGENT)


def _checked(booking: Booking, by: User, revision: int) -> Booking:
    occupancy.lock_units(booking.room)
    row = moves.locked(booking_for_agent(by, booking.reference))
    if row.revision != revision:
        raise BookingMoveRefused
    return row


def _write(row: Booking, by: User, event: str, **columns: object) -> Booking:
    moves.write(booking=row, columns=columns, now=timezone.now())
    journal.record(subject=row, event=event, actor=by, side=Side.AGENT)
    moves.changed(row, event)
    return row
