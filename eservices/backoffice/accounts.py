"""Wagtail's own pages about accounts, taught that values of an official source are locked, for everybody alike."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from wagtail.admin.forms.account import NameEmailForm
from wagtail.admin.views.account import AccountView, BaseSettingsPanel, NameEmailSettingsPanel
from wagtail.users.forms import UserEditForm
from wagtail.users.views.users import UserViewSet

from eservices.errors import FieldLocked
from eservices.queries.details import locks_of


class LockedFieldsMixin(forms.ModelForm):
    """A form of an account: locked values are shown with their source, and refused when they come back changed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.locks = locks_of(self.instance) if self.instance.pk else {}
        for name, source in self.locks.items():
            if name in self.fields:
                self.fields[name].disabled = True
                self.fields[name].help_text = _(
                    "Comes from an official source (%(source)s): correct it under “Wrong details”."
                ) % {"source": source.label}

    def clean(self) -> dict[str, Any]:
        """Refuse what somebody sent for a locked value by hand; Django would only ignore it."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name in self.locks:
            sent = self.data.get(self.add_prefix(name)) if name in self.fields else None
            if sent is not None and sent.strip() != str(getattr(self.instance, name, "")):
                self.add_error(name, ValidationError(str(FieldLocked()), code=FieldLocked.code))
        return cleaned


class AccountEditForm(LockedFieldsMixin, UserEditForm):
    """Somebody else's account, for administrators."""


class OwnNameForm(LockedFieldsMixin, NameEmailForm):
    """One's own name, for people of the municipality."""


class AccountViewSet(UserViewSet):
    """Wagtail's users with locked values."""

    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm]:
        form: type[forms.ModelForm] = super().get_form_class(for_update)
        return AccountEditForm if for_update else form


class OwnNamePanel(NameEmailSettingsPanel):
    """The panel of one's own name."""

    form_class = OwnNameForm


class OwnAccountView(AccountView):
    """Wagtail's page of one's own account with locked values."""

    def get_panels(self) -> list[BaseSettingsPanel]:
        return [
            OwnNamePanel(panel.request, panel.user, panel.profile)
            if type(panel) is NameEmailSettingsPanel
            else panel
            for panel in super().get_panels()
        ]
