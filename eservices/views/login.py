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
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from two_factor.views import LoginView as WizardLoginView
from two_factor.views.utils import IdempotentSessionWizardView

from eservices.actions import invitations
from eservices.actions.accounts import ensure_device
from eservices.actions.login_codes import send_login_code
from eservices.errors import CodeTooSoon, DomainError, InvitationInvalid
from eservices.forms.accounts import CodeForm, LoginForm
from eservices.identity import sessions
from eservices.models import User
from eservices.queries.people import code_state

#: Where a session keeps the hash of an opened invitation.
INVITATION_KEY = "invitation"


def in_language_of(user: User, url: str) -> str:
    """Return the same page of ours in the account's language; pages of the site's tree stay as they are."""
    try:
        match = resolve(url.partition("?")[0])
    except Resolver404:
        return url
    return url if match.url_name == "wagtail_serve" else translate_url(url, user.language)


def browser_of(request: HttpRequest) -> str:
    """Return the family of the browser, so that a mail can say where a code was asked; no version, no device."""
    agent = request.headers.get("User-Agent", "")
    families = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"))
    found = next((name for mark, name in families if mark in agent), "")
    return found or ("Safari" if "Safari" in agent else "")


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


class LoginView(WizardLoginView):
    """First step: address and password. A right password mails the code and leads to the second step."""

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
        self.storage.reset()  # a password begins anew, whatever an older tab had reached
        return super().post(*args, **kwargs)

    def get_form(self, step: str | None = None, **kwargs: Any) -> BaseForm:
        # Not the stock one: it chooses a form by device and shows English words of its own.
        return IdempotentSessionWizardView.get_form(self, step=step, **kwargs)

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
        """Mail the code and go to the page that asks for it; a reload there sends nothing."""
        user = self.get_user()
        self.storage.current_step = self.TOKEN_STEP
        try:
            ensure_device(user)
            send_login_code(user=user, browser=browser_of(self.request))
        except CodeTooSoon:
            pass  # the page tells until when the code that was sent is valid
        except DomainError as refusal:
            messages.warning(self.request, str(refusal))
        return redirect(self.with_next("login-code"))

    def with_next(self, name: str) -> str:
        """Return the address of a step with the page to open afterwards."""
        goal = self.get_redirect_url()
        return f"{reverse(name)}?{urlencode({'next': goal})}" if goal else reverse(name)

    def done(self, form_list: Any, **kwargs: Any) -> HttpResponse:
        """Begin the session; nobody gets here without the device that proved the code."""
        user = self.get_user()
        device = getattr(user, "otp_device", None)
        if not user or device is None:
            raise PermissionDenied
        invitation = self.request.session.get(INVITATION_KEY)
        goal = self.get_redirect_url()
        sessions.begin(self.request, user=user, device=device)
        destination = after_login(self.request, user, invitation)
        self.request.session.pop(INVITATION_KEY, None)
        with override(user.language):
            home = resolve_url("dashboard")
        return redirect(in_language_of(user, goal or destination) if goal or destination else home)


class CodeView(LoginView):
    """Second step: the six digits of the mail, or another mail."""

    template_name = "accounts/code.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().dispatch(request, *args, **kwargs)
        response.headers["Cache-Control"] = "private, no-store"
        return response

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.is_under_way():
            return self.from_the_start()
        self.storage.current_step = self.TOKEN_STEP
        return self.render(self.get_form())

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.is_under_way():
            return self.from_the_start()
        if "resend" in self.request.POST:
            send_code_again(self.request, self.get_user())
            return redirect(self.with_next("login-code"))
        return WizardLoginView.post(self, *args, **kwargs)

    def is_under_way(self) -> bool:
        """Whether a right password was given in this session in the last ten minutes."""
        return bool(self.get_user()) and not self.expired

    def from_the_start(self) -> HttpResponse:
        """Lead back to the password, with the reason and the page to open afterwards."""
        messages.info(self.request, _("For your safety, begin again with your password."))
        return redirect(self.with_next("login"))

    def get_context_data(self, form: BaseForm, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(form=form, **kwargs)
        return {**context, **code_state(self.get_user()), "back_url": self.with_next("login")}


class LogoutView(DjangoLogoutView):
    """Ends the session and leads to the start page."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        super().post(request, *args, **kwargs)
        messages.success(request, _("You are logged out."))
        return redirect(f"/{get_language()}/")
