"""The digital identities that a page offers, in the words that people read."""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eservices.contract import Requirement
from eservices.identity.providers import Provider, providers

ICONS = {"csam": "id-card", "itsme": "smartphone", "web_eid": "usb"}
LINES = {
    "csam": gettext_lazy("eID card reader, itsme, or security code"),
    "itsme": gettext_lazy("Directly in the app on your phone"),
    "web_eid": gettext_lazy(
        "Your eID card in a reader, with the Web eID extension of your browser"
    ),
}


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One provider as a big button: what it is called, one line about it, and where the button leads.

    `is_post` says that the address takes a POST with next, purpose and level; a card in a reader has a page of its own.
    """

    key: str
    icon: str
    title: str
    text: str | Promise
    url: str
    is_post: bool


def choices(requirement: Requirement | None = None) -> list[Choice]:
    """Return the providers that are switched on, in their order; with `requirement` only those that can meet it."""
    found = [
        provider
        for provider in providers()
        if requirement is None or provider.can_satisfy(requirement)
    ]
    return [choice for provider in found if (choice := _choice(provider))]


def _choice(provider: Provider) -> Choice | None:
    try:
        if provider.is_openid:
            url = reverse("oidc-start", kwargs={"key": provider.key})
        else:
            url = reverse("web-eid")
    except NoReverseMatch:  # this installation has no such page
        return None
    return Choice(
        key=provider.key,
        icon=ICONS[provider.kind],
        title=_("Continue with %(name)s") % {"name": provider.name},
        text=LINES[provider.kind],
        url=url,
        is_post=provider.is_openid,
    )
