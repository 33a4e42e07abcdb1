"""Refusals about exported procedures that somebody wants to take over."""

from django.utils.translation import gettext_lazy as _

from eservices.errors.base import Invalid


class ImportRefused(Invalid):
    """A file cannot be taken over as a procedure; `errors` lists every problem with its place."""

    code = "procedures.import_refused"
    message = _("This file cannot be taken over. Nothing was stored.")
