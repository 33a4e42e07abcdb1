"""What `manage.py check` says about identity providers before the portal starts."""

from typing import Any

from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured

from eservices.identity.providers import Provider, faults_of, providers


@checks.register(checks.Tags.security)
def identity_providers(**_options: Any) -> list[checks.CheckMessage]:
    """Errors for a provider that lacks something, or that is a sandbox outside the demo; a warning without the text
    that allows the use of national numbers (law of 8 August 1983, article 8).
    """
    try:
        known = providers()
    except ImproperlyConfigured as error:
        return [checks.Error(str(error), id="eservices.E001")]
    found: list[checks.CheckMessage] = [
        checks.Error(f"IDENTITY_PROVIDERS: “{provider.key}” {fault}.", id="eservices.E001")
        for provider in known
        for fault in (
            *faults_of(provider, production=not settings.SANDBOX),
            *card_faults(provider, production=not settings.SANDBOX),
        )
    ]
    asks = any(provider.number_scope for provider in known)
    if asks and not settings.NATIONAL_NUMBER_AUTHORISATION:
        text = (
            "NATIONAL_NUMBER_AUTHORISATION is empty: identity providers are not asked for national numbers, so "
            "that people who come by two of them have two accounts."
        )
        found.append(checks.Warning(text, id="eservices.W001"))
    return found


def card_faults(provider: Provider, *, production: bool) -> list[str]:
    """Return what is wrong with a provider that reads cards: authorities, fingerprints, and how revocation is asked."""
    if provider.is_openid:
        return []
    from eservices.identity.card_trust import trust_of  # heavy: certificates, only with cards

    try:
        trust = trust_of(provider.options)
    except ImproperlyConfigured as error:
        return [f"cannot read cards ({error})"]
    faults = []
    if production and trust.revocation != "require":
        faults.append("lets cards pass that nobody could check: “revocation” must be “require”")
    if production and not settings.PUBLIC_BASE_URL.startswith("https://"):
        faults.append("needs an https address of the portal")
    return faults
