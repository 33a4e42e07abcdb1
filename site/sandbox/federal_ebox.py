"""The federal e-Box in miniature: consents, messages with an idempotency key, and the errors that can be provoked.

For tests: a real HTTP server on loopback that keeps what it took. In the demo the federal e-Box is off.
"""

import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Registry:
    """What the service knows: who agreed, what it took by key, and what goes wrong next."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.consents: set[str] = set()
        self.messages: dict[str, dict[str, Any]] = {}
        self.documents: dict[str, list[bytes]] = {}
        self.requests = 0
        #: What the next requests meet instead: a status, or "hang" and "drop" (taken, but the answer is lost).
        self.troubles: list[int | str] = []

    def take(self, key: str, message: dict[str, Any], documents: list[bytes]) -> tuple[int, str]:
        """Keep a message; answers 409 with the first id when the key is known."""
        known = key in self.messages
        if not known:
            self.messages[key] = message | {"messageId": f"EBX-{len(self.messages) + 1:06d}"}
            self.documents[key] = documents
        return (409 if known else 201), self.messages[key]["messageId"]


@contextmanager
def running() -> Iterator[tuple[str, Registry]]:
    """Run the service on a free port of loopback until the end of the block."""
    registry = Registry(secrets.token_hex(8))

    class Service(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            registry.requests += 1
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            trouble = registry.troubles.pop(0) if registry.troubles else None
            if trouble == "hang":
                time.sleep(1.5)
                return
            if isinstance(trouble, int):
                self.answer(trouble, {"title": "provoked"})
            elif self.headers.get("Authorization") != f"Bearer {registry.token}":
                self.answer(401, {"title": "no token"})
            elif self.path == "/citizenEboxConsents/search":
                self.consents(json.loads(body))
            elif self.path == "/ebox/messages":
                self.message(body, lost=trouble == "drop")
            else:
                self.answer(404, {})

        def consents(self, asked: dict[str, Any]) -> None:
            items = [{"ssin": n, "consent": n in registry.consents} for n in asked["ssins"]]
            self.answer(200, {"items": items})

        def message(self, body: bytes, *, lost: bool) -> None:
            head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
            parts = list(BytesParser(policy=HTTP).parsebytes(head + body).iter_parts())
            named = {part.get_param("name", header="content-disposition"): part for part in parts}
            publish = json.loads(named.pop("messageToPublish").get_payload(decode=True))
            key = self.headers.get("Idempotency-Key", "")
            wanted = {"recipient", "sender", "subject", "senderApplicationId", "messageTypeId"}
            if not key or not wanted <= publish.keys():
                self.answer(400, {"title": "incomplete"})
                return
            documents = [part.get_payload(decode=True) for part in named.values()]
            status, external = registry.take(key, publish, documents)
            if not lost:
                self.answer(status, {"messageId": external})

        def answer(self, status: int, content: dict[str, Any]) -> None:
            body = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", registry
    finally:
        server.shutdown()
        server.server_close()
