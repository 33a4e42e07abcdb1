"""Handing out stored documents: kept by the browser, never run or guessed by it."""

import re
from http import HTTPStatus
from typing import IO, Any, Protocol, TypeVar
from urllib.parse import quote

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.http import content_disposition_header
from rest_framework.request import Request

from eservices.enums import ExportFormat
from eservices.models import Annex, Export, User
from eservices.queries.annexes import check_readable
from eservices.spreadsheets import MEDIA_TYPES

Answer = TypeVar("Answer", bound=HttpResponseBase)


class StoredDocument(Protocol):
    """What is handed out: a document of a file, or one that a plugin stores."""

    name: Any
    file: Any
    media_type: Any
    size: Any
    sha256: Any


#: A document that is opened all the same may do nothing at all.
SANDBOX = "sandbox; default-src 'none'"


def download(annex: StoredDocument, *, wanted: str = "", if_range: str = "") -> HttpResponseBase:
    """Return a document as a download under its own name, or the part that a request asks for.

    `wanted` is the header Range, `if_range` the header If-Range. One range of bytes is answered with 206 (RFC 9110,
    14.2), so that a broken download goes on; one behind the end with 416; several ranges, malformed ones and those of
    another content with the whole document. With FILES_SERVE the proxy sends the bytes and sees to the ranges.
    """
    if settings.FILES_SERVE != "django":
        return _by_proxy(annex)
    bounds = _bounds(wanted, annex.size) if if_range in ("", _etag(annex)) else None
    if bounds is None:
        whole = FileResponse(annex.file.open("rb"), content_type=annex.media_type)
        return _named(whole, annex)
    start, end = bounds
    if start > end:
        answer = HttpResponse(status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
        answer["Content-Range"] = f"bytes */{annex.size}"
        _lock(answer)
        return answer
    with annex.file.open("rb") as stored:
        stored.seek(start)
        part = stored.read(end - start + 1)
    answer = HttpResponse(part, status=HTTPStatus.PARTIAL_CONTENT, content_type=annex.media_type)
    answer["Content-Range"] = f"bytes {start}-{end}/{annex.size}"
    return _named(answer, annex)


def download_for(
    annex: Annex, request: HttpRequest | Request, reader: User | None
) -> HttpResponseBase:
    """Return a document for the request of somebody who may see it; raises AnnexGone, AnnexNotChecked."""
    check_readable(annex, reader)
    return download(
        annex,
        wanted=request.headers.get("Range", ""),
        if_range=request.headers.get("If-Range", ""),
    )


def _by_proxy(annex: StoredDocument) -> HttpResponse:
    """Name the document to the proxy: by an address that only it can open, or by its path."""
    answer = HttpResponse(content_type=annex.media_type)
    name = str(annex.file.name)
    if settings.FILES_SERVE == "x-accel":
        answer["X-Accel-Redirect"] = f"{settings.FILES_SERVE_LOCATION.rstrip('/')}/{quote(name)}"
    else:
        answer["X-Sendfile"] = annex.file.path
    return _named(answer, annex)


def _named(answer: Answer, annex: StoredDocument) -> Answer:
    answer["Content-Disposition"] = content_disposition_header(True, annex.name) or "attachment"
    answer["Accept-Ranges"] = "bytes"
    answer["ETag"] = _etag(annex)
    _lock(answer)
    return answer


def _etag(annex: StoredDocument) -> str:
    return f'"{annex.sha256}"'


def _bounds(wanted: str, size: int) -> tuple[int, int] | None:
    """Return the first and last byte of a single range, the last before the first when it lies behind the end."""
    found = re.fullmatch(r"bytes=([0-9]{0,12})-([0-9]{0,12})", wanted.strip(), re.ASCII)
    if found is None or not any(found.groups()):
        return None
    first, last = found.groups()
    if first and last and int(first) > int(last):
        return None
    start = int(first) if first else max(0, size - int(last))
    if not first and int(last) == 0:
        start = size
    end = min(int(last), size - 1) if first and last else size - 1
    return start, end


def pdf_answer(content: bytes, name: str) -> HttpResponse:
    """Return a PDF as a download; `name` is plain ASCII without its ending."""
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    _lock(answer)
    return answer


def export_answer(export: Export, name: str) -> FileResponse:
    """Return an exported list as a download; `name` is followed by the day on which it was made."""
    made = timezone.localtime(export.ready_at)
    answer = FileResponse(
        export.file.storage.open(export.file.name),
        as_attachment=True,
        filename=f"{name}-{made:%Y-%m-%d-%H%M}.{export.format}",
        content_type=MEDIA_TYPES[ExportFormat(export.format)],
    )
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
