"""Refusals in the discussion of a file."""

from django.utils.translation import gettext_lazy as _

from eservices.errors.base import Conflict, Invalid


class DiscussionNotOpen(Conflict):
    """Nobody writes in a file that was never sent."""

    code = "discussions.not_open"
    message = _("You can write here once the file is sent.")


class DiscussionClosed(Conflict):
    """The file ended longer ago than messages are taken for (`DISCUSSION_DAYS`)."""

    code = "discussions.closed"
    message = _(
        "This discussion is closed: the file ended more than %(days)s days ago. Contact the service that followed it."
    )


class MessageEmpty(Invalid):
    """A message has neither words nor a document."""

    code = "discussions.empty"
    message = _("Write your message, or attach a file.")


class MessageTooLong(Invalid):
    """A message has more characters than the limit."""

    code = "discussions.too_long"
    message = _(
        "This message is too long: %(limit)s characters at most. Send a long text as an attached file."
    )


class MessageEditOver(Conflict):
    """A message can be changed for five minutes only."""

    code = "discussions.edit_over"
    message = _("A message can be changed for five minutes. Write another one to correct it.")


class NoteEmpty(Invalid):
    """An internal note without words."""

    code = "notes.empty"
    message = _("Write the note first.")
