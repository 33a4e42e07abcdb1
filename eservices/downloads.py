"""Handing out stored documents: kept by the browser, never run or guessed by it."""

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase

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
    )
    _lock(answer)
    return answer


def pdf_answer(content: bytes, name: str) -> HttpResponse:
    """Return a PDF as a download; `name` is plain ASCII without its ending."""
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    _lock(answer)
    return answer


def _lock(answer: HttpResponseBase) -> None:
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = SANDBOX
    answer["Cache-Control"] = "private, no-store"
