"""A virus scanner in miniature for demo and tests: speaks clamd's INSTREAM and knows one signature.

The signature is the harmless test file of EICAR (https://www.eicar.org/download-anti-malware-testfile/), found anywhere
in a document. Run as `python -m sandbox.clamd PORT`.
"""

import socketserver
import struct
import sys
from typing import Final

#: Written backwards: no scanner on a developer's machine shall find this file.
EICAR: Final = rb"*H+H$!ELIF-TSET-SURIVITNA-DRADNATS-RACIE$}7)CC7)^P(45XZP\4[PA@%P!O5X"[::-1]
SIGNATURE: Final = "Eicar-Signature"
#: As StreamMaxLength: beyond it the real one hangs up.
LONGEST: Final = 30 * 1024 * 1024


class Conversation(socketserver.StreamRequestHandler):
    """One command and its answer."""

    timeout = 30

    def handle(self) -> None:
        """Read a command that ends with a zero byte; answer as the real one does."""
        command = b""
        while not command.endswith(b"\0") and len(command) < 64:
            byte = self.rfile.read(1)
            if not byte:
                return
            command += byte
        answers = {b"zPING\0": "PONG", b"zVERSION\0": "ClamAV 1.4.6/sandbox"}
        if command == b"zINSTREAM\0":
            content = self._content()
            if content is None:
                return
            found = EICAR in content
            self._answer(f"stream: {SIGNATURE} FOUND" if found else "stream: OK")
        else:
            self._answer(answers.get(command, "UNKNOWN COMMAND"))

    def _content(self) -> bytes | None:
        """Return what was streamed, or None when it is too long or broke off."""
        received = b""
        while len(size := self.rfile.read(4)) == 4:
            length = struct.unpack("!L", size)[0]
            if not length:
                return received
            if len(received) + length > LONGEST:
                self._answer("INSTREAM size limit exceeded. ERROR")
                return None
            received += self.rfile.read(length)
        return None

    def _answer(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\0")


class Daemon(socketserver.ThreadingTCPServer):
    """Listens on loopback; port 0 lets the machine choose."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Conversation)


if __name__ == "__main__":
    Daemon(int(sys.argv[1])).serve_forever()
