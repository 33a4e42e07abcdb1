"""Proving again who one is, before an act that only the person may do."""

from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import TemplateView

from eservices.actions.login_codes import send_login_code
from eservices.actions.login_methods import forget_wrong_codes
from eservices.enums import Method
from eservices.errors import DomainError
from eservices.forms.security import PROOF_FORMS, BackupCodeForm, ProofForm
from eservices.identity import sessions
from eservices.identity.choices import Choice, choices
from eservices.identity.methods import LEADS, NAMES
from eservices.identity.origins import browser_of
from eservices.queries.identities import identities_of
from eservices.queries.login_methods import LoginMethods, login_methods_of
from eservices.queries.people import code_state
from eservices.views.base import ViewerRequiredMixin
from eservices.views.fresh_proof import KEPT_ACT_KEY
from eservices.views.second_step import (
    chosen_way,
    note_refusal,
    other_ways,
    proof_by,
    tell_codes_left,
)


def own_url(request: HttpRequest) -> str:
    """Return the address in `next` when it is one of ours, else the page about security."""
    url = request.POST.get("next") or request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return url if is_ours else resolve_url("security")


@method_decorator(sensitive_post_parameters(), name="dispatch")
class ReauthenticateView(ViewerRequiredMixin):
    """The person proves again who they are, by any method of theirs, and goes back where they came from.

    Whoever has a password gives it too: somebody at an open screen may also read the mails.
    """

    def get(self, request: HttpRequest) -> HttpResponse:
        methods = login_methods_of(self.viewer.user)
        way = chosen_way(request, methods)
        return self.page(methods, way, self.form_of(way, methods))

    def post(self, request: HttpRequest) -> HttpResponse:
        if "resend" in request.POST:
            return self.send_code()
        user = self.viewer.user
        methods = login_methods_of(user)
        way = chosen_way(request, methods)
        form = self.form_of(way, methods, request.POST)
        if form is None:
            return self.get(request)
        if not form.is_valid():
            if form.refusal:
                note_refusal(request, user, way, form.refusal)
            return self.page(methods, way, form, status=422)
        forget_wrong_codes(user=user)
        sessions.strengthen(request, proof=proof_by(way))
        if isinstance(form, BackupCodeForm):
            tell_codes_left(request, form.left)
        return redirect(own_url(request))

    def send_code(self) -> HttpResponse:
        """Mail a code and show the form that asks for it."""
        try:
            send_login_code(user=self.viewer.user, browser=browser_of(self.request))
        except DomainError as refusal:
            messages.warning(self.request, str(refusal))
        else:
            messages.success(self.request, _("We sent you a code."))
        query = self.request.GET.copy()
        query["way"] = Method.MAIL_CODE.value
        return redirect(f"{reverse('reauthenticate')}?{query.urlencode()}")

    def form_of(self, way: Method, methods: LoginMethods, data: Any = None) -> ProofForm | None:
        """Return the form of a method; None for a passkey, which a script proves."""
        form_class = PROOF_FORMS.get(way)
        return form_class and form_class(
            data,
            user=self.viewer.user,
            browser=browser_of(self.request),
            with_password=methods.has_password,
        )

    def providers(self) -> list[Choice]:
        """Return the identity providers that are linked to the account."""
        linked = {row.provider for row in identities_of(self.viewer.user)}
        return [choice for choice in choices() if choice.key in linked]

    def page(
        self, methods: LoginMethods, way: Method, form: ProofForm | None, *, status: int = 200
    ) -> HttpResponse:
        """Show the page of one method."""
        goal = own_url(self.request)
        state = code_state(self.viewer.user)
        is_mail = way == Method.MAIL_CODE
        context = {
            "form": form,
            "next": goal,
            "encoded_next": quote(goal),
            "way_title": NAMES[way],
            "way_text": LEADS[way],
            "is_mail": is_mail,
            "needs_mail": is_mail and not state["valid_until"] and not (form and form.is_bound),
            "other_ways": other_ways(methods, way, goal),
            "providers": self.providers(),
            **state,
        }
        return render(self.request, "accounts/reauthenticate.html", context, status=status)


class ReauthenticatedView(ViewerRequiredMixin, TemplateView):
    """Offers the act that was sent before the new proof, where its address has no page of its own."""

    template_name = "accounts/reauthenticated.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        act = request.session.pop(KEPT_ACT_KEY, None)
        if act is None:
            return redirect("security")
        return self.render_to_response(self.get_context_data(act=act, **kwargs))
