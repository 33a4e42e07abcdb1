"""Where people and agents read about a booking; calendars and mails lead there."""

from django.urls import reverse

from rooms.models import Booking


def booking_path(booking: Booking) -> str:
    """Return the path of a booking's page, in the active language."""
    return reverse("booking", args=[booking.reference])


def agent_booking_path(booking: Booking) -> str:
    """Return the path of a booking in the back office, below no language."""
    return reverse("agent-booking", args=[booking.reference])
