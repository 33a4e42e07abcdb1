"""The journal in words, for agents."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from eservices.enums import SubmissionEvent
from eservices.models import JournalEntry

#: Events beside the moves of a file.
_WORDS: dict[str, str | Promise] = {
    "start": _("Draft started"),
    "prolonged": _("Draft kept longer"),
    "annex_added": _("Document added"),
    "annex_deleted": _("Document deleted"),
    "correction_sent": _("Answers corrected"),
    "annex_taken": _("Document taken into account"),
    "annex_infected": _("Document with a virus deleted"),
    "message_sent": _("Message sent"),
    "note_written": _("Internal note written"),
    "read": _("File read"),
    "request_added": _("Further request to the citizen"),
    "request_changed": _("Request to the citizen changed"),
    "request_withdrawn": _("Request to the citizen withdrawn"),
    "request_answered": _("Request answered"),
    "request_paid": _("Requested amount paid"),
    "opinion_added": _("Opinion requested"),
    "decision_document": _("Document of the decision made"),
    "assigned": _("Given to a colleague"),
    "transferred": _("Sent to another team"),
    "exported": _("File exported in a list"),
    "ebox_published": _("Document put into the eBox"),
    "ebox_opened": _("Document in the eBox opened"),
    "ebox_reminder": _("Reminder of the document in the eBox"),
    "delivery_failed": _("Not delivered electronically"),
    "mail_returned": _("Mail to the citizen came back"),
    "amount_cancelled": _("Amount no longer due"),
    "data_exported": _("Data copied"),
    "membership_declared": _("Declared by the person"),
    "membership_confirmed": _("Membership confirmed"),
    "membership_role_changed": _("Role changed"),
    "membership_ended": _("Membership ended"),
    "mandate_added": _("Mandate added"),
    "mandate_read": _("Mandate read"),
}


def event_words(entry: JournalEntry) -> str:
    """Return what happened; the name of the event itself where nobody has worded it."""
    return words_of_event(entry.event)


def words_of_event(event: str) -> str:
    """Return the words of an event by its name."""
    if event in SubmissionEvent.values:
        return str(SubmissionEvent(event).label)
    return str(_WORDS.get(event, event))
