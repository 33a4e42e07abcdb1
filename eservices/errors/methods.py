"""Refusals about the methods by which people prove who they are."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from .base import Conflict, Invalid, Refused


class ProofTooOld(Refused):
    """The last proof of identity is too old for this act: the person identifies again first."""

    code = "accounts.proof_too_old"
    message = _("Confirm first that it is you.")


class AppCodeWrong(Invalid):
    """No authenticator app of the person shows this code now; `tries` says how many tries are left, if counted."""

    code = "accounts.app_code_wrong"
    message = _("The app does not show this code now. Check that the time of your phone is right.")

    def __str__(self) -> str:
        if "tries" not in self.params:
            return str(self.message)
        return ngettext(
            "The app does not show this code now. You have %(tries)s try left.",
            "The app does not show this code now. You have %(tries)s tries left.",
            self.params["tries"],
        ) % {"tries": self.params["tries"]}


class AppCodeUsed(Invalid):
    """A code of an authenticator app works once (RFC 6238, 5.2)."""

    code = "accounts.app_code_used"
    message = _("This code was used already. Wait for the next one in the app.")


class AppSetupOver(Conflict):
    """The secret of an app that was being added is gone: another tab was faster, or it took too long."""

    code = "accounts.app_setup_over"
    message = _("This took too long. Scan the new QR code and confirm again.")


class BackupCodeWrong(Invalid):
    """The code is none of the person's unused backup codes; `tries` says how many tries are left."""

    code = "accounts.backup_code_wrong"

    def __str__(self) -> str:
        return ngettext(
            "This is none of your unused backup codes. You have %(tries)s try left.",
            "This is none of your unused backup codes. You have %(tries)s tries left.",
            self.params["tries"],
        ) % {"tries": self.params["tries"]}


class MethodTriesOver(Invalid):
    """Five wrong codes in a row close a method for a quarter of an hour; the others stay open."""

    code = "accounts.method_tries_over"

    def __str__(self) -> str:
        return ngettext(
            "There were too many wrong codes. Use another way, or wait %(minutes)s minute.",
            "There were too many wrong codes. Use another way, or wait %(minutes)s minutes.",
            self.params["minutes"],
        ) % {"minutes": self.params["minutes"]}


class PasskeyRefused(Invalid):
    """The answer of the device does not prove a passkey that we know for this person."""

    code = "accounts.passkey_refused"
    message = _("This passkey was not accepted. Try again, or use another way.")


class PasskeyTooLate(Invalid):
    """The question to the device was answered already, or more than five minutes ago."""

    code = "accounts.passkey_too_late"
    message = _("This took too long. Press the button again.")


class PasskeyKnown(Conflict):
    """The device holds a passkey of this account already."""

    code = "accounts.passkey_known"
    message = _("This device already has a passkey for your account.")


class PasskeyCopied(Refused):
    """The counter of a passkey went back: two devices use one key (WebAuthn level 3, 6.1.1)."""

    code = "accounts.passkey_copied"
    message = _("This passkey may have been copied. Use another way, then remove it.")


class MethodUnknown(Invalid):
    """The person does not have the method that was chosen."""

    code = "accounts.method_unknown"
    message = _("You do not have this method. Choose one of your list.")


class MethodsFull(Conflict):
    """An account has at most ten methods of one kind."""

    code = "accounts.methods_full"
    message = _("You already have %(limit)s of these. Remove one that you no longer use first.")
