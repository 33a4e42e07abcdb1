"""Refusals to somebody of the municipality who looks at a person's space."""

from django.utils.translation import gettext_lazy as _

from eservices.errors.base import Invalid, Refused


class ActingReadOnly(Refused):
    """Whoever looks at a person's space changes nothing in it, and opens no page that is only the person's."""

    code = "acting.read_only"
    message = _("You are looking at somebody’s space. Only that person can do this.")


class ActingRefused(Refused):
    """The agent has no right to look at spaces, or the account works for the municipality or is closed."""

    code = "acting.refused"
    message = _("You cannot look at this person’s space.")


class ActingReasonRequired(Invalid):
    """Reading somebody's space needs a reason in words (GDPR art. 5.2: accountability)."""

    code = "acting.reason_required"
    message = _("Say why you need to look, in at least ten characters: the person will read it.")
