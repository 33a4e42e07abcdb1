"""ClamAV's daemon, asked by its command INSTREAM (clamd(8)) over a socket of the machine or of the network.

The document is sent in chunks, each after its length in four bytes, and a chunk of no length at the end. The daemon
answers one line: `stream: OK`, `stream: <name> FOUND` or an error. Beyond its `StreamMaxLength` it hangs up, hence
that must be larger than `UPLOAD_MAX_BYTES`.
"""

import re
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, Final

from eservices.enums import ScanState
from eservices.errors import ScannerUnavailable
from eservices.scanning.base import Verdict

_CHUNK: Final = 64 * 1024
#: The daemon's answers are one short line; whatever is longer is none of them.
_LONGEST_ANSWER: Final = 4096


class Clamd:
    """A daemon behind `path` (a unix socket) or `host` and `port`; times in seconds."""

    at_once = False

    def __init__(
        self,
        *,
        path: str = "",
        host: str = "127.0.0.1",
        port: int = 3310,
        connect_timeout: float = 3.0,
        timeout: float = 30.0,
    ) -> None:
        self.path = path
        self.address = (host, port)
        self.connect_timeout = connect_timeout
        self.timeout = timeout

    def scan(self, stream: BinaryIO) -> Verdict:
        """Send the document through the socket and read the verdict."""
        with self._connected() as link:
            link.sendall(b"zINSTREAM\0")
            while chunk := stream.read(_CHUNK):
                link.sendall(struct.pack("!L", len(chunk)) + chunk)
            link.sendall(struct.pack("!L", 0))
            answer = _line(link)
        if answer == "stream: OK":
            return Verdict(state=ScanState.CLEAN)
        found = re.fullmatch(r"stream: (\S{1,200}) FOUND", answer)
        if found is None:
            raise ScannerUnavailable
        return Verdict(state=ScanState.INFECTED, name=found.group(1))

    def check(self) -> str:
        """Ask for the version of the program and of its signatures."""
        with self._connected() as link:
            link.sendall(b"zVERSION\0")
            answer = _line(link)
        if not answer.startswith("ClamAV "):
            raise ScannerUnavailable
        return answer

    @contextmanager
    def _connected(self) -> Iterator[socket.socket]:
        try:
            with self._connect() as link:
                link.settimeout(self.timeout)
                yield link
        except OSError as error:
            raise ScannerUnavailable from error

    def _connect(self) -> socket.socket:
        if not self.path:
            return socket.create_connection(self.address, self.connect_timeout)
        link = socket.socket(socket.AF_UNIX)
        link.settimeout(self.connect_timeout)
        try:
            link.connect(self.path)
        except OSError:
            link.close()
            raise
        return link


def _line(link: socket.socket) -> str:
    """Return the daemon's answer without the zero byte that ends it; empty when it hung up before."""
    received = b""
    while not received.endswith(b"\0") and len(received) < _LONGEST_ANSWER:
        part = link.recv(_LONGEST_ANSWER)
        if not part:
            return ""
        received += part
    return received.rstrip(b"\0").decode(errors="replace")
