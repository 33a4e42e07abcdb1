"""The wizard that opens the space of an enterprise or an association: one question a page.

What was typed waits in the browser's session until the last page; going back keeps it, and leaving loses nothing until
the session ends.
"""

from datetime import date
from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from eservices import formats
from eservices.actions import mandates, spaces
from eservices.actions.organisations import Declaration, declare
from eservices.directory import DirectoryRecord
from eservices.enums import MembershipFunction, ProfileKind
from eservices.errors import DomainError, LoginRequired, SpaceExists
from eservices.forms.organisations import (
    ContactForm,
    FunctionForm,
    KindForm,
    NameForm,
    NumberForm,
)
from eservices.models import Membership, User
from eservices.queries.organisations import membership_for_number, register_record
from eservices.views.base import ActionFormView, ViewerRequiredMixin

#: Where the browser's session keeps the answers: by step what was accepted, and what was typed last.
STATE = "new_space"
#: Where the browser's session keeps the page that sent the person here.
CAME_FROM = "new_space_next"
#: The steps in their order, each with its route.
STEPS = {
    "kind": "space-new",
    "number": "space-new-number",
    "name": "space-new-name",
    "function": "space-new-function",
    "contact": "space-new-contact",
}


class StepView(ViewerRequiredMixin, ActionFormView):
    """A page of the wizard: takes its answers, leads on; without those before it leads to the first missing one."""

    template_name = "organisations/step.html"
    step = ""
    #: The question of this page.
    title: str | Promise = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.viewer.is_authenticated and (missing := self.first_missing()):
            return redirect(STEPS[missing])
        return super().dispatch(request, *args, **kwargs)

    def first_missing(self) -> str:
        """Return the first step before this one that has no answers; "" when all are there."""
        before = list(STEPS)[: list(STEPS).index(self.step)]
        return next((step for step in before if step not in self.state), "")

    @property
    def user(self) -> User:
        """Who opens the space."""
        if self.viewer.user is None:
            raise LoginRequired
        return self.viewer.user

    @property
    def state(self) -> dict[str, Any]:
        """The answers so far."""
        state: dict[str, Any] = self.request.session.get(STATE, {})
        return state

    def keep(self, **parts: Any) -> None:
        """Keep answers in the browser's session."""
        self.request.session[STATE] = {**self.state, **parts}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "back" in request.POST:
            self.keep_typed()
            return redirect(self.back_route)
        return super().post(request, *args, **kwargs)

    @property
    def back_route(self) -> str:
        """The route before this one."""
        at = list(STEPS).index(self.step)
        return list(STEPS.values())[at - 1] if at else "spaces"

    def keep_typed(self) -> None:
        """Keep what stands on the page as it was typed, right or wrong."""
        names = self.get_form().fields
        typed = {name: self.request.POST.get(name, "") for name in names if name != "proof"}
        self.keep(typed={**self.state.get("typed", {}), self.step: typed})

    def get_initial(self) -> dict[str, Any]:
        typed: dict[str, Any] = self.state.get("typed", {}).get(self.step, {})
        return typed

    def form_valid(self, form: BaseForm) -> HttpResponse:
        self.keep_typed()
        return super().form_valid(form)

    def act(self, form: Any) -> None:
        self.keep(**{self.step: self.answers(form)})

    def answers(self, form: Any) -> dict[str, Any]:
        """Return the answers of this page as JSON values."""
        answers: dict[str, Any] = form.cleaned_data
        return answers

    def get_success_url(self) -> str:
        routes = list(STEPS.values())
        return reverse(routes[list(STEPS).index(self.step) + 1])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        at = list(STEPS).index(self.step) + 1
        values = {"number": at, "total": len(STEPS)}
        return super().get_context_data(
            **{
                "step": self.step,
                "title": self.title,
                "progress": _("Step %(number)s of %(total)s") % values,
                "at": at,
                "total": len(STEPS),
                "trail": trail(_("New space")),
                "is_multipart": self.step == "function",
                **kwargs,
            }
        )


