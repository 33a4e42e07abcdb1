"""What people choose on the pages of their details and preferences."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from eservices.enums import LEGAL_NOTICES, Channel, NoticeKind, ProfileKind
from eservices.models import Membership
from eservices.queries.preferences import Preferences, SpaceNotices

#: What a kind of notice tells, in a sentence.
KIND_HINTS = {
    NoticeKind.RECEIPT: _("When you have sent a request."),
    NoticeKind.PROGRESS: _("When somebody takes your file in charge or it moves on."),
    NoticeKind.REMINDER: _("Before the last day to do something."),
    NoticeKind.DOCUMENT: _("When a document lies in your eBox, and when it was not opened."),
    NoticeKind.TEAM: _("When something happens in a file that you or your team handle."),
}


def space_label(space: SpaceNotices) -> str:
    """Return what a space is called for this person."""
    if space.membership is None:
        return str(_("My own space (%(name)s)") % {"name": space.profile.name})
    return space.membership.shown_name


class PreferencesForm(forms.Form):
    """The space to begin in, and for each space where each kind of notice is read."""

    use_required_attribute = False

    def __init__(self, *args: Any, preferences: Preferences, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.spaces = list(preferences.spaces)
        if len(self.spaces) > 1:
            own = next((s.profile.public_id for s in self.spaces if s.membership is None), None)
            self.fields["space"] = forms.ChoiceField(
                label=_("After the login I begin in"),
                choices=[(str(s.profile.public_id), space_label(s)) for s in self.spaces],
                initial=str(preferences.default_space or own or ""),
                widget=forms.RadioSelect,
                error_messages={
                    "required": _("Choose the space to begin in."),
                    "invalid_choice": _("Choose one of these spaces."),
                },
            )
        for space in self.spaces:
            for kind in free_kinds(space):
                self.fields[_name(space, kind)] = forms.ChoiceField(
                    label=kind.label,
                    help_text=KIND_HINTS.get(kind, ""),
                    choices=Channel.choices,
                    initial=space.channels[kind].value,
                    error_messages={
                        "required": _("Choose where you want to read this."),
                        "invalid_choice": _("Choose where you want to read this."),
                    },
                )

    def default_space(self) -> UUID | None:
        """Return the space that was chosen to begin in."""
        chosen = self.cleaned_data.get("space")
        return UUID(chosen) if chosen else None

    def channels(self) -> dict[tuple[UUID, NoticeKind], Channel]:
        """Return the channel of every kind that is free, by space."""
        return {
            (space.profile.public_id, kind): Channel(self.cleaned_data[_name(space, kind)])
            for space in self.spaces
            for kind in free_kinds(space)
        }

    def groups(self) -> list[dict[str, Any]]:
        """Return the fields of each space, under its name."""
        return [
            {
                "title": space_label(space),
                "fields": [self[_name(space, kind)] for kind in free_kinds(space)],
            }
            for space in self.spaces
        ]


def free_kinds(space: SpaceNotices) -> list[NoticeKind]:
    """Return the kinds that can come in a space and whose channel a person may choose."""
    return [kind for kind in space.channels if kind not in LEGAL_NOTICES]


def _name(space: SpaceNotices, kind: NoticeKind) -> str:
    return f"notice-{space.profile.public_id}-{kind.value}"


class ReportForm(forms.Form):
    """What is wrong with a value of an official source."""

    message = forms.CharField(
        label=_("What is wrong, and what would be right?"),
        help_text=_("Do not write your national number here: we know which person it is about."),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    use_required_attribute = False


class OrganisationForm(forms.Form):
    """What an organisation declares; values of the register are shown and left out of the form."""

    name = forms.CharField(
        label=_("Name"),
        max_length=250,
        error_messages={"required": _("Enter the name of the organisation.")},
    )
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[
            (kind.value, kind.label) for kind in (ProfileKind.ENTERPRISE, ProfileKind.ASSOCIATION)
        ],
    )
    is_vat_liable = forms.TypedChoiceField(
        label=_("Liable to VAT"),
        choices=[("yes", _("Yes")), ("no", _("No"))],
        coerce=lambda value: {"yes": True, "no": False}[value],
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether the organisation is liable to VAT.")},
    )
    use_required_attribute = False

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any) -> None:
        profile, organisation = membership.profile, membership.profile.organisation
        liable = {True: "yes", False: "no"}.get(organisation.is_vat_liable, "")
        initial = {
            "name": membership.shown_name,
            "kind": profile.kind,
            "is_vat_liable": liable,
        }
        super().__init__(*args, **{**kwargs, "initial": initial})
        self.locked = {
            name: self.fields.pop(name)
            for name in organisation.locked_fields
            if name in self.fields
        }

    def values(self) -> dict[str, Any]:
        """Return what to change: the answers, and what somebody sent for a locked field by hand."""
        values = {name: self.cleaned_data[name] for name in self.fields}
        return values | {name: self.data[name] for name in self.locked if name in self.data}
