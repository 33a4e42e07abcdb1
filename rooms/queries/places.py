"""What depends on a room, and where it stands."""

from django.db.models import QuerySet
from django.utils import timezone

from rooms.models import Booking, Room
from rooms.queries.rules import OPEN_STATES

#: Words of addresses that stand where codes of rooms do: on the pages in every language, and in the API.
RESERVED = frozenset(
    {
        *("agent", "availability", "bookings", "calendars", "dry-run", "quote"),
        *("my-bookings", "mes-reservations", "mijn-reservaties", "meine-buchungen"),
    }
)


def upcoming_bookings(room: Room) -> QuerySet[Booking]:
    """Return the bookings of a room that are not over yet and still count."""
    return Booking.objects.filter(room=room, state__in=OPEN_STATES, ends_at__gt=timezone.now())


def map_url(room: Room) -> str:
    """Return the address of a map that shows the site; empty without its place."""
    site = room.site
    if site.latitude is None or site.longitude is None:
        return ""
    place = f"mlat={site.latitude}&mlon={site.longitude}"
    return f"https://www.openstreetmap.org/?{place}#map=17/{site.latitude}/{site.longitude}"
