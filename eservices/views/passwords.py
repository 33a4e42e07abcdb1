"""Choosing a password: the criteria while typing, a change, and a new one after it was forgotten."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from eservices.actions import passwords, ratelimits
from eservices.errors import InvitationInvalid, ResetLinkInvalid, TooMany
from eservices.forms.accounts import AddressForm, NewPasswordForm, PasswordChangeForm
from eservices.identity import sessions
from eservices.identity.origins import client_address
from eservices.identity.throttling import count_mails
from eservices.models import User
from eservices.queries.people import password_criteria, usable_invitation
from eservices.views.base import ActionFormView, ViewerRequiredMixin
from eservices.views.login import INVITATION_KEY

#: Where a session keeps the reset link that was opened.
RESET_KEY = "password_reset"


@method_decorator([never_cache, sensitive_post_parameters()], name="dispatch")
class CriteriaView(View):
    """Tells a script which criteria the typed password meets; only POST, nothing is kept.

    The person is whoever is logged in, or invited: names and address must not make up the password.
    """

    http_method_names = ("post",)

    def post(self, request: HttpRequest) -> JsonResponse:
        try:
            ratelimits.allow(
                bucket="password-criteria",
                key=client_address(request),
                limit=600,
                window=timedelta(minutes=10),
            )
        except TooMany as refusal:
            return JsonResponse({"code": refusal.code, "title": str(refusal)}, status=429)
        typed = request.POST.get("password", "")[:256]
        criteria = password_criteria(password=typed, user=self._person(request))
        return JsonResponse({"criteria": criteria})

    @staticmethod
    def _person(request: HttpRequest) -> User:
        if request.user.is_authenticated:
            return request.user
        names = {name: request.POST.get(name, "")[:150] for name in ("first_name", "last_name")}
        try:
            invitation = usable_invitation(hashed=request.session.get(INVITATION_KEY))
        except InvitationInvalid:
            return User(**names)
        return User(email=invitation.email, **names)


@method_decorator(sensitive_post_parameters(), name="dispatch")
class PasswordChangeView(ViewerRequiredMixin, ActionFormView):
    """The current password and a new one; all other sessions end."""

    template_name = "accounts/password_change.html"
    form_class = PasswordChangeForm

    def act(self, form: Any) -> None:
        user = passwords.change_password(
            user=self.viewer.user,
            current=form.cleaned_data["current"],
            new=form.cleaned_data["password"],
        )
        sessions.keep_after_password_change(self.request, user)
        messages.success(
            self.request, _("Your password is changed. All other devices are logged out.")
        )

    def get_success_url(self) -> str:
        return resolve_url("security")


class ResetRequestView(ActionFormView):
    """Asks for the address; the answer is the same whether it has an account or not."""

    template_name = "accounts/reset_request.html"
    form_class = AddressForm

    def act(self, form: Any) -> None:
        count_mails(self.request)
        passwords.request_reset(email=form.cleaned_data["email"])

    def get_success_url(self) -> str:
        return resolve_url("password-reset-sent")


class ResetOpenView(View):
    """Takes the secret of a reset link out of the address; changes nothing."""

    def get(self, request: HttpRequest, public_id: Any, token: str) -> HttpResponse:
        request.session[RESET_KEY] = [str(public_id), token]
        response = redirect("password-reset-set")
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "private, no-store"
        return response


@method_decorator([never_cache, sensitive_post_parameters()], name="dispatch")
class ResetView(ActionFormView):
    """A new password after a mailed link; the person logs in with it, second step included."""

    template_name = "accounts/reset.html"
    form_class = NewPasswordForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            self.public_id, self.token = request.session.get(RESET_KEY, ("", ""))
            self.user = passwords.user_for_reset(public_id=self.public_id, token=self.token)
        except ResetLinkInvalid as refusal:
            context = {"form": AddressForm(), "reason": str(refusal)}
            return render(request, "accounts/reset_invalid.html", context, status=410)
        return super().dispatch(request, *args, **kwargs)

    def act(self, form: Any) -> None:
        passwords.reset_password(
            public_id=self.public_id, token=self.token, new=form.cleaned_data["password"]
        )
        self.request.session.flush()
        messages.success(self.request, _("Your new password is stored. Log in with it."))

    def get_success_url(self) -> str:
        return resolve_url("login")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(person=self.user, **kwargs)
