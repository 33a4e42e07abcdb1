"""What people type on the pages of sign-in and account."""

import re
import unicodedata
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

from eservices import formats
from eservices.actions import password_tries
from eservices.actions.accounts import check_password_criteria
from eservices.actions.login_codes import check_login_code
from eservices.errors import DomainError
from eservices.identifiers import normal_email
from eservices.models import User

EMAIL_MISSING = _("Enter your e-mail address.")
EMAIL_WRONG = _("Enter an e-mail address, for example name@example.org.")
PASSWORD_MISSING = _("Enter your password.")


class AddressField(forms.EmailField):
    """A mail address in its normal form, however it was typed."""

    def to_python(self, value: Any) -> str:
        return normal_email(super().to_python(value))


def email_field(**options: Any) -> AddressField:
    """Return a field for a mail address, with our words for what is wrong."""
    return AddressField(
        label=options.pop("label", _("E-mail address")),
        max_length=254,
        error_messages={"required": EMAIL_MISSING, "invalid": EMAIL_WRONG},
        widget=forms.EmailInput(
            attrs={"autocomplete": options.pop("autocomplete", "email"), "spellcheck": "false"}
        ),
        **options,
    )


def new_password_field(label: Any) -> forms.CharField:
    """Return a field for a password that is being chosen; the action judges it."""
    return forms.CharField(
        label=label,
        strip=False,
        max_length=256,
        error_messages={"required": _("Choose a password.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


def current_password_field() -> forms.CharField:
    """Return a field for the password that the person has now."""
    return forms.CharField(
        label=_("Current password"),
        strip=False,
        max_length=256,
        error_messages={"required": PASSWORD_MISSING},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class LoginForm(AuthenticationForm):
    """Address and password; one answer for everything that may be wrong with them."""

    username = email_field(
        help_text=_("The one where you receive messages from the municipality."),
        autocomplete="username",
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=256,
        error_messages={"required": PASSWORD_MISSING},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    error_messages = {  # noqa: RUF012  Django's own name and form
        "invalid_login": _("This address and password do not belong together. Check both."),
        "inactive": _("This address and password do not belong together. Check both."),
    }
    use_required_attribute = False
    #: Shortened address of the network from which it is sent, which the view fills in.
    network = ""

    def clean(self) -> dict[str, Any]:
        """Check the password, unless too many were wrong: then first comes a wait, told in seconds."""
        address = self.cleaned_data.get("username")
        if not address or not self.cleaned_data.get("password"):
            return super().clean()
        try:
            password_tries.allow_try(address=address, network=self.network)
        except DomainError as refusal:
            raise forms.ValidationError(str(refusal), code=refusal.code) from refusal
        try:
            return super().clean()
        except forms.ValidationError:
            if not getattr(self.request, "axes_locked_out", False):  # nothing was looked at
                password_tries.count_wrong(address=address)
            raise


class SixDigitsField(forms.CharField):
    """Six digits typed or pasted, with or without spaces; anything else costs no try."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            label=options.pop("label", _("Six-digit code")),
            help_text=options.pop("help_text", _("Type it or paste it, with or without a space.")),
            max_length=40,
            error_messages={"required": _("Enter the six-digit code.")},
            widget=forms.TextInput(
                attrs={
                    "inputmode": "numeric",
                    "autocomplete": "one-time-code",
                    "spellcheck": "false",
                }
            ),
            **options,
        )

    def clean(self, value: Any) -> str:
        """Keep the digits."""
        typed = unicodedata.normalize("NFKC", super().clean(value))
        digits = re.sub(r"[\s.\-]", "", typed)
        if not re.fullmatch(r"[0-9]{6}", digits):
            raise forms.ValidationError(_("The code has six digits, for example 123 456."))
        return digits


def terms_field() -> forms.BooleanField:
    """Return the box by which the terms of use are accepted."""
    return forms.BooleanField(
        label=_("I have read the terms of use and I accept them."),
        error_messages={"required": _("Tick the box to accept the terms of use.")},
    )


class NamesForm(forms.Form):
    """First and last name of a person."""

    first_name = forms.CharField(
        label=_("First name"),
        max_length=150,
        error_messages={"required": _("Enter your first name.")},
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )
    last_name = forms.CharField(
        label=_("Last name"),
        max_length=150,
        error_messages={"required": _("Enter your last name.")},
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
    )


class CodeForm(forms.Form):
    """The six digits of the second step, typed or pasted, with or without spaces."""

    otp_token = SixDigitsField()
    # The wizard of django-two-factor-auth must not check a code twice: it works once.
    idempotent = False
    use_required_attribute = False

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean(self) -> dict[str, Any]:
        """Check the code; the device that proved it is put on the user."""
        cleaned = super().clean() or self.cleaned_data
        if "otp_token" in cleaned:
            try:
                self.user.otp_device = check_login_code(user=self.user, code=cleaned["otp_token"])
            except DomainError as refusal:
                self.add_error("otp_token", str(refusal))
        return cleaned


class InvitationForm(NamesForm):
    """Opening an account: name, password, terms."""

    password = new_password_field(_("Password"))
    terms = terms_field()
    use_required_attribute = False

    def __init__(self, *args: Any, email: str, has_terms: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email
        if not has_terms:
            del self.fields["terms"]

    def clean(self) -> dict[str, Any]:
        """Judge the password together with the rest, so that all errors are shown at once."""
        cleaned = super().clean() or self.cleaned_data
        if "password" in cleaned:
            names = {name: cleaned.get(name, "") for name in ("first_name", "last_name")}
            person = User(email=self.email, **names)
            try:
                check_password_criteria(password=cleaned["password"], user=person)
            except DomainError as refusal:
                self.add_error("password", str(refusal))
        return cleaned


class AddressForm(forms.Form):
    """A mail address to which something is sent, if it is known."""

    email = email_field()
    use_required_attribute = False


class NewPasswordForm(forms.Form):
    """A new password after a mailed link."""

    password = new_password_field(_("New password"))
    use_required_attribute = False


class PasswordChangeForm(forms.Form):
    """The current password and a new one."""

    current = current_password_field()
    password = new_password_field(_("New password"))
    use_required_attribute = False


class EmailChangeForm(forms.Form):
    """A new address and the password that proves who asks."""

    email = email_field(label=_("New e-mail address"))
    password = current_password_field()
    use_required_attribute = False


class EraseForm(forms.Form):
    """The password that proves who asks for erasure."""

    password = current_password_field()
    use_required_attribute = False


class DetailsForm(NamesForm):
    """What people say about themselves; locked fields are shown and left out of the form."""

    language = forms.ChoiceField(
        label=_("Language"),
        help_text=_("Pages, e-mails and documents are in this language."),
        choices=settings.LANGUAGES,
    )
    phone = PhoneNumberField(
        label=_("Phone number"),
        help_text=_("For example 04 123 45 67 or +32 470 12 34 56."),
        required=False,
        region="BE",
        error_messages={
            "invalid": _("Enter a phone number, for example 04 123 45 67 or +32 470 12 34 56.")
        },
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    use_required_attribute = False

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        profile = getattr(user, "citizen_profile", None)
        initial = {name: getattr(user, name) for name in ("first_name", "last_name", "language")}
        initial["phone"] = formats.phone(profile.phone) if profile and profile.phone else ""
        super().__init__(*args, **{**kwargs, "initial": initial})
        self.locked = {
            name: self.fields.pop(name)
            for name in user.locked_fields
            if name in self.fields and name != "language"
        }

    def values(self) -> dict[str, str]:
        """Return what to change: the answers, and what somebody sent for a locked field by hand."""
        values = {name: str(self.cleaned_data[name] or "") for name in self.fields}
        values |= {name: self.data[name] for name in self.locked if name in self.data}
        return values
