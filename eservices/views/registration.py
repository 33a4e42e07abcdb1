"""Opening an account with a mail address, without having been invited."""

from typing import Any

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language

from eservices.actions import invitations
from eservices.forms.accounts import AddressForm
from eservices.identity.origins import client_address
from eservices.views.base import ActionFormView


class RegisterView(ActionFormView):
    """Asks for the address; page, status and number of mails are the same for every address."""

    template_name = "accounts/register.html"
    form_class = AddressForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "GET" and request.user.is_authenticated:
            return redirect("dashboard")
        return super().dispatch(request, *args, **kwargs)

    def act(self, form: Any) -> None:
        invitations.ask_for_account(
            email=form.cleaned_data["email"],
            language=get_language() or "",
            destination=self.destination(),
            network=client_address(self.request),
        )

    def destination(self) -> str:
        """Return the page of ours to open with the account, or an empty text."""
        asked = self.request.POST.get(REDIRECT_FIELD_NAME) or self.request.GET.get(
            REDIRECT_FIELD_NAME, ""
        )
        safe = url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
        return asked if safe and asked.startswith("/") and len(asked) <= 200 else ""

    def get_success_url(self) -> str:
        return resolve_url("register-sent")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(next=self.destination(), **kwargs)
