"""Roles in teams: who only reads, who handles, who supervises, and for which procedures."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.viewsets.model import ModelViewSet

from eservices.models import TeamRole


class TeamRoleForm(WagtailAdminModelForm):
    """One role; only members of the team have one, for procedures of the team."""

    class Meta:
        model = TeamRole
        fields = ("team", "user", "role", "procedures")
        widgets = {"procedures": forms.CheckboxSelectMultiple}

    def clean(self) -> dict[str, Any]:
        """Refuse a role for who is not in the team."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        team, user = cleaned.get("team"), cleaned.get("user")
        if team and user and not team.members.filter(pk=user.pk).exists():
            self.add_error("user", _("This person is not a member of the team."))
        return cleaned

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people: Any = self.fields["user"]
        people.queryset = people.queryset.filter(is_staff=True, is_active=True)
        people.label_from_instance = lambda user: user.display_name
        people.label = _("Colleague")
        procedures: Any = self.fields["procedures"]
        procedures.label_from_instance = lambda procedure: procedure.title


class TeamRoleViewSet(ModelViewSet):
    """Administrators give roles; a member without one handles all files of the team."""

    model = TeamRole
    icon = "group"
    menu_label = _("Roles in teams")
    add_to_settings_menu = True
    menu_order = 320
    list_display = ("team", "user", "role")
    form_fields = ("team", "user", "role", "procedures")

    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm]:
        return TeamRoleForm