class KindView(StepView):
    """Enterprise or association?"""

    step = "kind"
    title = gettext_lazy("For whom is the space?")
    form_class = KindForm

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        wanted = request.GET.get("next", "")
        if wanted and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
            request.session[CAME_FROM] = wanted
        elif not self.state:
            request.session.pop(CAME_FROM, None)
        return super().get(request, *args, **kwargs)


class NumberView(StepView):
    """Which number? Leads to the space that the person has already, if so."""

    step = "number"
    title = gettext_lazy("Which enterprise number?")
    form_class = NumberForm

    def act(self, form: Any) -> None:
        from_before = self.state.get("number", {}).get("number")
        if form.cleaned_data["number"] != from_before:  # another organisation: its name is unknown
            typed = {k: v for k, v in self.state.get("typed", {}).items() if k != "name"}
            state = {k: v for k, v in self.state.items() if k != "name"}
            self.request.session[STATE] = {**state, "typed": typed}
        register_record(form.cleaned_data["number"])
        super().act(form)

    def get_success_url(self) -> str:
        if own_membership(self):
            return reverse("space-new-access")
        return super().get_success_url()


class NameView(StepView):
    """What it is called, unless the register of enterprises says so; VAT."""

    step = "name"
    title = gettext_lazy("Name and kind")
    form_class = NameForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.record: DirectoryRecord | None = None
        if self.viewer.is_authenticated and "number" in self.state:
            try:
                self.record = register_record(self.state["number"]["number"])
            except DomainError:
                return redirect("space-new-number")
        return super().dispatch(request, *args, **kwargs)

    @property
    def register_knows(self) -> bool:
        """Whether the register gives a name."""
        return bool(self.record and self.record.names)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "register_knows": self.register_knows}

    def get_initial(self) -> dict[str, Any]:
        return {"kind": self.state.get("kind", {}).get("kind"), **super().get_initial()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        locked, contradiction = [], ""
        if self.record and self.register_knows:
            kind = ProfileKind(self.record.kind)
            source = _("Comes from the register of enterprises.")
            locked = [
                {
                    "id": "name",
                    "label": _("Name"),
                    "value": self.record.name_in(formats.language()),
                },
                {"id": "kind", "label": _("Kind"), "value": kind.label},
            ]
            locked = [{**value, "source": source} for value in locked]
            if kind != self.state["kind"]["kind"]:
                chosen = ProfileKind(self.state["kind"]["kind"]).label
                contradiction = _(
                    "You chose “%(chosen)s”, the register of enterprises says “%(kind)s”. The space "
                    "is opened as the register says. Check the number if this surprises you."
                ) % {"chosen": chosen, "kind": kind.label}
        number = self.state["number"]
        shown = {
            _("Enterprise number"): formats.bce(number["number"]),
            _("Establishment unit number"): formats.bce(number["establishment"]),
        }
        return super().get_context_data(
            number_rows=[
                {"label": label, "value": value} for label, value in shown.items() if value
            ],
            locked=locked,
            contradiction=contradiction,
            **kwargs,
        )


class FunctionView(StepView):
    """What the person is there; the paper is kept aside until the end."""

    step = "function"
    title = gettext_lazy("What is your function?")
    form_class = FunctionForm

    def answers(self, form: Any) -> dict[str, Any]:
        data = form.cleaned_data
        kept = self.state.get("function", {}).get("mandate")
        if data["proof"]:
            if kept:
                mandates.drop_pending(mandate=mandates.Mandate(**kept))
            mandate = self.kept_aside(data["proof"])
            kept = {"path": mandate.path, "name": mandate.name, "sha256": mandate.sha256}
        until = data["valid_until"]
        return {
            "function": data["function"],
            "function_words": data["function_words"],
            "valid_until": until.isoformat() if until else "",
            "mandate": kept,
        }

    @staticmethod
    def kept_aside(uploaded: Any) -> mandates.Mandate:
        """Keep the paper until the last page; a refusal belongs to its field."""
        try:
            return mandates.keep_pending(uploaded=uploaded)
        except DomainError as refusal:
            refusal.field = "proof"
            raise

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kept = self.state.get("function", {}).get("mandate")
        return super().get_context_data(
            kept_name=kept["name"] if kept else "", rules=FUNCTION_RULES, **kwargs
        )


#: What eg-conditions needs to show the words beside "other" only.
FUNCTION_RULES = (
    '{"questions": [{"id": "function", "type": "choice"}, {"id": "function_words", "type": "text", '
    '"show_if": [{"field": "function", "op": "is", "value": "other"}]}]}'
)


class ContactView(StepView):
    """How the person is reached; the last page opens the space and enters it."""

    step = "contact"
    title = gettext_lazy("Your contact details")
    form_class = ContactForm

    def get_initial(self) -> dict[str, Any]:
        start = {
            "language": self.user.language,
            "email": self.user.email,
            "notify_by_mail": True,
        }
        return {**start, **super().get_initial()}

    def act(self, form: Any) -> None:
        state = self.state
        kept = state["function"].get("mandate")
        membership = declare(
            user=self.user,
            declaration=declaration_of(state, form),
            mandate=mandates.Mandate(**kept) if kept else None,
        )
        if self.viewer.session is not None:
            spaces.enter(session=self.viewer.session, user=self.user, profile=membership.profile)
        self.opened = membership

    def form_valid(self, form: BaseForm) -> HttpResponse:
        self.keep_typed()
        try:
            self.act(form)
        except SpaceExists:  # the second press of the button, or another window
            return redirect("space-new-access")
        except DomainError as refusal:
            field = refusal.field if refusal.field in form.fields else None
            form.add_error(field, str(refusal))
            return self.render_to_response(self.get_context_data(form=form), status=refusal.status)
        self.request.session.pop(STATE, None)
        return redirect("space-new-done", space=self.opened.public_id)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        function = self.state["function"]
        words = function["function_words"]
        label = MembershipFunction(function["function"]).label
        recalled = [
            {
                "label": _("Your function"),
                "value": words if function["function"] == "other" else label,
                "url": reverse("space-new-function"),
                "link": _("Change"),
            }
        ]
        return super().get_context_data(recalled=recalled, is_last=True, **kwargs)


class AccessView(ViewerRequiredMixin, TemplateView):
    """ "You already have access to this space", with the button that enters it."""

    template_name = "organisations/access.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.membership = own_membership(self)
        if self.membership is None:
            return redirect("space-new")
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            membership=self.membership,
            came_from=self.request.session.get(CAME_FROM, ""),
            trail=trail(_("New space")),
            **kwargs,
        )


