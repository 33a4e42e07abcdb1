"""What one event of a calendar says to each audience.

Everybody reads that a room is busy, or the title that an agent approved; who booked reads what was asked for; agents
read who booked and what must be ready. No audience reads addresses or phone numbers. All times are UTC, one event for
each time, so that no reader has to know when clocks change.
"""

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from eservices.letterhead import municipality
from rooms.enums import HOLDING, Audience, BookingState
from rooms.models import Block, Booking, Room
from rooms.queries.addresses import agent_booking_path, booking_path
from rooms.queries.words import room_name

#: In these states a booking is still a wish.
TENTATIVE = frozenset({BookingState.PENDING, BookingState.PROPOSED, BookingState.AWAITING_PAYMENT})
TITLE_LENGTH, TEXT_LENGTH = 200, 2000

#: Marks that turn the direction of writing around: they could make a title look like another.
_DIRECTIONS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, kw_only=True)
class Person:
    """A calendar user: the service as organiser, the receiver of a mail as guest."""

    email: str
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class Event:
    """One VEVENT before it is written; texts are clean, times aware."""

    uid: str
    sequence: int
    created: datetime
    changed: datetime
    starts_at: datetime
    ends_at: datetime
    status: str
    title: str
    location: str
    organizer: Person
    text: str = ""
    url: str = ""
    private: bool = True
    guest: Person | None = None

    @property
    def is_cancelled(self) -> bool:
        """Whether it tells that something no longer takes place."""
        return self.status == "CANCELLED"


def line(text: str, length: int = TITLE_LENGTH) -> str:
    """Return a text as one line without control characters, of the most so many characters."""
    return " ".join(_clean(text).split())[:length].strip()


def paragraph(text: str, length: int = TEXT_LENGTH) -> str:
    """Return a text whose lines end in a line feed, without other control characters."""
    lines = (" ".join(_clean(row).split()) for row in text.splitlines())
    return "\n".join(lines).strip()[:length].strip()


def heading(text: str) -> str:
    """Return a name for a whole calendar: without the marks that readers escape differently."""
    return line(re.sub(r"\s*[,;\\]\s*", " - ", line(text))) or "Guichet"


def _clean(text: str) -> str:
    """Replace what no reader shows: control characters, line separators, lone surrogates, marks of direction.

    A backslash before N would be written as a line end by icalendar.
    """
    kept = _DIRECTIONS.sub("", text).replace("\\N", "/N")
    return "".join(
        " " if unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp") else sign for sign in kept
    )


def organizer(room: Room) -> Person:
    """Return the service that invites: the address of the site, else of the municipality, else of our mails."""
    letterhead = municipality(settings.LANGUAGE_CODE)
    address = room.site.email or letterhead.get("email") or settings.DEFAULT_FROM_EMAIL
    name = letterhead.get("name") or urlsplit(settings.PUBLIC_BASE_URL).hostname or "Guichet"
    return Person(email=parseaddr(address)[1], name=line(name, 80).replace('"', "'"))


def place(room: Room) -> str:
    """Return the room and where it stands, on one line."""
    site = room.site
    town = f"{site.postcode} {site.locality}".strip()
    return line(", ".join(filter(None, (shown_name(room), site.name, site.street, town))))


def shown_name(room: Room) -> str:
    """Return what everybody may call the room: one that is not published goes by its site."""
    return room_name(room) if room.published else room.site.name


def booking_event(booking: Booking, audience: Audience, *, told: bool) -> Event | None:
    """Return what a calendar of the audience shows of a booking, in its reader's language; None when nothing.

    `told` says that its readers saw the booking before: when it ends they are told that too.
    """
    state = BookingState(booking.state)
    ended = state not in HOLDING and state not in TENTATIVE
    if audience == Audience.PUBLIC and state not in HOLDING and not told:
        return None
    with translation.override(_language(booking, audience)):
        event = Event(
            uid=booking.uid,
            sequence=booking.sequence,
            created=booking.created_at,
            changed=booking.changed_at,
            starts_at=booking.starts_at,
            ends_at=booking.ends_at,
            status="CANCELLED" if ended else "TENTATIVE" if state in TENTATIVE else "CONFIRMED",
            title=_("Busy: %(room)s") % {"room": line(shown_name(booking.room))},
            location=place(booking.room),
            organizer=organizer(booking.room),
            private=audience != Audience.PUBLIC,
        )
        if audience == Audience.PUBLIC:
            return _for_everybody(event, booking)
        if audience == Audience.REQUESTER:
            return _for_requester(event, booking)
        return _for_agents(event, booking)


