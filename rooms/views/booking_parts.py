"""What the page of a booking shows."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from eservices import formats
from eservices.contract import Viewer
from eservices.enums import Side
from eservices.models import AmountDue
from eservices.models.procedures import in_language
from eservices.uploads import DEFAULT_ACCEPT
from eservices.views.file_sections import accepted_kinds
from rooms.enums import BookingState, Layout
from rooms.models import Booking, BookingDocument, RoomExtra
from rooms.queries.bookings import bookings_of, can_cancel
from rooms.queries.clock import Span
from rooms.queries.dues import amounts_of_bookings
from rooms.queries.history import history_of
from rooms.queries.pictures import words_of_rooms
from rooms.queries.price_lines import lines_of
from rooms.queries.quotes import Quote, moved_price
from rooms.queries.words import span_words

#: The looks of the design system for the states of a booking.
LOOKS = {
    BookingState.PENDING: "received",
    BookingState.PROPOSED: "awaiting_you",
    BookingState.AWAITING_PAYMENT: "to_pay",
    BookingState.CONFIRMED: "confirmed",
    BookingState.COMPLETED: "closed",
    BookingState.NO_SHOW: "closed",
    BookingState.DECLINED: "rejected",
    BookingState.CONFLICT: "rejected",
    BookingState.EXPIRED: "expired",
    BookingState.WITHDRAWN: "withdrawn",
    BookingState.CANCELLED_BY_REQUESTER: "cancelled",
    BookingState.CANCELLED_BY_MUNICIPALITY: "cancelled",
}


def look_of(booking: Booking) -> str:
    """Return the look of the badge for a booking's state."""
    return LOOKS[BookingState(booking.state)]