class DoneView(ViewerRequiredMixin, TemplateView):
    """The green page at the end."""

    template_name = "organisations/done.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        membership = self.viewer.membership
        if membership is None or membership.public_id != kwargs["space"]:
            return HttpResponseRedirect(reverse("spaces"))
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            membership=self.viewer.membership,
            came_from=self.request.session.get(CAME_FROM, ""),
            trail=trail(_("New space")),
            **kwargs,
        )


def trail(here: str) -> list[dict[str, Any]]:
    """Return the way back to "My spaces"."""
    return [
        {"label": _("My details"), "url": reverse("details")},
        {"label": _("My spaces"), "url": reverse("spaces")},
        {"label": here},
    ]


def own_membership(view: ViewerRequiredMixin) -> Membership | None:
    """Return the right that the person has already to the number of the wizard."""
    number = view.request.session.get(STATE, {}).get("number")
    if number is None or view.viewer.user is None:
        return None
    return membership_for_number(
        view.viewer.user, number=number["number"], establishment=number["establishment"]
    )


def declaration_of(state: dict[str, Any], form: Any) -> Declaration:
    """Return all answers of the wizard as the action takes them."""
    number, name, function = state["number"], state["name"], state["function"]
    until = function["valid_until"]
    return Declaration(
        kind=ProfileKind(name.get("kind") or state["kind"]["kind"]),
        number=number["number"],
        establishment=number["establishment"],
        terms=number["terms"],
        name=name.get("name", ""),
        is_vat_liable=name["vat"] == "yes",
        function=MembershipFunction(function["function"]),
        function_words=function["function_words"],
        valid_until=date.fromisoformat(until) if until else None,
        contact=form.contact(),
    )
