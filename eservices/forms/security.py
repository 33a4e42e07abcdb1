"""What people type to prove who they are, and to change how they do it."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from eservices.actions.authenticators import check_app_code
from eservices.actions.backup_codes import HALF, normal_code, use_backup_code
from eservices.actions.login_codes import check_login_code
from eservices.actions.login_methods import prove_password
from eservices.enums import Method
from eservices.errors import DomainError
from eservices.forms.accounts import SixDigitsField, current_password_field
from eservices.models import User

NAME_LENGTH = 40


class ProofForm(forms.Form):
    """One way to prove who one is; `with_password` asks for the password too, and checks it first.

    `refusal` is what the action refused, for the security log.
    """

    method: ClassVar[Method]
    use_required_attribute = False

    def __init__(
        self,
        *args: Any,
        user: User,
        browser: str = "",
        with_password: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.browser = browser
        self.refusal: DomainError | None = None
        if with_password:
            code_fields = self.fields
            self.fields = {"password": current_password_field(), **code_fields}

    def prove(self) -> None:
        """Check the code; raises the refusals of its action."""
        raise TypeError(f"{type(self).__name__} must say how it proves.")

    def clean(self) -> dict[str, Any]:
        """Check password and code; a code is used up only by a right password."""
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        try:
            if "password" in cleaned:
                prove_password(user=self.user, password=cleaned["password"])
            self.prove()
        except DomainError as refusal:
            self.refusal = refusal
            self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal))
        return cleaned


class MailCodeForm(ProofForm):
    """The six digits of the mail."""

    method = Method.MAIL_CODE
    otp_token = SixDigitsField()

    def prove(self) -> None:
        check_login_code(user=self.user, code=self.cleaned_data["otp_token"])


class AppCodeForm(ProofForm):
    """The six digits that the authenticator app shows now."""

    method = Method.AUTHENTICATOR
    otp_token = SixDigitsField(
        help_text=_("Open your authenticator app and type the code that it shows for us.")
    )

    def prove(self) -> None:
        check_app_code(user=self.user, code=self.cleaned_data["otp_token"])


class BackupCodeForm(ProofForm):
    """One of the ten codes on paper."""

    method = Method.BACKUP_CODE
    backup_code = forms.CharField(
        label=_("Backup code"),
        help_text=_("Ten letters and digits, for example K7M2P-QX4RT. Each code works once."),
        max_length=40,
        error_messages={"required": _("Enter a backup code.")},
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
    #: How many codes are left, after a right one.
    left = 0

    def clean_backup_code(self) -> str:
        """Keep letters and digits; a text of another length costs no try."""
        code = normal_code(self.cleaned_data["backup_code"])
        if len(code) != 2 * HALF + 1:
            raise forms.ValidationError(
                _("A backup code has ten letters and digits, for example K7M2P-QX4RT.")
            )
        return code

    def prove(self) -> None:
        code = self.cleaned_data["backup_code"]
        self.left = use_backup_code(user=self.user, code=code, browser=self.browser)


#: The forms of the second step by method; a passkey is proved by a script.
PROOF_FORMS: dict[Method, type[ProofForm]] = {
    form.method: form for form in (MailCodeForm, AppCodeForm, BackupCodeForm)
}


def name_field(**options: Any) -> forms.CharField:
    """Return a field for the name of an app or a passkey."""
    return forms.CharField(
        label=_("Name"),
        help_text=_("So that you recognise it in your list, for example “My phone”."),
        max_length=NAME_LENGTH,
        error_messages={"required": _("Enter a name, for example “My phone”.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        **options,
    )


class AddAppForm(forms.Form):
    """The first code of a new authenticator app, and its name."""

    name = name_field()
    otp_token = SixDigitsField(
        help_text=_("The code that the app shows now, with or without a space.")
    )
    use_required_attribute = False


class NameForm(forms.Form):
    """Another name."""

    name = name_field()
    use_required_attribute = False


class FirstMethodForm(forms.Form):
    """Which second step is asked first."""

    method = forms.ChoiceField(
        label=_("Ask me first for"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the methods.")},
    )
    use_required_attribute = False

    def __init__(self, *args: Any, choices: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["method"].choices = choices
