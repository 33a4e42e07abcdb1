"""The history of a booking as its requester reads it."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from eservices.enums import Side
from eservices.queries.journal import entries_about
from rooms.enums import BookingEvent
from rooms.models import Booking

_KNOWN = {event.value: event for event in BookingEvent}


@dataclass(frozen=True, kw_only=True)
class BookingFact:
    """One line: when, what, which side, and the reason that was given."""

    at: datetime
    text: str
    by: str
    reason: str = ""


def history_of(booking: Booking) -> list[BookingFact]:
    """Return what happened to a booking, oldest first; messages stand in the discussion."""
    return [
        BookingFact(
            at=entry.at,
            text=_text(entry.event),
            by=_side(Side(entry.side)),
            reason=entry.reason,
        )
        for entry in entries_about(booking)
        if _text(entry.event)
    ]


def _text(event: str) -> str:
    if event in _KNOWN:
        words = str(_KNOWN[event].label)
        return words[:1].upper() + words[1:]
    return {
        "requested": pgettext("booking event", "Requested"),
        "rescheduled": pgettext("booking event", "Moved to another time, as agreed"),
    }.get(event, "")


def _side(side: Side) -> str:
    return {
        Side.CITIZEN: _("by you"),
        Side.AGENT: _("by the municipality"),
        Side.SYSTEM: _("automatically"),
    }[side]
