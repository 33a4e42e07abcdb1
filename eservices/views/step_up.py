"""The page on which somebody identifies as a procedure or a service asks, and from which they come back."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import Resolver404, resolve, reverse
from django.utils.cache import add_never_cache_headers
from django.utils.functional import cached_property
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from eservices.contract import Requirement, Viewer
from eservices.enums import Level, Method
from eservices.errors import NotFound
from eservices.identity.choices import choices
from eservices.identity.providers import Provider, providers
from eservices.queries.requirements import (
    Asking,
    asking_named,
    can_be_proved_here,
    is_met,
    method_words,
    requirement_words,
)
from eservices.queries.submissions import file_for, form_of


@dataclass(frozen=True, kw_only=True)
class Way:
    """One way to meet what is asked: a form that is posted to `url`, or a link."""

    url: str
    title: str
    text: str
    icon: str
    values: dict[str, str] = field(default_factory=dict)
    is_form: bool = False


class StepUpView(TemplateView):
    """Says who asks for which identification, and offers the ways that would do; for anybody.

    `procedure` or `service` in the address says who asks, `next` where to go on. Who meets it already goes on at once:
    the judge is the page that asked, this one only helps. Somebody who is not logged in logs in by the same act.
    """

    template_name = "identity/step_up.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.viewer.is_authenticated and is_met(self.viewer, self.asking.requirement):
            return HttpResponseRedirect(self.goal)
        response = super().get(request, *args, **kwargs)
        add_never_cache_headers(response)
        return response

    @property
    def viewer(self) -> Viewer:
        """Who looks."""
        viewer: Viewer = self.request.viewer  # type: ignore[attr-defined]
        return viewer

    @cached_property
    def asking(self) -> Asking:
        """Who asks."""
        asked = self.request.GET
        try:
            return asking_named(
                procedure=asked.get("procedure", ""),
                service=asked.get("service", ""),
                item=asked.get("item", ""),
            )
        except NotFound:
            raise Http404 from None

    @cached_property
    def goal(self) -> str:
        """Where to go on: an address of this portal, else the dashboard."""
        url = self.request.GET.get("next", "")
        is_ours = url_has_allowed_host_and_scheme(
            url, allowed_hosts={self.request.get_host()}, require_https=self.request.is_secure()
        )
        return url if is_ours else reverse("dashboard")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asking = self.asking
        words = requirement_words(asking.requirement)
        ways = [*provider_ways(asking.requirement, self.purpose, self.goal), *self.own_ways()]
        return super().get_context_data(
            asking=asking,
            lead=_("“%(title)s” asks for: %(identification)s.")
            % {"title": asking.title, "identification": words},
            kept=self.kept,
            current=current_words(self.viewer),
            ways=ways,
            viewer=self.viewer,
            back=self.back,
            trail=[
                {"label": _("Start page"), "url": f"/{get_language()}/"},
                {"label": asking.title, "url": self.back},
                {"label": _("Identify yourself")},
            ],
            **kwargs,
        )

    @property
    def purpose(self) -> str:
        """What the provider is asked for."""
        return "step_up" if self.viewer.is_authenticated else "login"

    def own_ways(self) -> list[Way]:
        """Return the way by our own methods, where one of them is enough."""
        if not can_be_proved_here(self.asking.requirement):
            return []
        route, goal = "reauthenticate", self.goal
        title = _("Confirm that it is you")
        text = _("With one of the methods of your account, for instance a code.")
        if not self.viewer.is_authenticated:
            route, goal = "login", self.request.get_full_path()
            title = _("Log in with your e-mail address")
            text = _("Password and a second step.")
        url = f"{reverse(route)}?{urlencode({'next': goal})}"
        return [Way(url=url, title=title, text=text, icon="mail")]

    @cached_property
    def back(self) -> str:
        """The page of what asks, for people who do not go on now."""
        if self.asking.kind == "procedure":
            return reverse("procedure", args=[self.asking.code])
        return reverse("dashboard") if self.viewer.is_authenticated else f"/{get_language()}/"

    @cached_property
    def kept(self) -> str:
        """That nothing is lost and where one comes back, for somebody who comes from a file of theirs."""
        try:
            match = resolve(urlsplit(self.goal).path)
        except Resolver404:
            return ""
        reference = match.kwargs.get("reference")
        if reference is None or not self.viewer.is_authenticated:
            return ""
        try:
            submission = file_for(self.viewer, reference)
        except NotFound:
            return ""
        if not submission.is_draft:
            return _("You come back to your file.")
        if match.url_name == "submission-chapter":
            chapter = form_of(submission).words.title(match.kwargs["chapter"])
            if chapter:
                return _("Your answers are kept. You come back to “%(chapter)s”.") % {
                    "chapter": chapter
                }
        if match.url_name == "submission-check":
            return _("Your answers are kept. You come back to the page from which you send.")
        return _("Your answers are kept. You come back to your form.")


def provider_ways(requirement: Requirement, purpose: str, goal: str) -> list[Way]:
    """Return the identity providers that could give what is asked, with what they are asked for."""
    known = {provider.key: provider for provider in providers()}
    ways = []
    for choice in choices(requirement):
        found = fitting(known[choice.key], requirement)
        level = min(level for level, _method in found)
        text = str(choice.text)
        if known[choice.key].kind == "csam":  # it has several keys: only those that would do
            methods = method_words(method for _level, method in found)
            text = _("With %(methods)s.") % {"methods": methods}
        values = {"purpose": purpose, "next": goal, "level": str(level.value)}
        url = choice.url if choice.is_post else f"{choice.url}?{urlencode(values)}"
        ways.append(
            Way(
                url=url,
                title=choice.title,
                text=text,
                icon=choice.icon,
                values=values if choice.is_post else {},
                is_form=choice.is_post,
            )
        )
    return ways


def fitting(provider: Provider, requirement: Requirement) -> list[tuple[Level, Method]]:
    """Return the proofs of a provider that would do; age is no matter: they would be new."""
    return [
        (level, method)
        for level, method in provider.levels.values()
        if level >= requirement.level and (not requirement.methods or method in requirement.methods)
    ]


def current_words(viewer: Viewer) -> str:
    """Return how sure the portal is of the viewer now, in words; empty for nobody."""
    best = max(viewer.proofs, key=lambda proof: (proof.level, proof.at), default=None)
    if best is None:
        return ""
    return _("You are logged in with: %(method)s. The level is “%(level)s”.") % {
        "method": method_words([best.method]),
        "level": str(best.level.label).lower(),
    }
