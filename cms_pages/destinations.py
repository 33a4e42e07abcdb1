"""The places of the portal that content may link to: editors choose a word, never an address."""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, kw_only=True)
class Service:
    """A place of the portal: its code in content, its words, its icon and the name of its address."""

    code: str
    label: str | Promise
    icon: str
    url_name: str


SERVICES = {
    service.code: service
    for service in (
        Service(code="dashboard", label=_("My space"), icon="folder-open", url_name="dashboard"),
        Service(
            code="procedures", label=_("Procedures"), icon="file-pen-line", url_name="procedures"
        ),
        Service(code="login", label=_("Log in"), icon="log-in", url_name="login"),
        Service(code="details", label=_("My details"), icon="user-round", url_name="details"),
        Service(code="security", label=_("Security"), icon="shield-check", url_name="security"),
        Service(code="faq", label=_("Help"), icon="circle-question-mark", url_name="faq"),
    )
}


def service_choices() -> list[tuple[str, str | Promise]]:
    """Return the choices of a block that links to a place of the portal."""
    return [(service.code, service.label) for service in SERVICES.values()]


def service_url(code: str, language: str) -> str:
    """Return the address of a place in a language; empty where this installation does not have it."""
    service = SERVICES.get(code)
    if service is None:
        return ""
    with translation.override(language):
        try:
            return reverse(service.url_name)
        except NoReverseMatch:  # the service is switched off
            return ""


def service_icon(code: str) -> str:
    """Return the icon of a place."""
    return SERVICES[code].icon if code in SERVICES else "arrow-right"
