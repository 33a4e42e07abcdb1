"""Invitations by mail (iMIP, RFC 6047): the service invites who booked, and takes the invitation back."""

from collections.abc import Sequence
from dataclasses import replace

from django.utils.translation import gettext as _

from eservices.models import User
from rooms.enums import Audience, BookingState
from rooms.feeds.events import Event, Person, booking_event, line
from rooms.feeds.rendering import Head, calendar_bytes
from rooms.models import Booking

TAKES_PLACE = frozenset({BookingState.CONFIRMED, BookingState.COMPLETED})
TAKEN_BACK = frozenset(
    {BookingState.CANCELLED_BY_REQUESTER, BookingState.CANCELLED_BY_MUNICIPALITY}
)


def invitation(booking: Booking, guest: User) -> tuple[str, bytes] | None:
    """Return method and calendar for a booking as it stands; None while nothing is certain."""
    state = BookingState(booking.state)
    if state not in TAKES_PLACE | TAKEN_BACK:
        return None
    method = "REQUEST" if state in TAKES_PLACE else "CANCEL"
    person = Person(email=guest.email, name=line(guest.get_full_name(), 80))
    event = replace(_mailed(booking), guest=person)
    return method, calendar_bytes(Head(title="", method=method), [event])


def several(title: str, bookings: Sequence[Booking]) -> bytes:
    """Return a file with several bookings: an invitation can hold only one."""
    return calendar_bytes(Head(title=title), [_mailed(booking) for booking in bookings])


def _mailed(booking: Booking) -> Event:
    """The event as its owner's calendar has it, without what the person wrote: mails pass through many hands."""
    event = booking_event(booking, Audience.REQUESTER, told=True)
    if event is None:
        raise ValueError("Who booked always sees the booking.")
    return replace(event, text=_("Reference: %(reference)s") % {"reference": booking.reference})
