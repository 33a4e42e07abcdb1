"""Passkeys: the questions to a device, and its answers, as JSON for the element `eg-passkey`."""

import json
import time
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import resolve_url
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from two_factor.views.utils import LoginStorage
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from eservices.actions import passkeys, ratelimits
from eservices.actions.login_methods import forget_wrong_codes
from eservices.actions.security import record_event
from eservices.enums import AuthenticationEventKind, Method
from eservices.errors import DomainError, PasskeyTooLate
from eservices.forms.security import NAME_LENGTH
from eservices.identity import sessions
from eservices.identity.origins import browser_of, client_address, origin_of
from eservices.letterhead import municipality
from eservices.models import User
from eservices.views.base import ViewerRequest
from eservices.views.fresh_proof import FreshProofRequired
from eservices.views.login import enter
from eservices.views.second_step import proof_by

#: Where a session keeps the one question that its browser may answer: {challenge, at, purpose}.
QUESTION_KEY = "passkey_question"
#: A right password waits so long for its second step (as django-two-factor-auth does).
HALF_WAY_SECONDS = 600


class PasskeyView(View):
    """Base: a refusal is a JSON document with its code and its words; questions and answers are counted."""

    http_method_names = ("post",)
    purpose = "prove"

    @method_decorator(never_cache)
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            ratelimits.allow(
                bucket="passkey",
                key=client_address(request),
                limit=120,
                window=timedelta(minutes=10),
            )
            return super().dispatch(request, *args, **kwargs)
        except DomainError as refusal:
            document = {"code": refusal.code, "title": str(refusal)}
            return JsonResponse(document, status=refusal.status)

    def put(self, question: passkeys.Question) -> JsonResponse:
        """Send a question; the one before can no longer be answered."""
        self.request.session[QUESTION_KEY] = {
            "challenge": bytes_to_base64url(question.challenge),
            "at": int(time.time()),
            "purpose": self.purpose,
        }
        return JsonResponse(
            {
                "options": json.loads(question.options),
                "host": passkeys.relying_party(),
                "origin": passkeys.origin(),
            }
        )

    def challenge(self) -> bytes:
        """Return the challenge that the device had to sign; it works once, for five minutes (PasskeyTooLate)."""
        question = self.request.session.pop(QUESTION_KEY, None)
        is_late = question and time.time() - question["at"] > passkeys.CHALLENGE_SECONDS
        if not question or is_late or question["purpose"] != self.purpose:
            raise PasskeyTooLate
        return base64url_to_bytes(question["challenge"])


class QuestionView(PasskeyView):
    """Asks for a passkey: of whoever is logged in, of whoever has given a password, else of anybody."""

    def post(self, request: ViewerRequest) -> HttpResponse:
        return self.put(passkeys.ask_to_prove(user=request.viewer.user or self.half_way()))

    def half_way(self) -> User | None:
        """Return who has given a right password in this session and is asked for the second step."""
        if "second_step" not in self.request.POST:
            return None
        login = LoginStorage("login", self.request)
        age = time.time() - login.data.get("authentication_time", 0)
        return login.authenticated_user or None if age < HALF_WAY_SECONDS else None


class ProvePasskeyView(PasskeyView):
    """Takes the answer: logs in whoever it proves, or adds the proof to the session of the same person."""

    def post(self, request: ViewerRequest) -> HttpResponse:
        known = request.viewer.user
        try:
            passkey = passkeys.check_passkey(
                answer=request.POST.get("answer", ""), challenge=self.challenge(), user=known
            )
        except DomainError as refusal:
            self.note(known, refusal)
            raise
        forget_wrong_codes(user=passkey.user)
        proof = proof_by(Method.PASSKEY)
        if known is None:
            return JsonResponse(
                {"url": enter(request, user=passkey.user, proof=proof, goal=self.goal()).url}
            )
        sessions.strengthen(request, proof=proof)
        return JsonResponse({"url": self.goal() or resolve_url("security")})

    def goal(self) -> str:
        """Return where to go afterwards, when it is one of our addresses."""
        url = self.request.POST.get(REDIRECT_FIELD_NAME, "")
        hosts = {self.request.get_host()}
        secure = self.request.is_secure()
        is_ours = url_has_allowed_host_and_scheme(url, allowed_hosts=hosts, require_https=secure)
        return url if is_ours else ""

    def note(self, user: User | None, refusal: DomainError) -> None:
        """Write the refusal into the security log; of nobody when nobody is known."""
        origin = origin_of(self.request)
        kind = AuthenticationEventKind
        record_event(
            kind=kind.STEP_UP_REFUSED if user else kind.LOGIN_REFUSED,
            user=user,
            method=Method.PASSKEY,
            code=refusal.code,
            browser=origin.browser,
            network=origin.network,
        )


class RegisterQuestionView(FreshProofRequired, PasskeyView):
    """Asks the device to make a passkey for the person who is logged in."""

    purpose = "register"

    def post(self, request: ViewerRequest) -> HttpResponse:
        portal = municipality(get_language() or "").get("name") or "Guichet"
        return self.put(passkeys.ask_to_register(user=self.viewer.user, portal=portal))


class RegisterPasskeyView(FreshProofRequired, PasskeyView):
    """Keeps the passkey that the device has made."""

    purpose = "register"

    def post(self, request: ViewerRequest) -> HttpResponse:
        browser = browser_of(request)
        name = request.POST.get("name", "").strip()[:NAME_LENGTH]
        passkeys.add_passkey(
            user=self.viewer.user,
            answer=request.POST.get("answer", ""),
            challenge=self.challenge(),
            name=name
            or (_("Passkey (%(browser)s)") % {"browser": browser} if browser else _("Passkey")),
            browser=browser,
            session=self.viewer.session,
        )
        messages.success(request, _("Your passkey is added. You can log in with it from now on."))
        return JsonResponse({"url": resolve_url("security")})
