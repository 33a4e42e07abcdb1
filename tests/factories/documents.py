"""Documents for tests: photos, letters, one with the test signature of virus scanners, the scanner itself."""

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pikepdf
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from sandbox.clamd import EICAR, Daemon


def photo(name: str = "photo.jpg", *, size: tuple[int, int] = (8, 6), **save: Any) -> Any:
    """A JPEG; `save` goes to Pillow (exif, quality)."""
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, "JPEG", **save)
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


def letter(name: str = "letter.pdf", behind: bytes = b"") -> SimpleUploadedFile:
    """A PDF of one page, with something behind its end."""
    out = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        document.save(out)
    return SimpleUploadedFile(name, out.getvalue() + behind, "application/pdf")


def infected(name: str = "invoice.pdf") -> SimpleUploadedFile:
    """A PDF that holds EICAR's harmless signature, which all scanners report."""
    return letter(name, b"\n%" + EICAR + b"\n")


@contextmanager
def scanner_running(port: int = 0) -> Iterator[dict[str, Any]]:
    """Run the sandbox's clamd; gives the value of VIRUS_SCANNER that asks it."""
    with Daemon(port) as daemon:
        threading.Thread(target=daemon.serve_forever, daemon=True).start()
        options = {"host": "127.0.0.1", "port": daemon.server_address[1], "timeout": 5}
        try:
            yield {"BACKEND": "eservices.scanning.clamd.Clamd", "OPTIONS": options}
        finally:
            daemon.shutdown()
