"""Handing out stored documents: kept by the browser, never run or guessed by it."""

import re
from typing import IO

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from eservices.models import Annex

#: A document that is opened all the same may do nothing at all.
SANDBOX = "sandbox; default-src 'none'"


def download(annex: Annex) -> FileResponse:
    """Return a document of a file as a download under its own name."""
    answer = FileResponse(
        annex.file.open("rb"),
        as_attachment=True,
        filename=annex.name,
        content_type=annex.media_type,
        headers={"Accept-Ranges": "bytes"},
    )
    _lock(answer)
    return answer


def download_from(annex: Annex, wanted: str) -> FileResponse | HttpResponse:
    """Return a document, or the part of it that `wanted`, the header Range of a request, asks for.

    One range of bytes is answered with 206 (RFC 9110, 14.2), so that a broken download goes on;
    several ranges and malformed ones with the whole document.
    """
    bounds = _bounds(wanted, annex.size)
    if bounds is None:
        return download(annex)
    start, end = bounds
    with annex.file.open("rb") as stored:
        stored.seek(start)
        part = stored.read(end - start + 1)
    answer = HttpResponse(part, status=206, content_type=annex.media_type)
    answer["Content-Range"] = f"bytes {start}-{end}/{annex.size}"
    answer["Content-Disposition"] = content_disposition_header(True, annex.name) or "attachment"
    _lock(answer)
    return answer


def _bounds(wanted: str, size: int) -> tuple[int, int] | None:
    """Return the first and last byte of a single range that lies within a document of `size` bytes."""
    found = re.fullmatch(r"bytes=([0-9]{0,12})-([0-9]{0,12})", wanted.strip(), re.ASCII)
    if found is None or not any(found.groups()):
        return None
    first, last = found.groups()
    start = int(first) if first else max(0, size - int(last))
    end = min(int(last), size - 1) if first and last else size - 1
    return (start, end) if start <= end else None


def pdf_answer(content: bytes, name: str) -> HttpResponse:
    """Return a PDF as a download; `name` is plain ASCII without its ending."""
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    _lock(answer)
    return answer


def zip_answer(content: IO[bytes], name: str) -> FileResponse:
    """Return a zip as a download and close it afterwards; `name` comes without its ending."""
    answer = FileResponse(
        content, as_attachment=True, filename=f"{name}.zip", content_type="application/zip"
    )
    _lock(answer)
    return answer


def _lock(answer: HttpResponseBase) -> None:
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = SANDBOX
    answer["Cache-Control"] = "private, no-store"
