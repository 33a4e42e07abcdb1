"""What depends on a room."""

from django.db.models import QuerySet
from django.utils import timezone

from rooms.models import Booking, Room
from rooms.queries.rules import OPEN_STATES


def upcoming_bookings(room: Room) -> QuerySet[Booking]:
    """Return the bookings of a room that are not over yet and still count."""
    return Booking.objects.filter(room=room, state__in=OPEN_STATES, ends_at__gt=timezone.now())
