"""The pages about the mail address of one's own account."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from eservices.actions import email_changes
from eservices.errors import ResetLinkInvalid
from eservices.forms.accounts import EmailChangeForm
from eservices.identity.tokens import token_hash
from eservices.queries.people import undoable_email_change, usable_email_change
from eservices.views.base import ActionFormView, ViewerRequiredMixin


@method_decorator(sensitive_post_parameters(), name="dispatch")
class EmailChangeView(ViewerRequiredMixin, ActionFormView):
    """Asks for a new mail address; a link mailed there confirms it."""

    template_name = "accounts/email_change.html"
    form_class = EmailChangeForm

    def act(self, form: Any) -> None:
        email_changes.ask_for_change(
            user=self.viewer.user,
            new_email=form.cleaned_data["email"],
            password=form.cleaned_data["password"],
        )
        messages.success(
            self.request,
            _("We sent a link to %(email)s. Your address changes when you open it and confirm.")
            % {"email": form.cleaned_data["email"]},
        )

    def get_success_url(self) -> str:
        return resolve_url("details")


class LinkOpenView(View):
    """Takes the secret of a link about a mail address out of the page's address; changes nothing."""

    session_key = "email_change"
    page = "email-change-confirm"

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        request.session[self.session_key] = token_hash(token)
        response = redirect(self.page)
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "private, no-store"
        return response


@method_decorator(never_cache, name="dispatch")
class EmailConfirmView(View):
    """One button that makes the new address the account's."""

    session_key = "email_change"
    template_name = "accounts/email_confirm.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.hashed = request.session.get(self.session_key, "")
        try:
            self.change = self.look_up()
        except ResetLinkInvalid:
            return render(request, "accounts/link_invalid.html", status=410)
        return super().dispatch(request, *args, **kwargs)

    def look_up(self) -> Any:
        """Return the change of the opened link; raises ResetLinkInvalid."""
        return usable_email_change(hashed=self.hashed, now=timezone.now())

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, self.template_name, {"change": self.change})

    def post(self, request: HttpRequest) -> HttpResponse:
        email_changes.confirm_change(hashed=self.hashed)
        request.session.pop(self.session_key, None)
        messages.success(
            request, _("Your new e-mail address is confirmed. Log in with it from now on.")
        )
        return redirect("details" if request.user.is_authenticated else "login")


class EmailUndoView(EmailConfirmView):
    """One button that brings the old address back and ends every session."""

    session_key = "email_undo"
    template_name = "accounts/email_undo.html"

    def look_up(self) -> Any:
        return undoable_email_change(hashed=self.hashed, now=timezone.now())

    def post(self, request: HttpRequest) -> HttpResponse:
        email_changes.undo_change(hashed=self.hashed)
        request.session.flush()
        messages.success(
            request,
            _(
                "Your old address is back and all devices are logged out. "
                "We sent you a link to choose a new password."
            ),
        )
        return redirect("login")
