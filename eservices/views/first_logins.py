"""From a new digital identity to an account: complete it, prove the mailbox; or link the identity to one's account."""

import math
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache

from eservices.actions.first_logins import (
    TRIES,
    check_opening_code,
    code_valid_until,
    open_account,
    send_opening_code,
)
from eservices.actions.identities import could_be, link
from eservices.errors import (
    CodeTooSoon,
    CodeTriesOver,
    DomainError,
    IdentityForgotten,
    IdentityOtherPerson,
)
from eservices.forms.identities import CompleteForm, OpeningCodeForm
from eservices.identity import pending
from eservices.identity.origins import browser_of
from eservices.identity.outcomes import logged_in, note_refusal, strengthened
from eservices.identity.providers import name_of
from eservices.identity.throttling import count_mails
from eservices.queries.people import current_terms, masked_email, terms_text
from eservices.views.base import ActionFormView, ViewerRequiredMixin


def lost(request: HttpRequest, refusal: DomainError) -> HttpResponse:
    """Lead back to the page of all ways in, with the reason."""
    messages.info(request, str(refusal))
    return redirect("login")


class PendingMixin(View):
    """Pages that go on with an identity that waits in this session; without one they lead to the login page."""

    waits: pending.Pending
    purpose = "login"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            self.waits = pending.waiting(request)
        except IdentityForgotten as refusal:
            return lost(request, refusal)
        if self.waits.purpose != self.purpose:
            return lost(request, IdentityForgotten())
        return super().dispatch(request, *args, **kwargs)


def send_code(request: HttpRequest, waits: pending.Pending, answers: dict[str, Any]) -> None:
    """Mail the code of a new round to the address in `answers` and keep both. Raises CodeTooSoon, TooMany."""
    now = timezone.now()
    before = waits.answers.get("sent_at")
    if before:
        free_at = datetime.fromisoformat(before) + timedelta(
            seconds=settings.OTP_EMAIL_COOLDOWN_DURATION
        )
        if now < free_at:
            raise CodeTooSoon(seconds=math.ceil((free_at - now).total_seconds()))
    count_mails(request)
    round_id = str(uuid4())
    send_opening_code(
        email=answers["email"],
        language=answers["language"],
        round_id=round_id,
        browser=browser_of(request),
    )
    kept = {**answers, "round": round_id, "sent_at": now.isoformat(), "tries": 0}
    pending.keep(request, replace(waits, answers=kept))


@method_decorator(never_cache, name="dispatch")
class CompleteView(PendingMixin, ActionFormView):
    """Completes a new account: what the provider vouches for is shown, the rest is asked."""

    template_name = "identity/complete.html"
    form_class = CompleteForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.terms = current_terms()
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {
            **super().get_form_kwargs(),
            "identity": self.waits.identity,
            "has_terms": self.terms is not None,
        }

    def get_initial(self) -> dict[str, Any]:
        identity = self.waits.identity
        told = {
            "email": identity.email,
            "first_name": identity.first_name,
            "last_name": identity.last_name,
            "language": identity.language or get_language(),
        }
        typed = {name: value for name, value in self.waits.answers.items() if name in told}
        return {**told, **typed}

    def act(self, form: Any) -> None:
        typed = form.cleaned_data
        answers = {
            "email": typed["email"],
            "language": typed["language"],
            "first_name": typed.get("first_name", ""),
            "last_name": typed.get("last_name", ""),
            "terms": typed.get("terms", False),
            "terms_number": self.terms.number if self.terms else 0,
        }
        try:
            send_code(self.request, self.waits, answers)
        except CodeTooSoon:
            if answers["email"] != self.waits.answers.get("email"):
                raise
            kept = {**self.waits.answers, **answers}
            pending.keep(self.request, replace(self.waits, answers=kept))

    def get_success_url(self) -> str:
        return resolve_url("identity-complete-code")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        form = context["form"]
        labels = {name: CompleteForm.base_fields[name].label for name in form.vouched}
        locked = [
            {"id": f"vouched-{name}", "label": labels[name], "value": value}
            for name, value in form.vouched.items()
        ]
        text = terms_text(self.terms, get_language() or "") if self.terms else ""
        return {
            **context,
            "locked": locked,
            "provider_name": name_of(self.waits.identity.provider),
            "login_url": resolve_url("login"),
            "terms": self.terms,
            "terms_text": text,
        }


