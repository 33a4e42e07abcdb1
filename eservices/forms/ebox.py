"""What people fill in to use the eBox."""

from django import forms
from django.utils.translation import gettext_lazy as _

from eservices.forms.accounts import SixDigitsField, email_field


class EboxAddressForm(forms.Form):
    """The address at which documents are announced."""

    email = email_field(
        label=_("E-mail address for announcements"),
        help_text=_("We write there that a document has come, never what is in it."),
    )
    use_required_attribute = False


class EboxCodeForm(forms.Form):
    """The six digits that prove the mailbox."""

    otp_token = SixDigitsField()
    use_required_attribute = False
