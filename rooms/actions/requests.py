"""Asking for a room: everything is checked, the price is kept, the time is held or joins those that compete."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from eservices.actions import journal
from eservices.actions.acting import person_acting
from eservices.actions.references import under_new_reference
from eservices.contract import Viewer
from eservices.enums import Side
from eservices.models import Profile, User
from eservices.queries.profiles import right_as_kept
from eservices.queries.requirements import prove
from rooms.actions import documents, moves, occupancy
from rooms.actions.charging import accept
from rooms.enums import Approval, BookingEvent, PendingPolicy
from rooms.errors import PurposeMissing, RoomTermsNotAccepted
from rooms.models import Booking, BookingSeries, Room, RoomTerms
from rooms.queries import rules
from rooms.queries.clock import Span
from rooms.queries.quotes import Quote, quote
from rooms.queries.words import asking_of_room, calendar_uid


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What somebody asks for beside room and time, as typed in the form or sent to the API."""

    purpose: str
    attendees: int
    layout: str = ""
    setup: str = ""
    extras: Mapping[str, int] = field(default_factory=dict)
    resident: bool = False
    public_title: str = ""
    terms: int | None = None


def request_booking(
    *,
    viewer: Viewer,
    room: Room,
    spans: Sequence[Span],
    wish: Wish,
    key: str,
    locale: str,
    series: BookingSeries | None = None,
    files: Sequence[UploadedFile[Any]] = (),
    now: datetime | None = None,
) -> list[Booking]:
    """Ask for a room at one or several times, in the name of the viewer's profile: all of them or none.

    `key` is the sender's own for this request: sent twice, it is made once and the bookings of the first time come
    back. The documents go with the first booking. A room with automatic confirmation confirms at once, or asks for the
    money. Raises what `rules` raise, PurposeMissing, RoomTermsNotAccepted, StepUpRequired, what `documents.checked`
    raises, ExtraUnknown, SlotTaken; nothing is made then.
    """
    user, now = person_acting(viewer), now or timezone.now()
    profile = viewer.profile
    if profile is None:
        raise ValueError("Somebody who is logged in has a profile.")
    own_key = _own_key(user, key)
    if known := _known(own_key):
        return known
    terms = check(room, spans, wish, kind=profile.kind, profile_id=profile.pk, now=now)
    proof = prove(viewer, asking_of_room(room), now=now)
    received = documents.checked(files)
    columns = {
        "acted_as": right_as_kept(viewer.membership),
        "level_used": proof.level,
        "method_used": proof.method,
        "terms": terms,
    }
    try:
        return make(
            room=room,
            spans=spans,
            wish=wish,
            profile=profile,
            user=user,
            key=own_key,
            locale=locale,
            series=series,
            side=Side.CITIZEN,
            by=user,
            now=now,
            received=received,
            columns=columns,
        )
    except IntegrityError:  # the same request at the same moment
        if known := _known(own_key):
            return known
        raise


def made_with(viewer: Viewer, key: str) -> list[Booking]:
    """Return the bookings of the request that the viewer sent with this key; none if it was not sent yet."""
    return _known(_own_key(viewer.user, key)) if viewer.user and key else []


def check(
    room: Room, spans: Sequence[Span], wish: Wish, *, kind: str, profile_id: int, now: datetime
) -> RoomTerms | None:
    """Raise what the request breaks of the room's rules; returns the terms that it accepts, if there are any."""
    rules.check_profile(room, profile_id=profile_id, kind=kind, more=len(spans))
    for span in spans:
        rules.check_span(room, span, now=now)
    if not wish.purpose.strip():
        raise PurposeMissing(field="purpose")
    rules.check_people(room, attendees=wish.attendees, layout=wish.layout)
    terms = RoomTerms.objects.first()
    if terms is not None and wish.terms != terms.number:
        raise RoomTermsNotAccepted(field="terms")
    return terms


@transaction.atomic
def make(
    *,
    room: Room,
    spans: Sequence[Span],
    wish: Wish,
    profile: Profile,
    user: User,
    key: str,
    locale: str,
    series: BookingSeries | None,
    side: Side,
    by: User,
    now: datetime,
    received: Sequence[documents.Received] = (),
    columns: Mapping[str, Any] | None = None,
) -> list[Booking]:
    """Make the bookings of one request in one transaction, locked units first. Raises SlotTaken."""
    units = occupancy.lock_units(room)
    made = []
    for number, span in enumerate(spans):
        price = quote(room, span, kind=profile.kind, resident=wish.resident, extras=wish.extras)
        booking = _row(
            room,
            span,
            wish,
            price,
            profile,
            user,
            locale,
            now,
            key=f"{key}:{number}",
            series=series,
            entered_by=by if side == Side.AGENT else None,
            **(columns or {}),
        )
        wide = span.widened(before=room.buffer_before, after=room.buffer_after)
        competes = room.pending_policy == PendingPolicy.COMPETE and room.approval == Approval.MANUAL
        occupancy.take(units=units, span=wide, booking=booking, blocking=not competes)
        journal.record(
            subject=booking,
            event="requested",
            actor=by,
            side=side,
            data={"room": room.code, "level": booking.level_used},
        )
        moves.changed(booking, "requested")
        if room.approval == Approval.AUTOMATIC:
            accept(booking=booking, by=None, side=Side.SYSTEM, event=BookingEvent.CONFIRM, now=now)
        made.append(booking)
    if received:
        documents.store(booking=made[0], received=received, by=by, side=side)
    return made


def _row(
    room: Room,
    span: Span,
    wish: Wish,
    price: Quote,
    profile: Profile,
    user: User,
    locale: str,
    now: datetime,
    **columns: Any,
) -> Booking:
    public_id = uuid.uuid4()
    return under_new_reference(
        "RES",
        now.year,
        lambda reference: Booking.objects.create(
            public_id=public_id,
            reference=reference,
            uid=calendar_uid(public_id),
            room=room,
            profile=profile,
            acting_user=user,
            locale=locale,
            starts_at=span.start,
            ends_at=span.end,
            all_day=room.whole_days,
            buffer_before=room.buffer_before,
            buffer_after=room.buffer_after,
            purpose=wish.purpose.strip()[:200],
            attendees=wish.attendees,
            layout=wish.layout,
            setup=wish.setup.strip()[:1000],
            extras={code: count for code, count in wish.extras.items() if count},
            resident=wish.resident,
            public_title=wish.public_title.strip()[:80],
            quote=price.to_json(),
            hold_expires_at=rules.lapses_at(room, span),
            state_since=now,
            created_at=now,
            changed_at=now,
            purge_on=(span.end + timedelta(days=moves.KEPT_DAYS)).date(),
            **columns,
        ),
    )


def _own_key(user: User, key: str) -> str:
    return f"{user.public_id}:{key}"[:90]


def _known(key: str) -> list[Booking]:
    rows = Booking.objects.filter(key__startswith=f"{key}:").select_related("room")
    return list(rows.order_by("starts_at"))
