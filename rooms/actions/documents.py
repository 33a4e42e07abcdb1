"""Documents of a booking: looked through as every upload, scanned at once, stored under a random name."""

from collections.abc import Sequence
from typing import Any

from django.core.files.base import File
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from eservices import scanning, uploads
from eservices.enums import ScanState, Side
from eservices.errors import UploadTooMany
from eservices.models import User
from rooms.errors import DocumentInfected
from rooms.models import Booking, BookingDocument, BookingMessage, HandoverRecord

#: Of one message or one handover.
MOST = 10
PHOTOS = ("jpg", "png")

#: What was learned of an upload, and the content that is stored.
Received = tuple[uploads.CheckedUpload, File[Any]]


def checked(files: Sequence[UploadedFile[Any]], *, accept: Sequence[str] = ()) -> list[Received]:
    """Look documents through and scan them, before anything is locked for them; `accept` are kinds, none for all.

    Raises UploadTooMany, the kinds of UploadRefused, DocumentInfected, and ScannerUnavailable when the scanner of this
    installation does not answer: what was not scanned is not taken.
    """
    if len(files) > MOST:
        raise UploadTooMany(field="files", limit=MOST)
    received = [uploads.to_store(uploaded, accept=accept) for uploaded in files]
    for facts, content in received:
        content.seek(0)
        if scanning.scanner().scan(content).state == ScanState.INFECTED:  # type: ignore[arg-type]
            raise DocumentInfected(field="files", name=facts.name)
        content.seek(0)
    return received


@transaction.atomic
def store(
    *,
    booking: Booking,
    received: Sequence[Received],
    by: User,
    side: Side,
    message: BookingMessage | None = None,
    handover: HandoverRecord | None = None,
) -> list[BookingDocument]:
    """Store documents that were `checked`, all or none."""
    made: list[BookingDocument] = []
    try:
        for facts, content in received:
            row = BookingDocument(
                booking=booking,
                message=message,
                handover=handover,
                side=side,
                name=facts.name,
                media_type=facts.media_type,
                size=facts.size,
                sha256=facts.sha256,
                uploaded_by=by,
            )
            row.file.save(facts.name, content, save=False)
            made.append(row)
            row.save()
    except BaseException:
        for row in made:
            row.file.delete(save=False)
        raise
    return made
