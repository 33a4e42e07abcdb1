"""A relying party of the tests' own, so that the providers are judged apart from the portal."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from joserfc.jwk import RSAKey

from tests.sandbox.providers import Providers, running


class Party:
    """Somebody who asks for identities: two keys, published where the providers look for them."""

    def __init__(self) -> None:
        self.keys = {use: self._key(use) for use in ("sig", "enc")}
        party = self

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = json.dumps({"keys": party.public_keys()}).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: Any) -> None:
                """Say nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Answer)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @staticmethod
    def _key(use: str) -> RSAKey:
        alg = "RS256" if use == "sig" else "RSA-OAEP-256"
        return RSAKey.generate_key(2048, {"use": use, "alg": alg}, auto_kid=True)

    def public_keys(self) -> list[dict[str, Any]]:
        """The public halves."""
        return [key.as_dict(private=False) for key in self.keys.values()]

    def change_keys(self) -> None:
        """Take other keys."""
        self.keys = {use: self._key(use) for use in ("sig", "enc")}


@pytest.fixture(scope="module")
def party() -> Iterator[Party]:
    """The relying party, listening on loopback."""
    party = Party()
    yield party
    party.server.shutdown()
    party.server.server_close()


@pytest.fixture(scope="module")
def providers(party: Party, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Providers]:
    """Both test providers, for the relying party of these tests."""
    with running(party.address, tmp_path_factory.mktemp("identity") / "log") as providers:
        yield providers
