"""Colleagues in a space: who acts for it, who is invited; for its administrators only."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views import View

from eservices import formats
from eservices.actions import colleagues, memberships
from eservices.enums import MembershipFunction, MembershipRole
from eservices.errors import DomainError, NotFound
from eservices.forms.organisations import ColleagueForm, SpaceForm
from eservices.models import Membership
from eservices.queries.profiles import open_invitations, space_members
from eservices.views.base import ActionFormView
from eservices.views.spaces import SpaceMixin, function_words, space_trail


class AdministratorMixin(SpaceMixin):
    """Pages of a space that only its administrators find."""

    @cached_property
    def members(self) -> Any:
        """The confirmed members; NotFound for whoever does not administer the space."""
        return space_members(self.user, self.membership.profile)

    def colleague(self) -> Membership:
        """Return the member that the address names."""
        row: Membership | None = self.members.filter(public_id=self.kwargs["member"]).first()
        if row is None:
            raise NotFound
        return row

    def back(self) -> HttpResponse:
        """Lead to the list of colleagues."""
        return redirect("space-colleagues", space=self.membership.public_id)


class ColleaguesView(AdministratorMixin, ActionFormView):
    """The list of members and invitations, and the form that invites one more."""

    template_name = "organisations/colleagues.html"
    form_class = ColleagueForm

    def act(self, form: Any) -> None:
        data = form.cleaned_data
        colleagues.invite(
            profile=self.membership.profile,
            email=data["email"],
            by=self.user,
            role=MembershipRole(data["role"]),
            function=MembershipFunction(data["function"]),
            language=get_language() or self.user.language,
        )
        messages.success(
            self.request, _("An invitation is on its way to %(email)s.") % {"email": data["email"]}
        )

    def get_success_url(self) -> str:
        return reverse("space-colleagues", args=[self.membership.public_id])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        here = _("Colleagues")
        context = super().get_context_data(
            members=[member_row(row) for row in self.members],
            invitations=[
                {
                    "row": row,
                    "until": formats.long_date(row.expires_at),
                    "function": row.get_function_display(),
                    "role": role_words(row.role),
                }
                for row in open_invitations(self.membership.profile)
            ],
            **kwargs,
        )
        return {**context, "trail": space_trail(self.membership, here)}


class RoleView(AdministratorMixin, View):
    """Makes a member an administrator, or an administrator a member."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        row = self.colleague()
        wanted = request.POST.get("role", "")
        if wanted not in set(MembershipRole):
            raise NotFound
        try:
            memberships.change_role(membership=row, by=self.user, role=MembershipRole(wanted))
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            values = {"name": row.user.display_name, "role": role_words(wanted)}
            messages.success(request, _("%(name)s is now: %(role)s.") % values)
        if row.user == self.user and wanted != MembershipRole.ADMIN:
            return redirect("spaces")
        return self.back()


class EndView(AdministratorMixin, ActionFormView):
    """Asks once, then ends a colleague's access."""

    template_name = "organisations/end.html"
    form_class = SpaceForm

    def act(self, form: Any) -> None:
        memberships.end(membership=self.colleague(), by=self.user)
        messages.success(self.request, _("The access has ended. The person gets an e-mail."))

    def get_success_url(self) -> str:
        return reverse("space-colleagues", args=[self.membership.public_id])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(colleague=self.colleague(), **kwargs)
        return {**context, "trail": space_trail(self.membership, _("End access"))}


class WithdrawView(AdministratorMixin, View):
    """Takes an invitation back."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.members  # noqa: B018  administrators only
        invitation = (
            open_invitations(self.membership.profile).filter(public_id=kwargs["invitation"]).first()
        )
        try:
            if invitation is None:
                raise NotFound
            colleagues.withdraw(invitation=invitation, by=self.user)
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The invitation is withdrawn."))
        return self.back()


def role_words(role: str) -> str:
    """Return a role in one or two words."""
    return _("Administrator") if role == MembershipRole.ADMIN else _("Member")


def member_row(row: Membership) -> dict[str, Any]:
    """Return one line of the list of members."""
    until = (
        _("Valid until %(day)s") % {"day": formats.long_date(row.valid_until)}
        if row.valid_until
        else ""
    )
    return {
        "row": row,
        "name": row.user.display_name,
        "email": row.user.email,
        "function": function_words(row),
        "role": role_words(row.role),
        "is_admin": row.role == MembershipRole.ADMIN,
        "until": until,
    }
