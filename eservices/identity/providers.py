"""Which identity providers the municipality uses, and what it believes of each (setting IDENTITY_PROVIDERS).

What a provider's words are worth (`levels`) is the municipality's policy, not code. A word that the table does not hold
is worth nothing.
"""

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Literal
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from eservices.contract import Requirement
from eservices.enums import FieldSource, Level, Method
from eservices.errors import NotFound

Kind = Literal["csam", "itsme", "web_eid"]

SOURCES: Mapping[str, FieldSource] = {
    "csam": FieldSource.CSAM,
    "itsme": FieldSource.ITSME,
    "web_eid": FieldSource.EID,
}
#: What a provider that speaks OpenID Connect cannot do without.
_NEEDED = ("discovery", "client_id", "scopes", "level_claim")


@dataclass(frozen=True, kw_only=True)
class Provider:
    """One identity provider, as the settings describe it.

    `levels` maps the value of `level_claim` to level and method; the empty value says what a token without the claim is
    worth (leave it out: nothing). `acr_values` are asked for a wanted level. `expected_issuer` is for providers whose
    tokens name another issuer than their discovery document. `locale_map` maps their language names to ours. `timeout`
    is in seconds. `number_scope` is asked only where the municipality may use national numbers.
    """

    key: str
    kind: Kind
    name: str
    enabled: bool = True
    discovery: str = ""
    client_id: str = ""
    service_codes: Mapping[str, str] = field(default_factory=dict)
    scopes: Sequence[str] = ()
    level_claim: str = ""
    levels: Mapping[str, tuple[Level, Method]] = field(default_factory=dict)
    acr_values: Mapping[Level, Sequence[str]] = field(default_factory=dict)
    claims: Mapping[str, Any] = field(default_factory=dict)
    expected_issuer: str = ""
    userinfo_format: Literal["json", "jwt", "none"] = "jwt"
    require_jwe: bool = True
    encryption: tuple[str, str] = ("RSA-OAEP-256", "A128CBC-HS256")
    signature: str = "RS256"
    locale_map: Mapping[str, str] = field(default_factory=dict)
    language_claim: str = ""
    number_scope: str = ""
    number_claim: str = ""
    first_name_claim: str = "given_name"
    last_name_claim: str = "family_name"
    birth_date_claim: str = "birthdate"
    email_claim: str = "email"
    timeout: float = 5
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def source(self) -> FieldSource:
        """Where a value comes from that this provider vouches for."""
        return SOURCES[self.kind]

    @property
    def is_openid(self) -> bool:
        """Whether this provider speaks OpenID Connect; a card in a reader does not."""
        return self.kind != "web_eid"

    @property
    def highest_level(self) -> Level:
        """The highest level that this provider can prove."""
        return max((level for level, _method in self.levels.values()), default=Level.ANONYMOUS)

    def can_satisfy(self, requirement: Requirement) -> bool:
        """Whether a proof of this provider could be what a procedure or a service asks."""
        return any(
            level >= requirement.level
            and (not requirement.methods or method in requirement.methods)
            for level, method in self.levels.values()
        )

    def asked_scopes(self, *, purpose: str) -> list[str]:
        """Return the scopes of a request; without the right to use national numbers, none that gives them."""
        scopes = [scope for scope in self.scopes if scope != self.number_scope]
        if self.number_scope and settings.NATIONAL_NUMBER_AUTHORISATION:
            scopes.append(self.number_scope)
        code = self.service_codes.get(purpose) or self.service_codes.get("login")
        return [*scopes, f"service:{code}"] if code else scopes

    def asked_acr(self, level: Level) -> list[str]:
        """Return the `acr_values` for a wanted level: those of the lowest level that is at least as high."""
        fitting = [known for known in self.acr_values if known >= level]
        return list(self.acr_values[min(fitting)]) if fitting else []


def providers() -> list[Provider]:
    """Return the providers that are switched on, in the order of the settings.

    A card always tells its holder's number: without the right to use numbers it is not offered.
    """
    return [
        provider
        for provider in configured()
        if provider.enabled and (provider.is_openid or settings.NATIONAL_NUMBER_AUTHORISATION)
    ]


def provider(key: str) -> Provider:
    """Return one provider that is switched on; raises NotFound."""
    found = next((known for known in providers() if known.key == key), None)
    if found is None:
        raise NotFound
    return found


def openid_provider(key: str) -> Provider:
    """Return one provider that is switched on and speaks OpenID Connect; raises NotFound."""
    found = provider(key)
    if not found.is_openid:
        raise NotFound
    return found


def name_of(key: str) -> str:
    """Return what people call a provider, also one that is switched off; empty for one that is gone."""
    return next((known.name for known in configured() if known.key == key), "")


def configured() -> list[Provider]:
    """Return all providers of the settings; ImproperlyConfigured says what is wrong with one."""
    return [described(key, row) for key, row in settings.IDENTITY_PROVIDERS.items()]


def described(key: str, row: Mapping[str, Any]) -> Provider:
    """Return one provider from its entry in the settings; ImproperlyConfigured says what is wrong with it."""
    known = {entry.name for entry in fields(Provider)} - {"key"}
    unknown = sorted(set(row) - known)
    if unknown:
        raise ImproperlyConfigured(f"IDENTITY_PROVIDERS: “{key}” has unknown entries: {unknown}.")
    if row.get("kind") not in SOURCES:
        raise ImproperlyConfigured(f"IDENTITY_PROVIDERS: “{key}” has an unknown kind.")
    values = dict(row)
    try:
        values["levels"] = {
            claim: (Level[level.upper()], Method(method))
            for claim, (level, method) in row.get("levels", {}).items()
        }
        values["acr_values"] = {
            Level[level.upper()]: tuple(names) for level, names in row.get("acr_values", {}).items()
        }
    except (KeyError, ValueError) as error:
        raise ImproperlyConfigured(
            f"IDENTITY_PROVIDERS: “{key}” names a level or a method that does not exist."
        ) from error
    values["encryption"] = tuple(row.get("encryption", ("RSA-OAEP-256", "A128CBC-HS256")))
    return Provider(key=key, **values)


def is_loopback(address: str) -> bool:
    """Whether an address leads to this machine."""
    host = urlsplit(address).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def faults_of(provider: Provider, *, production: bool) -> list[str]:
    """Return what is wrong with a provider that is switched on, in sentences.

    In production no provider may be on this machine, without https, or a sandbox: anybody could log in as anybody.
    """
    faults = []
    if not provider.levels:
        faults.append("has no table of levels")
    if not provider.is_openid:
        return faults
    faults += [f"lacks “{name}”" for name in _NEEDED if not getattr(provider, name)]
    if provider.userinfo_format not in ("json", "jwt", "none"):
        faults.append("has an unknown “userinfo_format”")
    if len(provider.encryption) != 2:
        faults.append("needs two algorithms in “encryption”")
    if not production:
        return faults
    for address in filter(None, (provider.discovery, provider.expected_issuer)):
        if is_loopback(address):
            faults.append("is on this machine")
        if "sandbox" in address:
            faults.append("is a sandbox")
    if provider.discovery and not provider.discovery.startswith("https://"):
        faults.append("has an address without https")
    return faults
