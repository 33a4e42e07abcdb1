"""Rights to act for organisations in the back office: confirming, refusing and ending them."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from eservices import formats
from eservices.actions import journal, memberships
from eservices.backoffice.history import event_words
from eservices.backoffice.people import RightMenuItem, RightMixin
from eservices.directory import DirectoryRecord, find_enterprise
from eservices.enums import ConfirmedBy, MembershipRole, MembershipState, ProfileKind, Side
from eservices.errors import DomainError, NotFound, Unavailable
from eservices.models import Membership
from eservices.queries.identifiers import masked_number
from eservices.queries.journal import entries_about
from eservices.queries.members import (
    Tab,
    is_over,
    membership_counts,
    membership_for_agent,
    memberships_for_agents,
    other_members,
)
from eservices.queries.profiles import suggested_role

ROWS = 25
TABS: tuple[tuple[Tab, Any], ...] = (
    ("declared", gettext_lazy("To confirm")),
    ("confirmed", pgettext_lazy("memberships", "Confirmed")),
    ("ended", pgettext_lazy("memberships", "Ended")),
)


class ConfirmForm(forms.Form):
    """On what a confirmation rests, for how long and with which role."""

    how = forms.ChoiceField(
        label=gettext_lazy("What it rests on"),
        choices=[
            (ConfirmedBy.MANDATE, gettext_lazy("A mandate or statutes that I have read")),
            (ConfirmedBy.AGENT, gettext_lazy("What the administration knows already")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say what the confirmation rests on.")},
    )
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=MembershipRole.choices)
    valid_until = forms.DateField(
        label=gettext_lazy("Valid until"),
        required=False,
        help_text=gettext_lazy("The last day. Leave it empty for no limit."),
        error_messages={"invalid": gettext_lazy("Enter a date, for example 31/12/2027.")},
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class EndForm(forms.Form):
    """Why somebody may not, or no longer, act for an organisation."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class MembershipMixin(RightMixin):
    """Only for those who may confirm memberships."""

    right = memberships.CHANGE
    header_icon = "group"
    kwargs: dict[str, Any]

    @cached_property
    def membership(self) -> Membership:
        """The one of the address; NotFound for none."""
        return membership_for_agent(self.kwargs["public_id"])


class MembershipListView(MembershipMixin, TemplateView):
    """Memberships under three tabs; those that wait longest come first."""

    template_name = "backoffice/memberships.html"
    page_title = gettext_lazy("Memberships")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = self.request.GET
        tab = next((key for key, _label in TABS if key == asked.get("tab")), "declared")
        search = asked.get("q", "").strip()
        counts = membership_counts()
        page = Paginator(memberships_for_agents(tab=tab, search=search), ROWS)
        shown = page.get_page(asked.get("p"))
        return super().get_context_data(
            tabs=[
                {"key": key, "label": label, "count": getattr(counts, key), "current": key == tab}
                for key, label in TABS
            ],
            tab=tab,
            search=search,
            page_obj=shown,
            rows=[
                {
                    "membership": row,
                    "is_verified": hasattr(row.user, "identifier"),
                    "is_over": is_over(row),
                    "number": formats.bce(row.profile.organisation.bce_number),
                }
                for row in shown.object_list
            ],
            **kwargs,
        )


