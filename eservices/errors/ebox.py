"""Refusals of the eBox."""

from django.utils.translation import gettext_lazy as _

from eservices.errors.base import Conflict, Invalid


class EboxCodeNotAsked(Invalid):
    """An address is confirmed that nobody gave."""

    code = "ebox.no_address_given"
    message = _("First give the address at which we may announce documents.")


class EboxNotActive(Conflict):
    """The eBox is used by somebody who has not activated it."""

    code = "ebox.not_active"
    message = _("Activate your eBox first.")


class EboxNotOpened(Conflict):
    """A document of the eBox is taken before it was opened: the receipt comes first."""

    code = "ebox.not_opened"
    message = _("Open the document first: its receipt is then written down.")
