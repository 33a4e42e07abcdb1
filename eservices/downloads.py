"""Handing out documents: as files to keep, never as something that a browser runs."""

from django.http import FileResponse

from eservices.models import Annex

#: A document shown in a browser may do nothing at all.
SANDBOX = "sandbox; default-src 'none'"


def download(annex: Annex) -> FileResponse:
    """Return a document as a download that no browser runs or guesses the type of."""
    answer = FileResponse(
        annex.file.open("rb"),
        as_attachment=True,
        filename=annex.name,
        content_type=annex.media_type,
    )
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = SANDBOX
    answer["Cache-Control"] = "private, no-store"
    return answer