class MembershipView(MembershipMixin, TemplateView):
    """One membership: person, organisation and register side by side, and the act that is possible now."""

    template_name = "backoffice/membership.html"
    trail = (("agent-memberships", gettext_lazy("Memberships")),)

    def get_page_title(self) -> str:
        row = self.membership
        return f"{row.user.display_name} – {row.shown_name}"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        act = kwargs["act"]
        form = (ConfirmForm if act == "confirm" else EndForm)(request.POST)
        status = 422
        if form.is_valid():
            try:
                self.settle(act, form.cleaned_data)
            except DomainError as refusal:
                form.add_error(
                    refusal.field if refusal.field in form.fields else None, str(refusal)
                )
                status = refusal.status
            else:
                return redirect("agent-membership", public_id=self.membership.public_id)
        shown = {"confirm_form" if act == "confirm" else "end_form": form}
        return self.render_to_response(self.get_context_data(**shown), status=status)

    def settle(self, act: str, values: dict[str, Any]) -> None:
        """Call the action and say what happened."""
        if act == "confirm":
            memberships.confirm(
                membership=self.membership,
                by=self.agent,
                how=ConfirmedBy(values["how"]),
                role=MembershipRole(values["role"]),
                valid_until=values["valid_until"],
            )
            messages.success(
                self.request, _("The membership is confirmed. The person gets an e-mail.")
            )
        else:
            memberships.end(membership=self.membership, by=self.agent, reason=values["reason"])
            messages.success(
                self.request, _("The membership has ended. The person gets an e-mail.")
            )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.membership
        waits = row.state == MembershipState.DECLARED
        record, register_fails = register_record(row)
        kwargs.setdefault(
            "confirm_form",
            ConfirmForm(initial={"role": suggested_role(row), "valid_until": row.valid_until}),
        )
        kwargs.setdefault("end_form", EndForm())
        entries = reversed(list(entries_about(row)))
        return super().get_context_data(
            membership=row,
            waits=waits,
            ended=row.state == MembershipState.REVOKED,
            is_over=is_over(row),
            is_own=row.user == self.agent,
            masked_number=masked_number(row.user),
            comparison=comparison(row, record),
            record=record,
            register_fails=register_fails,
            others=other_members(row),
            history=[{"entry": entry, "words": event_words(entry)} for entry in entries],
            **kwargs,
        )


class MandateView(MembershipMixin, View):
    """Hands out the paper that came with a membership, and writes down who read it."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> FileResponse:
        row = self.membership
        if not row.proof:
            raise NotFound
        with transaction.atomic():
            locked = Membership.objects.select_for_update().get(pk=row.pk)
            journal.record(subject=locked, event="mandate_read", actor=self.agent, side=Side.AGENT)
        answer = FileResponse(
            row.proof.open("rb"),
            as_attachment=True,
            filename=row.proof_name or "mandate",
            content_type="application/octet-stream",
        )
        answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
        answer.headers["X-Content-Type-Options"] = "nosniff"
        answer.headers["Cache-Control"] = "private, no-store"
        return answer


def register_record(row: Membership) -> tuple[DirectoryRecord | None, bool]:
    """Return what the register says of the organisation, and whether it could not be asked."""
    try:
        return find_enterprise(row.profile.organisation.bce_number), False
    except Unavailable:
        return None, True


def comparison(row: Membership, record: DirectoryRecord | None) -> list[dict[str, Any]]:
    """Return what the person declared, what the space has and what the register says, value by value."""
    profile, organisation, declared = row.profile, row.profile.organisation, row.declared
    words = {True: _("Yes"), False: _("No")}
    number = formats.bce(organisation.bce_number)
    kind = declared.get("kind", "")
    rows = [
        (
            _("Name"),
            declared.get("name", ""),
            profile.name,
            record.name_in(get_language() or "fr") if record else "",
        ),
        (
            _("Kind"),
            ProfileKind(kind).label if kind in ProfileKind.values else "",
            profile.get_kind_display(),
            record.kind.label if record else "",
        ),
        (_("Enterprise number"), number, number, number if record else ""),
        (
            _("Liable to VAT"),
            words.get(declared.get("is_vat_liable"), ""),
            words.get(organisation.is_vat_liable, ""),
            "",
        ),
        (
            _("Address"),
            "",
            "",
            formats.address(record.address) if record and record.address else "",
        ),
    ]
    return [
        {
            "label": label,
            "declared": said,
            "space": ours,
            "register": theirs,
            "differs": bool(theirs and said and str(said).casefold() != str(theirs).casefold()),
        }
        for label, said, ours, theirs in rows
    ]


def menu_item() -> RightMenuItem:
    """Return the menu item of memberships."""
    return RightMenuItem(
        gettext_lazy("Memberships"),
        reverse("agent-memberships"),
        name="memberships",
        icon_name="group",
        order=110,
        right=memberships.CHANGE,
    )


def urls() -> list[URLPattern]:
    """Return the addresses below /admin/."""
    one = "memberships/<uuid:public_id>/"
    return [
        path("memberships/", MembershipListView.as_view(), name="agent-memberships"),
        path(one, MembershipView.as_view(http_method_names=["get"]), name="agent-membership"),
        path(f"{one}mandate/", MandateView.as_view(), name="agent-mandate"),
        *[
            path(
                f"{one}{act}/",
                MembershipView.as_view(http_method_names=["post"]),
                {"act": act},
                name=f"agent-membership-{act}",
            )
            for act in ("confirm", "end")
        ],
    ]
