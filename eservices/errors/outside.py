"""Services that we depend on."""

from django.utils.translation import gettext_lazy as _

from eservices.errors.base import Unavailable


class MailUnavailable(Unavailable):
    """The mail relay refused or did not answer."""

    code = "mails.unavailable"
    message = _("We could not send the e-mail. Nothing is lost: try again in a few minutes.")
