"""Keys go out and come back: what was handed over, in which state, who signed."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from eservices.actions import journal
from eservices.enums import Side
from eservices.models import User
from rooms.actions import documents, moves, occupancy
from rooms.enums import BookingState, HandoverKind
from rooms.errors import BookingMoveRefused, SignatureDamaged, SignerMissing
from rooms.models import Booking, HandoverRecord
from rooms.queries.bookings import booking_for_agent

#: A pen that moves and draws lines, in whole units of a field of 600 by 200.
PATH = re.compile(r"(?:M\d{1,3} \d{1,3}(?: ?L\d{1,3} \d{1,3})* ?)+", re.ASCII)
LONGEST_PATH = 20_000
#: Rooms are handed over for confirmed bookings, and taken back when they are over.
STATES = (BookingState.CONFIRMED, BookingState.COMPLETED)


@transaction.atomic
def record(
    *,
    booking: Booking,
    by: User,
    kind: HandoverKind,
    keys: int,
    notes: str,
    damage: str,
    signed_by: str,
    signature: str = "",
    photos: Sequence[UploadedFile[Any]] = (),
    now: datetime | None = None,
) -> HandoverRecord:
    """Write down a handover; it is never changed afterwards. A signature is typed (a name), and drawn if one likes.

    Raises SignerMissing, SignatureDamaged, BookingMoveRefused for bookings that are not confirmed, UploadTooMany and
    the kinds of UploadRefused, NotFound for bookings of other teams.
    """
    if not signed_by.strip():
        raise SignerMissing(field="signed_by")
    path = signature.strip()
    if path and (len(path) > LONGEST_PATH or not PATH.fullmatch(path)):
        raise SignatureDamaged(field="signature")
    received = documents.checked(photos, accept=documents.PHOTOS)
    occupancy.lock_units(booking.room)
    row = moves.locked(booking_for_agent(by, booking.reference))
    if row.state not in STATES:
        raise BookingMoveRefused
    made = HandoverRecord.objects.create(
        booking=row,
        kind=kind,
        at=now or timezone.now(),
        by=by,
        keys=keys,
        notes=notes.strip(),
        damage=damage.strip(),
        signed_by=signed_by.strip()[:160],
        signature=path,
    )
    documents.store(booking=row, received=received, by=by, side=Side.AGENT, handover=made)
    journal.record(
        subject=row,
        event=f"handover_{kind.value}",
        actor=by,
        side=Side.AGENT,
        data={"keys": keys, "damage": bool(made.damage), "photos": len(received)},
    )
    moves.changed(row, f"handover_{kind.value}")
    return made
