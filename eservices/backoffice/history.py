"""The journal in words, for agents."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from eservices.enums import SubmissionEvent
from eservices.models import JournalEntry

#: Events beside the moves of a file.
_WORDS: dict[str, str | Promise] = {
    "start": _("Draft started"),
    "annex_added": _("Document added"),
    "annex_deleted": _("Document deleted"),
    "read": _("File read"),
}


def event_words(entry: JournalEntry) -> str:
    """Return what happened; the name of the event itself where nobody has worded it."""
    if entry.event in SubmissionEvent.values:
        return str(SubmissionEvent(entry.event).label)
    return str(_WORDS.get(entry.event, entry.event))
