"""The browser's part of a login by a provider, for tests: begin, come back."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.http import HttpResponse
from django.test import Client

from tests.eservices.identity.forging import Forger


@dataclass
class Way:
    """One way to the forging provider; `parameters` are those of the address that leads there."""

    client: Client
    forger: Forger
    parameters: dict[str, str]

    def back(self, **changes: str | None) -> HttpResponse:
        """Come back as the provider leads; a changed parameter replaces its own, None leaves it out."""
        given: dict[str, str | None] = {
            "code": "a-code",
            "state": self.parameters["state"],
            "iss": self.forger.issuer,
            **changes,
        }
        return self.client.get(
            "/oidc/csam/callback/", {name: value for name, value in given.items() if value}
        )


def set_out(client: Client, forger: Forger, **form: Any) -> Way:
    """Begin at the forging provider; it will answer with the nonce that we gave."""
    response = client.post("/oidc/csam/start/", {"language": "en", **form})
    assert response.status_code == 200, response.headers
    address = re.fullmatch(r"0; url=(.+)", response.headers["Refresh"]).group(1)
    query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    forger.nonce = query["nonce"]
    return Way(client, forger, query)
