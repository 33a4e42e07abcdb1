"""What the methods of the second step are called on pages and in letters, and their pictures."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from eservices.enums import Method

#: The name of a method, as the start of a line.
NAMES: Mapping[Method, Any] = {
    Method.MAIL_CODE: _("Code by e-mail"),
    Method.AUTHENTICATOR: _("Authenticator app"),
    Method.PASSKEY: _("Passkey"),
    Method.BACKUP_CODE: _("Backup code"),
}
#: What one does with it, in a line.
HINTS: Mapping[Method, Any] = {
    Method.MAIL_CODE: _("We send six digits to your address."),
    Method.AUTHENTICATOR: _("Your app shows a code of six digits."),
    Method.PASSKEY: _("With the fingerprint, face or PIN of your device."),
    Method.BACKUP_CODE: _("One of the ten codes that you kept."),
}
#: The heading of the page that asks for it after the password.
TASKS: Mapping[Method, Any] = {
    Method.MAIL_CODE: _("Enter the code from the e-mail"),
    Method.AUTHENTICATOR: _("Enter the code of your app"),
    Method.PASSKEY: _("Use your passkey"),
    Method.BACKUP_CODE: _("Enter a backup code"),
}
#: What happens on that page.
LEADS: Mapping[Method, Any] = {
    Method.MAIL_CODE: _("We send six digits to your address."),
    Method.AUTHENTICATOR: _("Your authenticator app shows a new code every 30 seconds."),
    Method.PASSKEY: _("Your device asks for your fingerprint, your face or your PIN."),
    Method.BACKUP_CODE: _(
        "Each of your ten codes works once. We tell you by e-mail when one is used."
    ),
}
ICONS: Mapping[Method, str] = {
    Method.MAIL_CODE: "mail",
    Method.AUTHENTICATOR: "smartphone",
    Method.PASSKEY: "fingerprint-pattern",
    Method.BACKUP_CODE: "key-round",
}
