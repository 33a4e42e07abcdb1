"""Refusals about accounts, codes and logging in."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from eservices.errors.base import Invalid, Refused, TooMany


class InvitationInvalid(Invalid):
    """The invitation was used, withdrawn, replaced or is too old."""

    code = "accounts.invitation_invalid"
    message = _("This invitation is no longer valid. Ask for a new one.")


class TermsNotAccepted(Invalid):
    """An account needs the current terms of use to be accepted (GDPR art. 7: the version is recorded)."""

    code = "accounts.terms_not_accepted"
    message = _("Tick the box to accept the terms of use.")


class PasswordWrong(Invalid):
    """The current password does not match."""

    code = "accounts.password_wrong"
    message = _("This is not your current password.")


class PasswordRefused(Invalid):
    """The new password does not meet the criteria; `reasons` says which."""

    code = "accounts.password_refused"
    message = _("Choose another password: %(reasons)s")


class ResetLinkInvalid(Invalid):
    """The reset link was used or is too old."""

    code = "accounts.reset_link_invalid"
    message = _("This link is no longer valid. Ask for a new one.")


class FieldLocked(Refused):
    """The value comes from an authoritative source and cannot be changed here, by any route."""

    code = "accounts.field_locked"
    message = _(
        "This comes from an official source and cannot be changed here. Contact us if it is wrong."
    )


class StaffAccount(Refused):
    """Accounts of people who work for the municipality are closed by the administration."""

    code = "accounts.staff_account"
    message = _("Your account belongs to your work. Ask the municipal administration to close it.")


class CodeTooSoon(TooMany):
    """A new login code was asked before the waiting time was over."""

    code = "accounts.code_too_soon"
    message = _("A code was sent a moment ago. You can ask for a new one in %(seconds)s seconds.")


class CodeWrong(Invalid):
    """The six digits are not those of the last code; `tries` says how many tries are left."""

    code = "accounts.code_wrong"

    def __str__(self) -> str:
        return ngettext(
            "This code is not right. You have %(tries)s try left.",
            "This code is not right. You have %(tries)s tries left.",
            self.params["tries"],
        ) % {"tries": self.params["tries"]}


class CodeTooOld(Invalid):
    """The code was used, replaced or its time is over."""

    code = "accounts.code_too_old"
    message = _("This code is no longer valid. Ask for a new one.")


class CodeTriesOver(Invalid):
    """The code was typed wrongly too often and is dead (five tries)."""

    code = "accounts.code_tries_over"
    message = _("There were too many tries with this code. Ask for a new one.")


class SecondFactorRequired(Refused):
    """The session has not proved a second factor yet."""

    code = "accounts.second_factor_required"
    message = _("Confirm your login with the six-digit code first.")


class LoginRequired(Refused):
    """Nobody is logged in (API answer 403 with the address of the login page)."""

    code = "accounts.login_required"
    message = _("Log in first.")


class SessionEnded(Refused):
    """The session is over: no activity, longest time, ended elsewhere (API answer 403 with the login page)."""

    code = "accounts.session_ended"
    message = _("You were logged out. Log in again to go on.")
