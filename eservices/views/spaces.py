""" "My spaces": in whose name one may act, entering, leaving, and one's own details in each."""

from typing import Any

from django.contrib import messages
from django.core.files.storage import storages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse
from django.utils.functional import cached_property
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import TemplateView

from eservices import formats
from eservices.actions import colleagues, mandates, memberships, spaces
from eservices.actions.organisations import update_contact
from eservices.enums import MembershipFunction, MembershipRole, MembershipState
from eservices.errors import DomainError, LoginRequired, NotFound
from eservices.forms.organisations import MandateForm, MembershipForm, SpaceForm
from eservices.models import Membership, Profile, User
from eservices.queries.profiles import (
    administers,
    invitations_for,
    membership_named,
    memberships_of,
    profile_named,
)
from eservices.views.base import ActionFormView, ViewerRequiredMixin
from eservices.views.kept import KeptFormMixin
from eservices.views.organisations import FUNCTION_RULES, trail

#: Pages that belong to one profile: after a switch they would show nothing.
OF_ONE_PROFILE = ("submission", "annex", "space-new", "dashboard")


class PersonMixin(ViewerRequiredMixin):
    """Pages about the person's own spaces."""

    @property
    def user(self) -> User:
        """Who looks."""
        if self.viewer.user is None:
            raise LoginRequired
        return self.viewer.user


