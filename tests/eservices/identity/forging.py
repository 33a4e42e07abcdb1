"""An identity provider that lies on demand: over HTTP on loopback, with real keys and real tokens."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from joserfc import jwe, jwt
from joserfc.jwk import RSAKey

Token = dict[str, Any]


@cache
def rsa(name: str) -> RSAKey:
    """One key for each name; making one takes a while."""
    return RSAKey.generate_key(2048, {"kid": name})


def sign(claims: Token, *, key: Any = None, alg: str = "RS256", kid: str = "forge") -> str:
    """A signed token, by the provider's own key unless told otherwise."""
    header = {"alg": alg, "kid": kid}
    return jwt.encode(header, claims, key or rsa("forge"), algorithms=[alg])


def encrypt(
    inner: str, public: Any, *, enc: str = "A128CBC-HS256", alg: str = "RSA-OAEP-256"
) -> str:
    """A token encrypted for a key; as real providers do, with claims repeated in the header."""
    key = RSAKey.import_key(public)
    header = {"alg": alg, "enc": enc, "cty": "JWT", "kid": public["kid"], "iss": "x", "aud": "x"}
    registry = jwe.JWERegistry(algorithms=[alg, enc], strict_check_header=False)
    return jwe.encrypt_compact(header, inner.encode(), key, registry=registry)


@dataclass
class Forger:
    """What the provider answers next. `for_key` is our public key; `claims` and `details` change what is told."""

    issuer: str = ""
    for_key: dict[str, Any] = field(default_factory=dict)
    nonce: str = ""
    claims: Token = field(default_factory=dict)
    details: Token = field(default_factory=dict)
    without: frozenset[str] = frozenset()
    id_token: Callable[["Forger", Token], str] | None = None
    userinfo: Callable[["Forger", Token], tuple[str, str]] | None = None
    token_answer: tuple[int, Any] | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    keys: list[RSAKey] = field(default_factory=lambda: [rsa("forge")])
    token_requests: list[dict[str, str]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def told(self) -> Token:
        """The claims of the ID token."""
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": "guichet",
            "sub": "subject-1",
            "nonce": self.nonce,
            "iat": now,
            "exp": now + 300,
            "auth_time": now,
            "acr": "0",
            "amr": ["urn:be:fedict:iam:fas:Level500"],
            **self.claims,
        }
        return {name: value for name, value in claims.items() if name not in self.without}

    def person(self) -> Token:
        """The claims of userinfo."""
        return {
            "sub": "subject-1",
            "surname": "Lejeune",
            "givenName": "Margaux",
            "egovNRN": "85073003328",
            "mail": "margaux@example.org",
            "prefLanguage": "fr",
            **self.details,
        }

    def nested(self, claims: Token) -> str:
        """A token as it should be: signed, then encrypted for us."""
        return encrypt(sign(claims), self.for_key)


@contextmanager
def forging_provider() -> Iterator[Forger]:
    """Serve one until the block ends."""
    forger = Forger()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            forger.asked.append(path)
            if path == "/.well-known/openid-configuration":
                self.answer(200, "application/json", json.dumps(document(forger)))
            elif path == "/jwks":
                keys = [{**key.as_dict(private=False), "use": "sig"} for key in forger.keys]
                self.answer(200, "application/json", json.dumps({"keys": keys}))
            elif path == "/userinfo":
                person = forger.person()
                if forger.userinfo:
                    kind, body = forger.userinfo(forger, person)
                else:
                    kind, body = "application/jwt", forger.nested(person)
                self.answer(200, kind, body)
            else:
                self.answer(404, "text/plain", "")

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            form = parse_qs(self.rfile.read(length).decode())
            forger.token_requests.append({name: values[0] for name, values in form.items()})
            if forger.token_answer:
                status, body = forger.token_answer
                self.answer(status, "application/json", json.dumps(body))
                return
            make = forger.id_token or (lambda self_, claims: self_.nested(claims))
            body = {
                "access_token": "an-access-token",
                "token_type": "Bearer",
                "id_token": make(forger, forger.told()),
            }
            self.answer(200, "application/json", json.dumps(body))

        def answer(self, status: int, kind: str, body: str) -> None:
            content = body.encode()
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        forger.issuer = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield forger
        finally:
            server.shutdown()
            thread.join()


def document(forger: Forger) -> dict[str, Any]:
    """The discovery document."""
    issuer = forger.issuer
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
        "userinfo_endpoint": f"{issuer}/userinfo",
        "jwks_uri": f"{issuer}/jwks",
        "end_session_endpoint": f"{issuer}/logout",
        "authorization_response_iss_parameter_supported": True,
        **forger.metadata,
    }
