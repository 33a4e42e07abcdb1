"""What a virus scanner is for the product."""

from dataclasses import dataclass
from typing import BinaryIO, Protocol

from eservices.enums import ScanState


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a scanner found; `name` is that of the virus, empty when there is none."""

    state: ScanState
    name: str = ""


class Scanner(Protocol):
    """One way to look for viruses.

    `at_once` says that an answer needs nobody else: it is then asked while the document is stored.
    """

    at_once: bool

    def scan(self, stream: BinaryIO) -> Verdict:
        """Look through a document, from where its stream stands to its end.

        Raises ScannerUnavailable for any answer but an explicit one: what was not scanned is never clean.
        """

    def check(self) -> str:
        """Return who answers (name and version); raises ScannerUnavailable."""
