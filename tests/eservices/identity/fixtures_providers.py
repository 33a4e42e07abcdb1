"""Fixtures of the forging provider, for the tests that import them."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from eservices.actions import client_keys
from eservices.actions.client_keys import usable_key
from eservices.enums import ClientKeyUse
from eservices.identity import metadata
from portal.identity_providers import complete
from tests.eservices.identity.forging import Forger, forging_provider, rsa


@pytest.fixture(scope="session")
def forging() -> Iterator[Forger]:
    """One server for all tests of a process."""
    with forging_provider() as forger:
        yield forger


@pytest.fixture
def quick_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take our keys from a drawer: making one costs a good part of a second."""
    names = count(1)

    monkeypatch.setattr(client_keys, "generate_key", lambda: rsa(f"ours-{next(names)}"))


@pytest.fixture
def forger(forging: Forger, settings: Any, db: None, quick_keys: None) -> Iterator[Forger]:
    """The provider "csam", which tells the truth until a test changes it."""
    forging.__init__(issuer=forging.issuer)  # type: ignore[misc]
    settings.PUBLIC_BASE_URL = "http://testserver"
    settings.IDENTITY_PROVIDERS = complete(
        {
            "csam": {
                "kind": "csam",
                "discovery": f"{forging.issuer}/.well-known/openid-configuration",
            }
        }
    )
    metadata.forget()
    forging.for_key = usable_key(use=ClientKeyUse.ENCRYPT).public_jwk
    yield forging
    metadata.forget()
