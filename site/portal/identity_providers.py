"""Identity providers as settings: what is the same everywhere for each kind, and where an installation says the rest.

The level tables are a proposal; a municipality decides for itself (docs/operations.md).
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from eservices.identity.providers import is_loopback

Options = dict[str, Any]

_FAS = "urn:be:fedict:iam:fas:"
_ITSME = "http://itsme.services/v2/claim/"
_LANGUAGES = {code.upper(): code for code in ("fr", "nl", "de", "en")}

#: By kind. CSAM tells the level in `amr`; its `acr` says nothing. itsme tells it in `acr`, if one asks.
PRESETS: Mapping[str, Options] = {
    "csam": {
        "kind": "csam",
        "name": "CSAM",
        "client_id": "guichet",
        "scopes": ["openid", "profile"],
        "level_claim": "amr",
        "levels": {
            f"{_FAS}Level500": ["high", "eid"],
            f"{_FAS}Level450": ["substantial", "itsme"],
            f"{_FAS}Level400": ["substantial", "security_code"],
            f"{_FAS}Level200": ["low", "security_code"],
            f"{_FAS}Level100": ["low", "security_code"],
        },
        "acr_values": {
            "low": [f"{_FAS}Level200"],
            "substantial": [f"{_FAS}Level400"],
            "high": [f"{_FAS}Level500"],
        },
        "claims": {
            "id_token": {
                "amr": {"essential": True},
                "auth_time": {"essential": True},
            },
        },
        "userinfo_format": "jwt",
        "number_scope": "egovnrn",
        "number_claim": "egovNRN",
        "first_name_claim": "givenName",
        "last_name_claim": "surname",
        "birth_date_claim": "",
        "email_claim": "mail",
        "language_claim": "prefLanguage",
        "locale_map": {**_LANGUAGES, **{code: code for code in _LANGUAGES.values()}},
    },
    "itsme": {
        "kind": "itsme",
        "name": "itsme®",
        "client_id": "guichet",
        "scopes": ["openid", "profile", "email", "phone"],
        "service_codes": {"login": "GUICHET_LOGIN"},
        "level_claim": "acr",
        "levels": {
            f"{_ITSME}acr_basic": ["substantial", "itsme"],
            f"{_ITSME}acr_advanced": ["high", "itsme"],
        },
        "acr_values": {
            "substantial": [f"{_ITSME}acr_basic"],
            "high": [f"{_ITSME}acr_advanced"],
        },
        "claims": {
            "id_token": {
                "acr": {"essential": True},
                "auth_time": {"essential": True},
            },
        },
        "userinfo_format": "jwt",
        "number_scope": "eid",
        "number_claim": f"{_ITSME}BENationalNumber",
        "language_claim": "locale",
        "locale_map": _LANGUAGES,
    },
    "web_eid": {
        "kind": "web_eid",
        "name": "eID",
        "levels": {"card": ["high", "eid"]},
    },
}


def complete(rows: Mapping[str, Options]) -> dict[str, Options]:
    """Return the providers with what their kind says where they say nothing themselves."""
    return {key: {**PRESETS.get(row.get("kind", ""), {}), **row} for key, row in rows.items()}


def from_environment(environment: Mapping[str, str]) -> dict[str, Options]:
    """Return the providers of an installation: IDENTITY_PROVIDERS holds JSON, or the path of a JSON file."""
    text = environment.get("IDENTITY_PROVIDERS", "").strip()
    if not text:
        return {}
    try:
        rows = json.loads(text if text.startswith("{") else Path(text).read_text())
    except (OSError, ValueError) as error:
        raise ImproperlyConfigured(
            "The environment variable IDENTITY_PROVIDERS is neither JSON nor the path of a JSON file."
        ) from error
    if not isinstance(rows, dict) or not all(isinstance(row, dict) for row in rows.values()):
        raise ImproperlyConfigured("IDENTITY_PROVIDERS must be an object of objects.")
    return complete(rows)


def sandbox(environment: Mapping[str, str]) -> dict[str, Options]:
    """Return the sandbox's providers by their issuers; one whose address is not given is switched off."""
    rows = {}
    for kind in ("csam", "itsme"):
        issuer = environment.get(f"IDENTITY_SANDBOX_{kind.upper()}", "").rstrip("/")
        rows[kind] = {
            "kind": kind,
            "enabled": bool(issuer),
            "discovery": f"{issuer}/.well-known/openid-configuration" if issuer else "",
        }
    return complete(rows)


def unsafe(rows: Mapping[str, Options]) -> str:
    """Return the key of a provider that must not serve real people: on this machine, a sandbox, or without https."""
    for key, row in rows.items():
        addresses = [row.get("discovery", ""), row.get("expected_issuer", "")]
        given = [address for address in addresses if address]
        if row.get("discovery") and not row["discovery"].startswith("https://"):
            return key
        if any(is_loopback(address) or "sandbox" in address for address in given):
            return key
    return ""
