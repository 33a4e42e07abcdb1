"""Logging in with a password and a mailed code, and logging out."""

from typing import Any, ClassVar
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.views import LogoutView as DjangoLogoutView
from django.core.exceptions import PermissionDenied
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.urls import Resolver404, resolve, reverse, translate_url
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from two_factor.views import LoginView as WizardLoginView
from two_factor.views.utils import IdempotentSessionWizardView

from eservices.actions import invitations
from eservices.actions.accounts import ensure_device
from eservices.actions.login_codes import send_login_code
from eservices.contract import Proof
from eservices.enums import Level, Method
from eservices.errors import CodeTooSoon, DomainError, InvitationInvalid
from eservices.forms.accounts import CodeForm, LoginForm
from eservices.identity import provider_logout, sessions
from eservices.identity.origins import browser_of, origin_of
from eservices.identity.throttling import count_logins
from eservices.models import User
from eservices.queries.login_methods import login_methods_of

#: Where a session keeps the hash of an opened invitation.
INVITATION_KEY = "invitation"


def in_language_of(user: User, url: str) -> str:
    """Return the same page of ours in the account's language; pages of the site's tree stay as they are."""
    try:
        match = resolve(url.partition("?")[0])
    except Resolver404:
        return url
    return url if match.url_name == "wagtail_serve" else translate_url(url, user.language)


def send_code_again(request: HttpRequest, user: User) -> None:
    """Mail another code and say so, or say how long to wait."""
    try:
        send_login_code(user=user, browser=browser_of(request))
    except DomainError as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, _("We sent you a new code. The one before no longer works."))


def after_login(request: HttpRequest, user: User, invitation: str | None) -> str:
    """Give the person the invitation that led here; returns its destination, else an empty text."""
    if not invitation:
        return ""
    try:
        return invitations.attach(hashed=invitation, user=user).destination
    except InvitationInvalid:
        return ""


def enter(request: HttpRequest, *, user: User, proof: Proof, goal: str = "") -> HttpResponse:
    """Begin the session of somebody who has just proved who they are, and lead to `goal` (checked by the caller).

    An invitation that led here is attached; without `goal` the person comes to its destination, else to their space.
    """
    invitation = request.session.get(INVITATION_KEY)
    sessions.begin(request, user=user, proof=proof)
    destination = after_login(request, user, invitation)
    request.session.pop(INVITATION_KEY, None)
    with override(user.language):
        home = resolve_url("dashboard")
    return redirect(in_language_of(user, goal or destination) if goal or destination else home)


def mail_code_proof() -> Proof:
    """Return the proof that a right mailed code gives just now, after a right password."""
    return Proof(method=Method.MAIL_CODE, level=Level.LOW, at=timezone.now())


class LoginView(WizardLoginView):
    """First step: address and password. A right password leads to the second step, and mails a code if that is it."""

    template_name = "accounts/login.html"
    form_list = (
        (WizardLoginView.AUTH_STEP, LoginForm),
        (WizardLoginView.TOKEN_STEP, CodeForm),
    )
    #: No condition: the second step is always asked.
    condition_dict: ClassVar[dict[str, Any]] = {}
    redirect_authenticated_user = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # The stock view keeps one dict for all requests and writes into it.
        self.form_list = dict(self.form_list)
        return super().dispatch(request, *args, **kwargs)

    def get_prefix(self, request: HttpRequest, *args: Any, **kwargs: Any) -> str:
        return "login"

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        count_logins(self.request)
        self.storage.reset()  # a password begins anew, whatever an older tab had reached
        return super().post(*args, **kwargs)

    def get_form(self, step: str | None = None, **kwargs: Any) -> BaseForm:
        # Not the stock one: it chooses a form by device and shows English words of its own.
        form = IdempotentSessionWizardView.get_form(self, step=step, **kwargs)
        if isinstance(form, LoginForm):
            form.network = origin_of(self.request).network
        return form

    def get_device(self, step: str | None = None) -> Any:
        return ensure_device(self.get_user())

    def render(self, form: BaseForm | None = None, **kwargs: Any) -> HttpResponse:
        # Not the stock one: showing a page sends no mail.
        response = IdempotentSessionWizardView.render(self, form, **kwargs)
        if form is not None and form.is_bound:
            response.status_code = 422
        return response

    def get_context_data(self, form: BaseForm, **kwargs: Any) -> dict[str, Any]:
        context = IdempotentSessionWizardView.get_context_data(self, form=form, **kwargs)
        context["next"] = self.get_redirect_url()
        return context

    def render_next_step(self, form: BaseForm, **kwargs: Any) -> HttpResponse:
        """Mail the code, if it is what the person is asked first, and go to the page that asks for it.

        A reload there sends nothing.
        """
        user = self.get_user()
        self.storage.current_step = self.TOKEN_STEP
        ensure_device(user)
        if login_methods_of(user).preferred != Method.MAIL_CODE:
            return redirect(
                self.with_next("login-code")
            )  # a code by mail only when it is asked for
        try:
            send_login_code(user=user, browser=browser_of(self.request))
        except CodeTooSoon:
            pass  # the page tells until when the code that was sent is valid
        except DomainError as refusal:
            messages.warning(self.request, str(refusal))
        return redirect(self.with_next("login-code"))

    def with_next(self, name: str, **parts: str) -> str:
        """Return the address of a step with the page to open afterwards."""
        goal = self.get_redirect_url()
        query = parts | ({"next": goal} if goal else {})
        return f"{reverse(name)}?{urlencode(query)}" if query else reverse(name)

    def done(self, form_list: Any, **kwargs: Any) -> HttpResponse:
        """Never: a password alone begins no session, the page of the second step does."""
        raise PermissionDenied


class LogoutView(DjangoLogoutView):
    """Ends the session and leads to the start page; who came by a provider is offered to log out there too."""

    #: An agent who looks at somebody's space logs out of the portal altogether.
    ends_the_look = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        came_by = provider_logout.kept(request)
        sessions.end(request)
        provider_logout.restore(request, came_by)
        messages.success(request, _("You are logged out."))
        offer = provider_logout.offered(request)
        if offer is None:
            return redirect(f"/{get_language()}/")
        query = urlencode({"language": get_language()})
        return redirect(f"{reverse('oidc-logout', args=[offer.provider.key])}?{query}")
