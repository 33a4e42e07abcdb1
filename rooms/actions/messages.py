"""Writing in the discussion of a booking, from either side."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from eservices.actions import journal, ratelimits
from eservices.enums import Side
from eservices.errors import MessageTooLong
from eservices.models import User
from rooms.actions import documents, moves
from rooms.errors import BookingMessageEmpty
from rooms.models import Booking, BookingMessage

MAX_LENGTH: Final = 5000
#: As in files: a script is stopped before it fills mailboxes.
PER_HOUR: Final = 40


def write(
    *,
    booking: Booking,
    by: User,
    side: Side,
    body: str,
    key: str,
    files: Sequence[UploadedFile[Any]] = (),
    now: datetime | None = None,
) -> BookingMessage:
    """Write one message, of somebody who may see the booking; `key` is the sender's own: sent twice, it is stored once.

    Listeners of bookings are told "message_sent" and tell the other side. Raises BookingMessageEmpty, MessageTooLong,
    UploadTooMany, UploadRefused and its kinds, TooMany; nothing is stored then.
    """
    words, own_key = body.strip(), f"{by.public_id}:{key}"[:100]
    if (known := booking.messages.filter(key=own_key).first()) is not None:
        return known
    if not words and not files:
        raise BookingMessageEmpty(field="body")
    if len(words) > MAX_LENGTH:
        raise MessageTooLong(field="body", limit=MAX_LENGTH)
    hour = timedelta(hours=1)
    ratelimits.allow(bucket="messages", key=str(by.public_id), limit=PER_HOUR, window=hour)
    received = documents.checked(files)
    try:
        with transaction.atomic():
            Booking.objects.select_for_update(of=("self",)).get(pk=booking.pk)
            made = BookingMessage.objects.create(
                booking=booking,
                author=by,
                side=side,
                body=words,
                key=own_key,
                created_at=now or timezone.now(),
            )
            documents.store(booking=booking, received=received, by=by, side=side, message=made)
            journal.record(
                subject=booking,
                event="message_sent",
                actor=by,
                side=side,
                data={"message": str(made.public_id), "documents": len(received)},
            )
            moves.changed(booking, "message_sent")
    except IntegrityError:  # the same message at the same moment
        return booking.messages.get(key=own_key)
    return made
