"""The journal of a booking in words, for agents."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rooms.enums import BookingEvent

#: Events beside the moves of a booking.
_WORDS: dict[str, str | Promise] = {
    "requested": _("Requested"),
    "rescheduled": _("Moved to another time or room"),
    "residence_corrected": _("Residence corrected, price worked out anew"),
    "title_approved": _("Title shown to everybody"),
    "title_hidden": _("Title no longer shown"),
    "message_sent": _("Message sent"),
    "read": _("Booking read"),
    "handover_out": _("Room handed over"),
    "handover_back": _("Room taken back"),
    "erased": _("Personal data erased"),
}


def words_of_event(event: str) -> str:
    """Return the words of an event by its name; the name itself where nobody has worded it."""
    if event in BookingEvent.values:
        words = str(BookingEvent(event).label)
        return words[:1].upper() + words[1:]
    return str(_WORDS.get(event, event))