def cancelled_in(room: Room, event: Event, *, starts_at: datetime, ends_at: datetime) -> Event:
    """Return the event of a booking as the calendar of the room shows it that the booking left: cancelled."""
    with translation.override(settings.LANGUAGE_CODE):
        return replace(
            event,
            status="CANCELLED",
            starts_at=starts_at,
            ends_at=ends_at,
            title=_("Busy: %(room)s") % {"room": line(shown_name(room))},
            text="",
            location=place(room),
            organizer=organizer(room),
        )


def _language(booking: Booking, audience: Audience) -> str:
    if audience == Audience.REQUESTER:
        return booking.acting_user.language or booking.locale
    return settings.LANGUAGE_CODE


def _for_everybody(event: Event, booking: Booking) -> Event:
    """Whether a booking waits for its money is nobody's business."""
    title = line(booking.public_title, 80)
    status = event.status if event.is_cancelled else "CONFIRMED"
    if booking.public_title_approved and title and not event.is_cancelled:
        return replace(event, status=status, title=title)
    return replace(event, status=status)


def _for_requester(event: Event, booking: Booking) -> Event:
    rows = (
        _("Reference: %(reference)s") % {"reference": booking.reference},
        _("Purpose: %(purpose)s") % {"purpose": line(booking.purpose)},
        _("State: %(state)s") % {"state": booking.get_state_display()},
    )
    return replace(
        event,
        title=line(room_name(booking.room)),
        text=paragraph("\n".join(rows)),
        url=settings.PUBLIC_BASE_URL + booking_path(booking),
    )


def _for_agents(event: Event, booking: Booking) -> Event:
    rows = [
        _("Reference: %(reference)s") % {"reference": booking.reference},
        _("State: %(state)s") % {"state": booking.get_state_display()},
        _("People: %(count)s") % {"count": booking.attendees},
    ]
    if booking.layout:
        rows.append(_("Layout: %(layout)s") % {"layout": booking.get_layout_display()})
    if booking.setup.strip():
        rows.append(_("To prepare: %(what)s") % {"what": line(booking.setup, 500)})
    return replace(
        event,
        title=line(f"{room_name(booking.room)}: {booking.purpose} ({booking.profile.name})"),
        text=paragraph("\n".join(rows)),
        url=settings.PUBLIC_BASE_URL + agent_booking_path(booking),
    )


def block_event(block: Block, audience: Audience, *, gone: bool = False) -> Event | None:
    """Return what a calendar shows of a blocked time; None for people who book, and for one that blocks nothing."""
    if audience == Audience.REQUESTER or (block.clash and audience == Audience.PUBLIC):
        return None
    with translation.override(settings.LANGUAGE_CODE):
        name = line(shown_name(block.room))
        title = _("Busy: %(room)s") % {"room": name}
        if audience == Audience.AGENT:
            title = line(f"{name}: {block.title or block.get_kind_display()}")
        return Event(
            uid=block.uid,
            sequence=block.sequence + gone,
            created=block.created_at,
            changed=block.changed_at,
            starts_at=block.starts_at,
            ends_at=block.ends_at,
            status="CANCELLED" if gone else "CONFIRMED",
            title=title,
            location=place(block.room),
            organizer=organizer(block.room),
            private=audience != Audience.PUBLIC,
        )


def seconds(at: datetime) -> datetime:
    """Return a moment in UTC without its parts of a second, as calendars write it."""
    return at.astimezone(UTC).replace(microsecond=0)
