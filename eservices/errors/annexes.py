"""Refusals of documents that are in a file, or should be."""

from django.utils.translation import gettext_lazy as _

from eservices.errors.base import Conflict, NotFound, Unavailable


class AnnexesClosed(Conflict):
    """The file takes no documents any more: it is decided or over."""

    code = "annexes.closed"
    message = _("No document can be added any more: the file is decided or over.")


class AnnexKept(Conflict):
    """The document can no longer be deleted: somebody took it into account, or the file has moved on."""

    code = "annexes.kept"
    message = _(
        "This document can no longer be deleted: it is part of the examination. You can send a new version."
    )


class AnnexTaken(Conflict):
    """The document belongs to a message that was sent: the discussion stays complete."""

    code = "annexes.in_message"
    message = _("This document was sent with a message and stays in the discussion.")


class AnnexNotChecked(Conflict):
    """Others get a document only after its check for viruses."""

    code = "annexes.not_checked"
    message = _("This document is still being checked for viruses. Try again in a minute.")


class AnnexGone(NotFound):
    """The document was deleted, or a virus was found in it; name and day stay."""

    code = "annexes.gone"
    message = _("This document was deleted. Its name stays in the file.")


class ScannerUnavailable(Unavailable):
    """The virus scanner does not answer, or not as agreed."""

    code = "annexes.scanner_unavailable"
    message = _("Documents cannot be checked for viruses at the moment. Nothing is lost.")
