"""The cards of the rooms on the dashboard."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from eservices import formats
from eservices.contract import Tile, Viewer
from rooms.enums import BookingState
from rooms.models import Booking
from rooms.queries.bookings import bookings_of
from rooms.queries.clock import Span, local
from rooms.queries.dues import due_days
from rooms.queries.pictures import words_of_rooms
from rooms.queries.words import span_words

WAITING = (BookingState.PROPOSED, BookingState.AWAITING_PAYMENT)
COMING = (BookingState.PENDING, BookingState.CONFIRMED, *WAITING)


def tiles_of(viewer: Viewer) -> Iterator[Tile]:
    """Yield what waits for the person, and the way to a new booking; six queries whatever the number of bookings."""
    coming = list(
        bookings_of(viewer)
        .filter(state__in=COMING, ends_at__gt=timezone.now())
        .order_by("starts_at")
    )
    waiting = [booking for booking in coming if booking.state in WAITING]
    words = words_of_rooms([booking.room for booking in coming])
    due = due_days(waiting)
    for booking in waiting:
        yield _waiting(booking, words[booking.room_id].title, due.get(booking.pk))
    yield Tile(
        key="new-booking",
        title=_("New booking"),
        text=_("See which rooms are free and ask for one."),
        url=reverse("rooms"),
        icon="calendar-plus",
        position=30,
    )
    if coming:
        following = coming[0]
        number = ngettext("%(n)s booking ahead", "%(n)s bookings ahead", len(coming))
        yield Tile(
            key="bookings",
            title=_("My bookings"),
            text=_("%(number)s; the next one: %(room)s, %(day)s.")
            % {
                "number": number % {"n": len(coming)},
                "room": words[following.room_id].title,
                "day": formats.full_date(local(following.starts_at)),
            },
            url=reverse("bookings"),
            icon="calendar-days",
            position=31,
        )


def _waiting(booking: Booking, room: str, pay_until: datetime | None) -> Tile:
    when = span_words(Span(booking.starts_at, booking.ends_at), whole_days=booking.all_day)
    if booking.state == BookingState.PROPOSED:
        text, action = _("The municipality proposes another time."), _("Answer")
        due, icon = booking.hold_expires_at, "calendar-sync"
    else:
        text = _("To pay at the counter. After this date the booking lapses.")
        action, due, icon = _("See the amount"), pay_until, "banknote"
    return Tile(
        key=booking.reference,
        title=_("%(room)s: %(when)s") % {"room": room, "when": when},
        text=text,
        url=reverse("booking", args=[booking.reference]),
        action=action,
        icon=icon,
        waiting=True,
        due=due,
    )
