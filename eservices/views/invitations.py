"""From the button in the invitation to the personal space."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.utils.decorators import method_decorator
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView

from eservices.actions import invitations
from eservices.actions.login_codes import send_login_code
from eservices.errors import CodeTooSoon, InvitationInvalid
from eservices.forms.accounts import AddressForm, CodeForm, InvitationForm
from eservices.identity import sessions
from eservices.identity.origins import browser_of
from eservices.identity.throttling import count_mails
from eservices.identity.tokens import token_hash
from eservices.models import Invitation, User
from eservices.queries.people import (
    code_state,
    current_terms,
    has_account,
    terms_text,
    usable_invitation,
)
from eservices.views.base import ActionFormView
from eservices.views.login import (
    INVITATION_KEY,
    in_language_of,
    mail_code_proof,
    send_code_again,
)

#: Where a session keeps who has still to type in the first code.
ACTIVATION_KEY = "activation"


class OpenLinkView(View):
    """Takes the secret out of the address before any page is shown; changes nothing.

    Mail scanners open links too: what the link is for happens only when a person sends a form.
    """

    session_key = INVITATION_KEY
    page = "invitation"

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        request.session[self.session_key] = token_hash(token)
        response = redirect(self.page)
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "private, no-store"
        return response


@method_decorator([never_cache, sensitive_post_parameters()], name="dispatch")
class InvitationView(ActionFormView):
    """Opens the account: name, password, terms. Somebody who has one logs in instead."""

    template_name = "accounts/invitation.html"
    form_class = InvitationForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            self.invitation = usable_invitation(hashed=request.session.get(INVITATION_KEY))
        except InvitationInvalid:
            return invitation_invalid(request)
        if has_account(self.invitation.email):
            return render(
                request, "accounts/invitation_known.html", {"invitation": self.invitation}
            )
        self.terms = current_terms()
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {
            **super().get_form_kwargs(),
            "email": self.invitation.email,
            "has_terms": self.terms is not None,
        }

    def get_initial(self) -> dict[str, Any]:
        return {"first_name": self.invitation.first_name, "last_name": self.invitation.last_name}

    def act(self, form: Any) -> None:
        answers = form.cleaned_data
        user = invitations.accept(
            hashed=self.invitation.token_hash,
            password=answers["password"],
            accepted_terms=answers.get("terms", False),
            terms=self.terms,
            language=get_language() or self.invitation.language,
            first_name=answers["first_name"],
            last_name=answers["last_name"],
        )
        self.request.session[ACTIVATION_KEY] = str(user.public_id)
        try:
            send_login_code(user=user, browser=browser_of(self.request))
        except CodeTooSoon:
            return  # the page tells until when the code that was sent is valid

    def get_success_url(self) -> str:
        return resolve_url("invitation-code")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        text = terms_text(self.terms, get_language() or "") if self.terms else ""
        return super().get_context_data(
            invitation=self.invitation, terms=self.terms, terms_text=text, **kwargs
        )


@method_decorator(never_cache, name="dispatch")
class InvitationCodeView(FormView):
    """The first code proves the mailbox: the account is active and the personal space opens."""

    template_name = "accounts/code.html"
    form_class = CodeForm
    invitation: Invitation
    user: User

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            self.invitation = usable_invitation(hashed=request.session.get(INVITATION_KEY))
        except InvitationInvalid:
            return invitation_invalid(request)
        user = self.invitation.user
        if user is None or str(user.public_id) != request.session.get(ACTIVATION_KEY):
            return redirect("invitation")
        self.user = user
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "resend" in request.POST:
            send_code_again(request, self.user)
            return redirect("invitation-code")
        return super().post(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.user}

    def form_invalid(self, form: CodeForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def form_valid(self, form: CodeForm) -> HttpResponse:
        invitation = invitations.activate(hashed=self.invitation.token_hash, user=self.user)
        for key in (INVITATION_KEY, ACTIVATION_KEY):
            self.request.session.pop(key, None)
        sessions.begin(self.request, user=self.user, proof=mail_code_proof())
        messages.success(self.request, _("Your account is active. Welcome."))
        with override(self.user.language):
            home = resolve_url("dashboard")
        return redirect(in_language_of(self.user, invitation.destination or home))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**code_state(self.user), is_first_code=True, **kwargs)


def invitation_invalid(request: HttpRequest) -> HttpResponse:
    """The one page for a link that was used, withdrawn, replaced, is too old or never existed."""
    context = {"form": AddressForm(), "reason": str(InvitationInvalid())}
    return render(request, "accounts/invitation_invalid.html", context, status=410)


class InvitationAgainView(ActionFormView):
    """Mails a new link to whoever may have one; the answer is the same for every address."""

    template_name = "accounts/invitation_invalid.html"
    form_class = AddressForm

    def act(self, form: Any) -> None:
        count_mails(self.request)
        invitations.ask_again(email=form.cleaned_data["email"])

    def get_success_url(self) -> str:
        return resolve_url("invitation-again-sent")
