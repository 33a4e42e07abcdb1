"""What people type about enterprises, associations and their members; one form for each question of the wizard."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

from eservices.actions.organisations import Contact, check_function
from eservices.enums import MembershipFunction, MembershipRole, ProfileKind
from eservices.errors import DomainError, SpaceTermsNotAccepted
from eservices.forms.accounts import email_field
from eservices.queries.organisations import checked_numbers

KINDS = (
    (ProfileKind.ENTERPRISE, _("An enterprise")),
    (ProfileKind.ASSOCIATION, _("An association")),
)
YES_NO = (("yes", _("Yes")), ("no", _("No")))
PHONE_WRONG = _("Enter the number in the form +32 470 12 34 56.")


class SpaceForm(forms.Form):
    """Base: our own words for what is missing, nothing from the browser."""

    use_required_attribute = False


class KindForm(SpaceForm):
    """Step 1: enterprise or association."""

    kind = forms.ChoiceField(
        label=_("For whom do you want to open a space?"),
        choices=KINDS,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the two.")},
    )


class NumberForm(SpaceForm):
    """Step 2: the enterprise number, and the terms of the space."""

    number = forms.CharField(
        label=_("Enterprise number"),
        help_text=_(
            "Ten digits, for example 0403.019.261: it stands on invoices and statutes. Points, "
            "spaces and BE do not matter."
        ),
        max_length=40,
        error_messages={"required": _("Enter the enterprise number.")},
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "spellcheck": "false"}
        ),
    )
    establishment = forms.CharField(
        label=_("Establishment unit number"),
        help_text=_(
            "Only if the space is for one branch. Ten digits, for example 2.000.000.339; empty for "
            "the whole organisation."
        ),
        max_length=40,
        required=False,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "spellcheck": "false"}
        ),
    )
    terms = forms.BooleanField(
        label=_("I accept the terms of the space."),
        error_messages={"required": SpaceTermsNotAccepted.message},
    )

    def clean(self) -> dict[str, Any]:
        """Judge both numbers together: all errors are shown at once, that of the terms too."""
        cleaned = super().clean() or self.cleaned_data
        if "number" in cleaned:
            try:
                cleaned["number"], cleaned["establishment"] = checked_numbers(
                    number=cleaned["number"], establishment=cleaned.get("establishment", "")
                )
            except DomainError as refusal:
                self.add_error(refusal.field, str(refusal))
        return cleaned


class NameForm(SpaceForm):
    """Step 3: name and kind unless the register knows them, and whether VAT is due."""

    name = forms.CharField(
        label=_("Name"),
        help_text=_("As it stands in the statutes or in the register of enterprises."),
        max_length=250,
        error_messages={
            "required": _("Enter the name as it stands in the statutes or in the register.")
        },
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    kind = forms.ChoiceField(
        label=_("Please confirm the kind"),
        choices=KINDS,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the two.")},
    )
    vat = forms.ChoiceField(
        label=_("Is the organisation liable to VAT?"),
        choices=YES_NO,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose yes or no.")},
    )

    def __init__(self, *args: Any, register_knows: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if register_knows:
            del self.fields["name"]
            del self.fields["kind"]


def function_field() -> forms.ChoiceField:
    """Return the list of functions."""
    return forms.ChoiceField(
        label=_("Your function"),
        choices=[("", _("Choose a function")), *MembershipFunction.choices],
        error_messages={"required": _("Choose your function.")},
    )


def function_words_field() -> forms.CharField:
    """Return the field for a function that is not in the list."""
    return forms.CharField(
        label=_("Which function?"),
        help_text=_("Only if you chose “Other function”."),
        max_length=100,
        required=False,
    )


class FunctionForm(SpaceForm):
    """Step 4: function, mandate, until when it lasts."""

    function = function_field()
    function_words = function_words_field()
    proof = forms.FileField(
        label=_("Mandate or proof of your function"),
        help_text=_(
            "PDF, JPG or PNG. For example the page of the Belgian Official Gazette or a signed "
            "mandate. You can also send it later; with it, the municipality confirms faster."
        ),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
    )
    valid_until = forms.DateField(
        label=_("Until when?"),
        help_text=_("Only if your function or mandate ends on a known day."),
        required=False,
        error_messages={"invalid": _("Enter a date.")},
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for words beside "other", and for a day that is still to come."""
        cleaned = super().clean() or self.cleaned_data
        if "function" in cleaned:
            try:
                check_function(
                    function=cleaned["function"],
                    words=cleaned.get("function_words", ""),
                    valid_until=cleaned.get("valid_until"),
                )
            except DomainError as refusal:
                self.add_error(refusal.field, str(refusal))
        return cleaned


class ContactForm(SpaceForm):
    """Step 5: how the person is reached in this space."""

    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    landline = PhoneNumberField(
        label=_("Phone number"),
        help_text=_("In the form +32 4 123 45 67."),
        required=False,
        region="BE",
        error_messages={"invalid": _("Enter the number in the form +32 4 123 45 67.")},
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    mobile = PhoneNumberField(
        label=_("Mobile number"),
        help_text=_("In the form +32 470 12 34 56."),
        required=False,
        region="BE",
        error_messages={"invalid": PHONE_WRONG},
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    email = email_field(label=_("E-mail address for this space"))
    notify_by_mail = forms.BooleanField(
        label=_("Send me notices of this space by e-mail."), required=False
    )

    def contact(self) -> Contact:
        """Return the answers as the action takes them."""
        data = self.cleaned_data
        return Contact(
            language=data["language"],
            landline=_e164(data["landline"]),
            mobile=_e164(data["mobile"]),
            email=data["email"],
            notify_by_mail=data["notify_by_mail"],
        )


class MembershipForm(ContactForm):
    """Function and contact details of an existing membership."""

    function = function_field()
    function_words = function_words_field()
    field_order = ("function", "function_words")

    def clean(self) -> dict[str, Any]:
        """Ask for words beside "other"."""
        cleaned = super().clean() or self.cleaned_data
        if "function" in cleaned:
            try:
                check_function(
                    function=cleaned["function"],
                    words=cleaned.get("function_words", ""),
                    valid_until=None,
                )
            except DomainError as refusal:
                self.add_error(refusal.field, str(refusal))
        return cleaned


class MandateForm(SpaceForm):
    """A mandate that is sent later."""

    proof = forms.FileField(
        label=_("Mandate or proof of your function"),
        help_text=_("PDF, JPG or PNG."),
        error_messages={"required": _("Choose a file.")},
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
    )


class ColleagueForm(SpaceForm):
    """Whom an administrator invites."""

    email = email_field(label=_("E-mail address of your colleague"), autocomplete="off")
    function = forms.ChoiceField(
        label=_("Function"),
        choices=[("", _("Choose a function")), *MembershipFunction.choices],
        error_messages={"required": _("Choose a function.")},
    )
    role = forms.ChoiceField(
        label=_("Role in the space"),
        choices=(
            (MembershipRole.MEMBER, _("Member: sees all files and sends requests")),
            (MembershipRole.ADMIN, _("Administrator: also invites and removes colleagues")),
        ),
        widget=forms.RadioSelect,
        initial=MembershipRole.MEMBER,
        error_messages={"required": _("Choose a role.")},
    )


def _e164(number: Any) -> str:
    return str(number.as_e164) if number else ""
