"""The second step after a right password, by whichever method the person has."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from eservices.actions.login_methods import forget_wrong_codes
from eservices.actions.security import record_event
from eservices.contract import Proof
from eservices.enums import AuthenticationEventKind, Level, Method
from eservices.errors import DomainError
from eservices.forms.security import PROOF_FORMS, BackupCodeForm, ProofForm
from eservices.identity.methods import HINTS, ICONS, LEADS, NAMES, TASKS
from eservices.identity.origins import browser_of, origin_of
from eservices.models import User
from eservices.queries.login_methods import LoginMethods, login_methods_of
from eservices.queries.people import code_state
from eservices.views.login import LoginView, enter, send_code_again

#: From so many backup codes on, nobody needs to be reminded of making new ones.
ENOUGH_CODES = 4


def proof_by(method: Method) -> Proof:
    """Return the proof that a right second step gives just now; none of ours is more than low (eIDAS)."""
    return Proof(method=method, level=Level.LOW, at=timezone.now())


def chosen_way(request: HttpRequest, methods: LoginMethods) -> Method:
    """Return the method that the address asks for, if the person has it, else the preferred one."""
    wanted = request.GET.get("way", "")
    return next((way for way in methods.ways if way.value == wanted), methods.ways[0])


def other_ways(methods: LoginMethods, way: Method, goal: str) -> Sequence[dict[str, Any]]:
    """Return the links to what else the person has."""
    parts = {"next": goal} if goal else {}
    return [
        {
            "url": f"?{urlencode({'way': other.value, **parts})}",
            "icon": ICONS[other],
            "title": NAMES[other],
            "text": HINTS[other],
        }
        for other in methods.ways
        if other != way
    ]


def note_refusal(request: HttpRequest, user: User, method: Method, refusal: DomainError) -> None:
    """Write a refused code into the person's security log: they see that somebody had their password."""
    origin = origin_of(request)
    record_event(
        kind=AuthenticationEventKind.CODE_REFUSED,
        user=user,
        method=method,
        code=refusal.code,
        browser=origin.browser,
        network=origin.network,
    )


def tell_codes_left(request: HttpRequest, left: int) -> None:
    """Say how many backup codes are left, and to make new ones before they run out."""
    used = ngettext(
        "This backup code is used up. You have %(left)s code left.",
        "This backup code is used up. You have %(left)s codes left.",
        left,
    ) % {"left": left}
    if left < ENOUGH_CODES:
        advice = _("Make new ones on the page “Security”.")
        messages.warning(request, f"{used} {advice}")
    else:
        messages.info(request, used)


class CodeView(LoginView):
    """Second step: the preferred method first, every other that the person has beside it.

    Showing the page sends no mail; the form's names are those of the wizard of the first step.
    """

    prefix_of_fields = "token"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().dispatch(request, *args, **kwargs)
        response.headers["Cache-Control"] = "private, no-store"
        return response

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.is_under_way():
            return self.from_the_start()
        methods = login_methods_of(self.get_user())
        way = chosen_way(request, methods)
        form = PROOF_FORMS.get(way)
        return self.page(methods, way, form and self.form_of(form))

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.is_under_way():
            return self.from_the_start()
        user = self.get_user()
        if "resend" in self.request.POST:
            send_code_again(self.request, user)
            return redirect(self.with_next("login-code", way=Method.MAIL_CODE.value))
        methods = login_methods_of(user)
        way = chosen_way(self.request, methods)
        if way not in PROOF_FORMS:
            return redirect(self.with_next("login-code", way=way.value))
        form = self.form_of(PROOF_FORMS[way], self.request.POST)
        if not form.is_valid():
            if form.refusal:
                note_refusal(self.request, user, way, form.refusal)
            return self.page(methods, way, form, status=422)
        forget_wrong_codes(user=user)
        goal = self.get_redirect_url()
        response = enter(self.request, user=user, proof=proof_by(way), goal=goal)
        if isinstance(form, BackupCodeForm):
            tell_codes_left(self.request, form.left)
        return response

    def form_of(self, form_class: type[ProofForm], data: Any = None) -> ProofForm:
        """Return the form of a method, filled with what was sent."""
        return form_class(
            data,
            prefix=self.prefix_of_fields,
            user=self.get_user(),
            browser=browser_of(self.request),
        )

    def page(
        self, methods: LoginMethods, way: Method, form: ProofForm | None, *, status: int = 200
    ) -> HttpResponse:
        """Show the page of one method."""
        goal = self.get_redirect_url()
        context = {
            "form": form,
            "heading": TASKS[way],
            "lead": LEADS[way],
            "next": goal,
            "other_ways": other_ways(methods, way, goal),
            "asked_first": way == methods.preferred,
            "back_url": self.with_next("login"),
            **code_state(self.get_user()),
        }
        is_mail = way == Method.MAIL_CODE
        template = "accounts/code.html" if is_mail else "accounts/second_step.html"
        return render(self.request, template, context, status=status)

    def is_under_way(self) -> bool:
        """Whether a right password was given in this session in the last ten minutes."""
        return bool(self.get_user()) and not self.expired

    def from_the_start(self) -> HttpResponse:
        """Lead back to the password, with the reason and the page to open afterwards."""
        messages.info(self.request, _("For your safety, begin again with your password."))
        return redirect(self.with_next("login"))
