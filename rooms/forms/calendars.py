"""A private address of a calendar: what it shows, and what its owner calls it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from rooms.enums import FeedScope


class AddressForm(forms.Form):
    """Which calendar, for which device; agents choose among theirs and the own one."""

    scope = forms.ChoiceField(
        label=_("What it shows"), choices=FeedScope, widget=forms.RadioSelect, required=False
    )
    name = forms.CharField(
        label=_("Name"),
        help_text=_("For yourself, for example “Phone”."),
        max_length=80,
        required=False,
    )

    def __init__(self, *args: object, is_agent: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        if not is_agent:
            del self.fields["scope"]

    @property
    def chosen(self) -> FeedScope:
        """The scope; one's own bookings when there is no choice."""
        return FeedScope(self.cleaned_data.get("scope") or FeedScope.PERSONAL)
