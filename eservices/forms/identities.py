"""What people type when they come by an identity provider for the first time."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from eservices.contract import VerifiedIdentity
from eservices.enums import Level
from eservices.forms.accounts import NamesForm, SixDigitsField, email_field, terms_field


class CompleteForm(NamesForm):
    """Completing a new account: mail address, language, terms; names where the provider vouches for none."""

    email = email_field(
        help_text=_("Messages of the municipality go there. We check it with a code.")
    )
    language = forms.ChoiceField(
        label=_("Language"),
        choices=settings.LANGUAGES,
        help_text=_("Of the portal and of our messages."),
        widget=forms.RadioSelect,
    )
    terms = terms_field()
    use_required_attribute = False

    def __init__(
        self, *args: Any, identity: VerifiedIdentity, has_terms: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if not has_terms:
            del self.fields["terms"]
        #: Names that cannot be changed here, by field name.
        self.vouched: dict[str, str] = {}
        if identity.level >= Level.SUBSTANTIAL:
            named = ((name, getattr(identity, name)) for name in ("first_name", "last_name"))
            self.vouched = {name: value for name, value in named if value}
        for name in self.vouched:
            del self.fields[name]


class OpeningCodeForm(forms.Form):
    """The six digits that prove the mailbox of a new account, typed or pasted; the view has them checked."""

    otp_token = SixDigitsField()
    use_required_attribute = False
