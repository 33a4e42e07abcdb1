"""Invitations in the back office: who was invited, inviting, sending again, withdrawing."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from eservices import formats
from eservices.actions import invitations
from eservices.enums import InvitationState
from eservices.errors import DomainError
from eservices.models import Invitation


class InvitationForm(forms.ModelForm):
    """Whom to invite; the language is that of the mail and of the account."""

    class Meta:
        model = Invitation
        fields = ("email", "first_name", "last_name", "language", "destination")
        labels = {"destination": gettext_lazy("Page to open afterwards")}  # noqa: RUF012
        help_texts = {  # noqa: RUF012
            "destination": gettext_lazy("A path of the portal, for example a document: /fr/…")
        }

    def clean_email(self) -> str:
        """Leave the rule of one pending invitation to the action, which sends the first one again."""
        return self.cleaned_data["email"]

    def clean_destination(self) -> str:
        """A destination is a path of the portal, never another site."""
        destination = self.cleaned_data["destination"]
        if destination and (not destination.startswith("/") or destination.startswith("//")):
            raise forms.ValidationError(_("Enter a path of the portal that begins with one /."))
        return destination

    def validate_constraints(self) -> None:
        """See clean_email: a second invitation to one address is no mistake of the agent."""


class InvitationCreateView(generic.CreateView):
    """Invites somebody; the mail leaves at once."""

    success_message = gettext_lazy("The invitation to %(object)s is on its way.")
    submit_button_label = gettext_lazy("Send the invitation")

    def save_instance(self) -> Invitation:
        """Call the action in place of saving the row."""
        return invitations.invite(**self.form.cleaned_data, by=self.request.user)

    def get_success_buttons(self) -> list[Any]:
        """Offer no "Edit": an invitation has no page of its own."""
        return []

    def get_edit_url(self) -> str:
        """Lead to the list: an invitation has no page of its own."""
        return reverse("invitations:index")


class InvitationActView(View):
    """Sends an invitation again, or withdraws it; only POST."""

    http_method_names = ("post",)
    act = "resend"

    def post(self, request: HttpRequest, pk: str) -> HttpResponse:
        if not request.user.has_perm("eservices.change_invitation"):
            raise PermissionDenied
        invitation = get_object_or_404(Invitation, pk=pk)
        try:
            if self.act == "resend":
                invitations.resend(invitation=invitation, by=request.user)
                messages.success(request, _("The invitation was sent again with a new link."))
            else:
                invitations.revoke(invitation=invitation, by=request.user)
                messages.success(
                    request, _("The invitation is withdrawn; its link no longer works.")
                )
        except DomainError as refusal:
            messages.error(request, str(refusal))
        return redirect("invitations:index")


class StateColumn(Column):
    """The state in words; a pending invitation whose time is over says so."""

    def get_value(self, instance: Invitation) -> str:
        if instance.state == InvitationState.PENDING and instance.expires_at < timezone.now():
            return _("Expired")
        return instance.get_state_display()


class ActsColumn(Column):
    """Buttons to send again and to withdraw, for pending invitations."""

    cell_template_name = "backoffice/invitation_acts.html"

    def get_cell_context_data(self, instance: Invitation, parent_context: Any) -> dict[str, Any]:
        context = super().get_cell_context_data(instance, parent_context)
        request = parent_context["request"]
        context["request"] = request
        context["csrf_token"] = parent_context.get("csrf_token")
        context["may_act"] = instance.state == InvitationState.PENDING and request.user.has_perm(
            "eservices.change_invitation"
        )
        context["resend_url"] = reverse("invitations:resend", args=[instance.pk])
        context["revoke_url"] = reverse("invitations:revoke", args=[instance.pk])
        return context


class InvitationViewSet(ModelViewSet):
    """Invitations: list and invite; rows are never edited or deleted, they change by acts."""

    model = Invitation
    name = "invitations"
    url_prefix = "invitations"
    url_namespace = "invitations"
    icon = "mail"
    menu_label = gettext_lazy("Invitations")
    menu_order = 120
    add_to_admin_menu = True
    copy_view_enabled = False
    inspect_view_enabled = False
    add_view_class = InvitationCreateView
    search_fields = ("email", "first_name", "last_name")
    list_filter = ("state", "language")
    ordering = ("-created_at",)
    list_display = (
        "email",
        StateColumn("state", label=gettext_lazy("State"), sort_key="state"),
        Column("sent_count", label=gettext_lazy("Times sent"), accessor="sent_count"),
        Column(
            "expires_at",
            label=gettext_lazy("Valid until"),
            accessor=lambda invitation: formats.date_time(invitation.expires_at),
            sort_key="expires_at",
        ),
        Column("created_by", label=gettext_lazy("Invited by"), accessor="created_by"),
        ActsColumn("acts", label=gettext_lazy("Actions")),
    )

    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm]:
        return InvitationForm

    def get_index_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """Leave out the pages that invitations do not have."""
        without = dict.fromkeys(
            ("edit_url_name", "delete_url_name", "history_url_name", "usage_url_name")
        )
        return {**super().get_index_view_kwargs(**kwargs), **without}

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path("new/", self.add_view, name="add"),
            path("<int:pk>/resend/", InvitationActView.as_view(act="resend"), name="resend"),
            path("<int:pk>/revoke/", InvitationActView.as_view(act="revoke"), name="revoke"),
        ]

    def register_admin_url_finder(self) -> None:
        """There is no page of one invitation to find."""