def booking_context(
    booking: Booking, viewer: Viewer, typed: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return all that the page of a booking shows; `typed` is a message that was refused."""
    rooms = [booking.room, *([booking.proposed_room] if booking.proposed_room else [])]
    words = words_of_rooms(rooms)
    price = Quote.from_json(booking.quote)
    acts = viewer.agent is None
    return {
        "booking": booking,
        "room": booking.room,
        "title": words[booking.room_id].title,
        "photo": next(iter(words[booking.room_id].photos), None),
        "when": when_words(booking),
        "look": look_of(booking),
        "price": price,
        "lines": lines_of(price),
        "amounts": [
            amount_row(amount) for amount in amounts_of_bookings([booking]).get(booking.pk, [])
        ],
        "facts": facts_of(booking),
        "proposal": proposal_of(booking, {key: found.title for key, found in words.items()}),
        "series": series_section(booking, viewer),
        "documents": [
            document_row(booking, row)
            for row in booking.documents.filter(message=None, handover=None)
        ],
        "handovers": handovers_of(booking),
        "discussion": discussion_of(booking, viewer, typed),
        "events": history_of(booking),
        "acts": acts,
        "may_cancel": acts and can_cancel(booking, now=timezone.now()),
        "again_url": reverse("room", args=[booking.room.code]),
        "trail": [
            {"label": _("Rooms"), "url": reverse("rooms")},
            {"label": _("My bookings"), "url": reverse("bookings")},
            {"label": booking.reference, "url": ""},
        ],
    }


def amount_row(amount: AmountDue) -> dict[str, Any]:
    """Return what is to be paid, or was: for what, how much, until when."""
    return {
        "title": in_language(amount.titles),
        "state": amount.state,
        "cents": amount.amount_cents,
        "reference": amount.reference,
        "due_at": amount.due_at,
        "paid_at": amount.paid_at,
        "receipt": amount.receipt,
    }


def when_words(booking: Booking) -> str:
    """Return when the booking is."""
    return span_words(Span(booking.starts_at, booking.ends_at), whole_days=booking.all_day)


def proposal_of(booking: Booking, titles: Mapping[int, str]) -> dict[str, Any] | None:
    """Return the proposed time with what it would cost; None when none is open."""
    room, start, end = booking.proposed_room, booking.proposed_starts_at, booking.proposed_ends_at
    if booking.state != BookingState.PROPOSED or room is None or start is None or end is None:
        return None
    same = room.pk == booking.room_id
    return {
        "when": span_words(Span(start, end), whole_days=room.whole_days),
        "room": "" if same else titles[room.pk],
        "price": moved_price(booking, room, Span(start, end)),
        "reason": booking.reason,
        "until": booking.hold_expires_at,
    }


def facts_of(booking: Booking) -> list[dict[str, str]]:
    """Return what was asked for."""
    names = {extra.code: extra.name for extra in RoomExtra.objects.filter(room=booking.room_id)}
    extras = [f"{count} × {names.get(code, code)}" for code, count in booking.extras.items()]
    approved = _("approved") if booking.public_title_approved else _("not approved yet")
    rows = [
        (_("Purpose"), booking.purpose, ""),
        (_("People"), formats.number(booking.attendees), ""),
        (_("Set-up"), Layout(booking.layout).label if booking.layout else "", ""),
        (_("What must be ready"), booking.setup, ""),
        (_("Extras"), ", ".join(extras), ""),
        (
            _("Title for everybody"),
            booking.public_title,
            approved if booking.public_title else "",
        ),
        (_("Requested on"), formats.date_time(booking.created_at), ""),
    ]
    return [
        {"label": label, "value": str(value), "note": str(note)}
        for label, value, note in rows
        if value
    ]


def handovers_of(booking: Booking) -> list[dict[str, Any]]:
    """Return when the room was handed over and taken back: keys, state, damage, photos, who signed."""
    return [
        {
            "kind": row.get_kind_display(),
            "at": row.at,
            "keys": row.keys,
            "notes": row.notes,
            "damage": row.damage,
            "photos": [document_row(booking, photo) for photo in row.photos.all()],
            "signed_by": row.signed_by,
            "signature": row.signature,
        }
        for row in booking.handovers.prefetch_related("photos")
    ]


def series_section(booking: Booking, viewer: Viewer) -> dict[str, Any] | None:
    """Return the dates of the series of a booking, with those that were left out; None without one."""
    if booking.series is None:
        return None
    rows = bookings_of(viewer).filter(series=booking.series).order_by("starts_at")
    return {
        "rows": series_rows(list(rows), booking),
        "skipped": [
            {"day": parse_date(entry.get("day", "")), "why": why_words(entry.get("why", ""))}
            for entry in booking.series.skipped
        ],
    }


def series_rows(bookings: Sequence[Booking], current: Booking) -> list[dict[str, Any]]:
    """Return the bookings of a series as lines."""
    return [
        {
            "url": "" if row.pk == current.pk else reverse("booking", args=[row.reference]),
            "when": when_words(row),
            "look": look_of(row),
            "state": row.get_state_display(),
            "reference": row.reference,
            "revision": row.revision,
        }
        for row in bookings
    ]


def why_words(why: str) -> str:
    """Return why a day of a series was left out."""
    return {
        "taken": _("was taken"),
        "closed": _("the room was closed"),
        "refused": _("was not possible"),
    }.get(why) or _("left out by you")


def discussion_of(
    booking: Booking, viewer: Viewer, typed: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the thread and the form for the next message."""
    rows = booking.messages.select_related("author").prefetch_related("documents")
    return {
        "rows": [
            {
                "id": row.public_id,
                "ours": row.side == Side.AGENT,
                "who": _("You")
                if viewer.user is not None and row.author_id == viewer.user.pk
                else row.author.display_name
                if row.author
                else "",
                "at": row.created_at,
                "body": row.body,
                "files": [document_row(booking, item) for item in row.documents.all()],
            }
            for row in rows
        ],
        "may_write": viewer.agent is None,
        "to": booking.room.team.name,
        "accepts": accepted_kinds(DEFAULT_ACCEPT),
        "key": uuid.uuid4().hex,
        "body": "",
        **(typed or {}),
    }


def document_row(booking: Booking, document: BookingDocument) -> dict[str, str]:
    """Return a document of a booking with its address."""
    return {
        "name": document.name,
        "size": formats.file_size(document.size),
        "url": reverse("booking-document", args=[booking.reference, document.public_id]),
    }