class SpaceMixin(PersonMixin):
    """Pages about one of the person's spaces, named by the membership."""

    @cached_property
    def membership(self) -> Membership:
        """The right to this space; NotFound for somebody else's and for one that has ended."""
        return membership_named(self.user, self.kwargs["space"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Name the space and the way back."""
        context: dict[str, Any] = super().get_context_data(  # type: ignore[misc]
            membership=self.membership, trail=space_trail(self.membership), **kwargs
        )
        return context


class SpacesView(PersonMixin, TemplateView):
    """All spaces with their state in words, and the invitations that wait for an answer."""

    template_name = "organisations/spaces.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        current = self.viewer.membership
        rows = [
            {
                "membership": row,
                "facts": facts(row),
                "words": state_words(row),
                "is_current": row == current,
                "is_admin": row.state == MembershipState.CONFIRMED
                and row.role == MembershipRole.ADMIN,
            }
            for row in memberships_of(self.user).select_related("confirmed_by")
        ]
        return super().get_context_data(
            rows=rows,
            invitations=invitations_for(self.user),
            own=Profile.objects.filter(user=self.user).first(),
            is_oneself=current is None,
            trail=trail(_("My spaces"))[::2],
            **kwargs,
        )


class SwitchView(PersonMixin, View):
    """Changes in whose name the session acts and leads back, or to the personal space."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest) -> HttpResponse:
        wanted = request.POST.get("profile", "")
        profile = profile_named(self.user, wanted)
        session = self.viewer.session
        if session is None:
            raise LoginRequired
        membership = spaces.enter(session=session, user=self.user, profile=profile)
        if membership is None:
            messages.success(request, _("You now act for yourself."))
        else:
            name = membership.shown_name
            messages.success(request, _("You now act for %(name)s.") % {"name": name})
        return HttpResponseRedirect(way_back(request))


class SpaceView(SpaceMixin, TemplateView):
    """One space: what the right rests on, contact details, mandate, and the ways out."""

    template_name = "organisations/space.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.membership
        return super().get_context_data(
            facts=facts(row),
            words=state_words(row),
            mandate_rows=[
                {
                    "name": row.proof_name,
                    "note": _("Your mandate"),
                    "url": reverse("space-mandate-file", args=[row.public_id]),
                }
            ],
            contact=contact_rows(row),
            is_admin=administers(self.user, row.profile),
            is_current=row == self.viewer.membership,
            **kwargs,
        )


class SpaceEditView(KeptFormMixin, SpaceMixin, ActionFormView):
    """Changes one's function and contact details in a space."""

    template_name = "organisations/edit.html"
    form_class = MembershipForm

    def get_initial(self) -> dict[str, Any]:
        row = self.membership
        names = ("function", "function_words", "language", "email", "notify_by_mail")
        phones = {name: formats.phone(getattr(row, name)) for name in ("landline", "mobile")}
        return {**{name: getattr(row, name) for name in names}, **phones}

    def act(self, form: Any) -> None:
        update_contact(
            membership=self.membership,
            by=self.user,
            function=MembershipFunction(form.cleaned_data["function"]),
            function_words=form.cleaned_data["function_words"],
            contact=form.contact(),
        )
        messages.success(self.request, _("Your details in this space are saved."))

    def get_success_url(self) -> str:
        return reverse("space", args=[self.membership.public_id])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(rules=FUNCTION_RULES, **kwargs)


class MandateView(SpaceMixin, ActionFormView):
    """Adds or replaces the mandate while the right waits for confirmation."""

    template_name = "organisations/mandate.html"
    form_class = MandateForm

    def act(self, form: Any) -> None:
        try:
            mandates.upload_mandate(
                membership=self.membership, by=self.user, uploaded=form.cleaned_data["proof"]
            )
        except DomainError as refusal:
            refusal.field = refusal.field or "proof"
            raise
        messages.success(self.request, _("Your mandate is received. The municipality reads it."))

    def get_success_url(self) -> str:
        return reverse("space", args=[self.membership.public_id])


class MandateFileView(SpaceMixin, View):
    """Hands out one's own mandate."""

    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        row = self.membership
        if not row.proof:
            raise NotFound
        answer = FileResponse(
            storages["private"].open(row.proof.name), as_attachment=True, filename=row.proof_name
        )
        answer.headers["X-Content-Type-Options"] = "nosniff"
        return answer


class LeaveView(SpaceMixin, ActionFormView):
    """Asks once, then ends one's own right to a space."""

    template_name = "organisations/leave.html"
    form_class = SpaceForm

    def act(self, form: Any) -> None:
        name = self.membership.shown_name
        memberships.end(membership=self.membership, by=self.user)
        if self.viewer.session is not None and self.viewer.membership == self.membership:
            spaces.enter(session=self.viewer.session, user=self.user, profile=None)
        messages.success(self.request, _("You no longer act for %(name)s.") % {"name": name})

    def get_success_url(self) -> str:
        return reverse("spaces")


class InvitationAnswerView(PersonMixin, View):
    """Accepts or declines the invitation of a colleague."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        invitation = invitations_for(self.user).filter(public_id=kwargs["invitation"]).first()
        if invitation is None:
            messages.error(request, str(NotFound()))
            return redirect("spaces")
        name = invitation.profile.name
        try:
            if request.POST.get("answer") == "accept":
                colleagues.accept(invitation=invitation, by=self.user)
                words = _("You are now a member of %(name)s.")
            else:
                colleagues.decline(invitation=invitation, by=self.user)
                words = _("You declined the invitation of %(name)s.")
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, words % {"name": name})
        return redirect("spaces")


def way_back(request: HttpRequest) -> str:
    """Return the page from which somebody switched, or the personal space where it would show nothing.

    `open` names the page for which somebody switches: what it shows belongs to the space that is entered.
    """
    goal = request.POST.get("open", "")
    if url_has_allowed_host_and_scheme(goal, allowed_hosts=None):
        return goal
    wanted = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return reverse("dashboard")
    try:
        route = resolve(wanted.partition("?")[0]).url_name or ""
    except Resolver404:
        return reverse("dashboard")
    if route.startswith(OF_ONE_PROFILE):
        return reverse("dashboard")
    return wanted


def space_trail(membership: Membership, here: str = "") -> list[dict[str, Any]]:
    """Return the way back from a page about a space."""
    name = membership.shown_name
    if not here:
        return trail(name)
    above = [
        *trail(name)[:-1],
        {"label": name, "url": reverse("space", args=[membership.public_id])},
    ]
    return [*above, {"label": here}]


def state_words(membership: Membership) -> str:
    """Return how sure the right is, and on what it rests, in a sentence."""
    if membership.state == MembershipState.DECLARED:
        if membership.proof:
            return _(
                "Declared by you. The municipality reads your mandate; until then you see only what "
                "you start yourself."
            )
        return _(
            "Declared by you, not confirmed yet. Until then you see only what you start yourself."
        )
    day = formats.long_date(membership.confirmed_at) if membership.confirmed_at else ""
    if membership.confirmed_how == "colleague" and membership.confirmed_by:
        values = {"name": membership.confirmed_by.display_name, "day": day}
        return _("Confirmed by %(name)s on %(day)s.") % values
    if membership.confirmed_how == "provider":
        return _("Confirmed by your identity provider on %(day)s.") % {"day": day}
    return _("Confirmed by the municipality on %(day)s.") % {"day": day}


def facts(membership: Membership) -> list[dict[str, str]]:
    """Return what is said of a space in lists, as parts/rows.html takes it."""
    organisation = membership.profile.organisation
    found = {
        "building-2": formats.bce(organisation.bce_number),
        "id-card": function_words(membership),
    }
    if organisation.establishment_number:
        found["store"] = formats.bce(organisation.establishment_number)
    if membership.state == MembershipState.CONFIRMED:
        is_admin = membership.role == MembershipRole.ADMIN
        found["users-round"] = _("Administrator") if is_admin else _("Member")
    if membership.valid_until:
        day = formats.long_date(membership.valid_until)
        found["calendar-days"] = _("Valid until %(day)s") % {"day": day}
    return [{"icon": icon, "text": str(text)} for icon, text in found.items()]


def function_words(membership: Membership) -> str:
    """Return the function in words; the person's own for "other"."""
    return membership.function_words or str(membership.get_function_display())


def contact_rows(membership: Membership) -> list[dict[str, Any]]:
    """Return function and contact details as parts/answers.html takes them."""
    return [
        {"label": _("Function"), "value": function_words(membership)},
        {"label": _("Language"), "value": membership.get_language_display()},
        {"label": _("Phone number"), "value": formats.phone(membership.landline)},
        {"label": _("Mobile number"), "value": formats.phone(membership.mobile)},
        {"label": _("E-mail address"), "value": membership.email},
        {
            "label": _("Notices by e-mail"),
            "value": _("Yes") if membership.notify_by_mail else _("No"),
        },
    ]