@method_decorator(never_cache, name="dispatch")
class CompleteCodeView(PendingMixin, ActionFormView):
    """The code proves the mailbox: the account is opened with the identity, and the session begins at its level."""

    template_name = "identity/complete_code.html"
    form_class = OpeningCodeForm
    address = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.terms = current_terms()
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "round" not in self.waits.answers:
            return redirect("identity-complete")
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answers = self.waits.answers
        changed = answers.get("terms_number") != (self.terms.number if self.terms else 0)
        if "round" not in answers or changed:  # new terms are read before they are accepted
            return redirect("identity-complete")
        if "resend" in request.POST:
            self.send_again(request)
            return redirect("identity-complete-code")
        return super().post(request, *args, **kwargs)

    def send_again(self, request: HttpRequest) -> None:
        """Mail another code and say so, or say how long to wait."""
        try:
            send_code(request, self.waits, self.waits.answers)
        except DomainError as refusal:
            messages.warning(request, str(refusal))
        else:
            messages.success(request, _("We sent you a new code. The one before no longer works."))

    def act(self, form: Any) -> None:
        answers = self.waits.answers
        tries = answers["tries"]
        pending.keep(
            self.request, replace(self.waits, answers={**answers, "tries": min(tries + 1, TRIES)})
        )
        if tries >= TRIES:
            raise CodeTriesOver(field="otp_token")
        check_opening_code(
            round_id=answers["round"],
            code=form.cleaned_data["otp_token"],
            sent_at=datetime.fromisoformat(answers["sent_at"]),
            tries=tries,
        )
        identity = self.waits.identity
        user = open_account(
            identity=identity,
            email=answers["email"],
            language=answers["language"],
            first_name=answers["first_name"],
            last_name=answers["last_name"],
            accepted_terms=answers["terms"],
            terms=self.terms,
        )
        pending.forget(self.request)
        self.address = logged_in(
            self.request, user, identity, goal=self.waits.goal, hint=self.waits.hint
        )
        messages.success(self.request, _("Your account is active. Welcome."))

    def get_success_url(self) -> str:
        return self.address

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        answers = self.waits.answers
        now = timezone.now()
        sent_at = datetime.fromisoformat(answers["sent_at"])
        until = code_valid_until(sent_at)
        over = now >= until or answers["tries"] >= TRIES
        free_at = sent_at + timedelta(seconds=settings.OTP_EMAIL_COOLDOWN_DURATION)
        return super().get_context_data(
            masked_email=masked_email(answers["email"]),
            valid_until=None if over else until,
            wait=max(0, math.ceil((free_at - now).total_seconds())),
            **kwargs,
        )


@method_decorator(never_cache, name="dispatch")
class ConfirmLinkView(ViewerRequiredMixin, PendingMixin):
    """Somebody identified more surely for the first time: shall this identity be linked to the account?

    Only the person can say: the account knew no number so far to compare with.
    """

    purpose = "step_up"

    def get(self, request: HttpRequest) -> HttpResponse:
        identity = self.waits.identity
        name = f"{identity.first_name} {identity.last_name}".strip()
        context = {
            "name": name,
            "account": self.viewer.user.display_name,
            "provider_name": name_of(identity.provider),
            "goal": self.waits.goal or resolve_url("dashboard"),
        }
        return render(request, "identity/confirm_link.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        waits, user = self.waits, self.viewer.user
        pending.forget(request)
        if "cancel" in request.POST:
            messages.info(request, _("Nothing was linked."))
            return redirect(waits.goal or "dashboard")
        try:
            if str(user.public_id) != waits.answers.get("user") or not could_be(
                user=user, identity=waits.identity
            ):
                raise IdentityOtherPerson
            link(user=user, identity=waits.identity)
        except DomainError as refusal:
            provider = waits.identity.provider
            return redirect(
                note_refusal(
                    request, refusal, provider=provider, purpose=waits.purpose, goal=waits.goal
                )
            )
        return redirect(strengthened(request, waits.identity, goal=waits.goal, hint=waits.hint))
