"""The history of a booking: as its requester reads it, and in full for agents."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from eservices.enums import Side
from eservices.models import JournalEntry
from eservices.queries.journal import entries_about
from rooms.enums import BookingEvent
from rooms.models import Booking

#: Events beside the moves of a booking.
_WORDS: dict[str, str | Promise] = {
    "requested": gettext_lazy("Requested"),
    "rescheduled": gettext_lazy("Moved to another time or room"),
    "residence_corrected": gettext_lazy("Residence corrected, price worked out anew"),
    "title_approved": gettext_lazy("Title shown to everybody"),
    "title_hidden": gettext_lazy("Title no longer shown"),
    "message_sent": gettext_lazy("Message sent"),
    "read": gettext_lazy("Booking read"),
    "handover_out": gettext_lazy("Room handed over"),
    "handover_back": gettext_lazy("Room taken back"),
    "erased": gettext_lazy("Personal data erased"),
}

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


def words_of_event(event: str) -> str:
    """Return the words of an event by its name; the name itself where nobody has worded it."""
    if event in BookingEvent.values:
        words = str(BookingEvent(event).label)
        return words[:1].upper() + words[1:]
    return str(_WORDS.get(event, event))


@dataclass(frozen=True, kw_only=True)
class JournalLine:
    """One entry of the journal, with its event in words."""

    entry: JournalEntry
    words: str


def journal_of(booking: Booking) -> list[JournalLine]:
    """Return the journal of a booking for agents, newest first."""
    entries = JournalEntry.objects.filter(
        subject_type=Booking._meta.label_lower, subject_id=booking.public_id
    )
    return [
        JournalLine(entry=entry, words=words_of_event(entry.event))
        for entry in entries.select_related("actor").order_by("-sequence")
    ]
