"""Methods of the second step for tests: an app, backup codes, and a device in software that makes passkeys."""

import base64
import hashlib
import json
import os
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.utils import timezone

from eservices import keyring
from eservices.actions.authenticators import new_secret, place_of
from eservices.models import AuthenticatorApp, User


def make_app(user: User, name: str = "My phone", **fields: Any) -> tuple[AuthenticatorApp, str]:
    """An authenticator app that was confirmed, and its secret in base32."""
    secret = new_secret()
    app = AuthenticatorApp(user=user, name=name, confirmed=True, **fields)
    app.sealed_secret = keyring.seal(secret, place=place_of(app))
    app.created_at = timezone.now()
    app.save()
    return app, secret


def coded(data: bytes) -> str:
    """Bytes as WebAuthn writes them in JSON."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass
class SoftDevice:
    """An authenticator in software (WebAuthn level 3, 6.5): one passkey, fingerprint always right unless told.

    Nothing of the product is used here, so that it can judge the product.
    """

    origin: str = "http://localhost:8000"
    party: str = "localhost"
    verified: bool = True
    count: int = 0
    counts: bool = True
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    credential_id: bytes = field(default_factory=lambda: os.urandom(32))
    user_handle: bytes = b""

    def register(self, options: dict[str, Any]) -> str:
        """Answer a question that makes a passkey."""
        self.user_handle = self._bytes(options["user"]["id"])
        numbers = self.key.public_key().public_numbers()
        cose = {
            1: 2,
            3: -7,
            -1: 1,
            -2: numbers.x.to_bytes(32, "big"),
            -3: numbers.y.to_bytes(32, "big"),
        }
        attested = bytes(16) + len(self.credential_id).to_bytes(2, "big") + self.credential_id
        data = self._authenticator_data(0x40) + attested + cbor2.dumps(cose)
        statement = {"fmt": "none", "attStmt": {}, "authData": data}
        client = self._client_data("webauthn.create", options["challenge"])
        return self._credential(
            {
                "clientDataJSON": coded(client),
                "attestationObject": coded(cbor2.dumps(statement)),
                "transports": ["internal", "from-the-future"],
            }
        )

    def prove(self, options: dict[str, Any]) -> str:
        """Answer a question that proves the passkey."""
        if self.counts:
            self.count += 1
        data = self._authenticator_data(0)
        client = self._client_data("webauthn.get", options["challenge"])
        signed = data + hashlib.sha256(client).digest()
        return self._credential(
            {
                "clientDataJSON": coded(client),
                "authenticatorData": coded(data),
                "signature": coded(self.key.sign(signed, ec.ECDSA(hashes.SHA256()))),
                "userHandle": coded(self.user_handle),
            }
        )

    def _authenticator_data(self, flags: int) -> bytes:
        flags |= 0x01 | (0x04 if self.verified else 0)
        party = hashlib.sha256(self.party.encode()).digest()
        return party + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client_data(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _credential(self, response: dict[str, Any]) -> str:
        name = coded(self.credential_id)
        whole = {"id": name, "rawId": name, "type": "public-key", "response": response}
        return json.dumps({**whole, "clientExtensionResults": {}})

    @staticmethod
    def _bytes(text: str) -> bytes:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
