"""What the bookings of a person hold, for the person: counts, readings, copies, days of deletion."""

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import PurePath
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from eservices.contract import (
    ErasureReport,
    ExportDocument,
    HeldData,
    HeldItem,
    PersonalData,
    Reading,
)
from eservices.enums import ProfileKind, Side
from eservices.models import AmountDue, JournalEntry, User
from eservices.money import Money
from rooms.enums import BookingState
from rooms.models import Booking, BookingDocument, BookingMessage, FeedToken
from rooms.queries.pictures import words_of_rooms

#: What a person may take back or has come to nothing: no proof of anything, erased when the person asks.
ERASABLE = (
    BookingState.PENDING,
    BookingState.PROPOSED,
    BookingState.DECLINED,
    BookingState.CONFLICT,
    BookingState.EXPIRED,
    BookingState.WITHDRAWN,
)
_BOOKING = Booking._meta.label_lower


def own_bookings(user: User) -> QuerySet[Booking]:
    """Return the bookings of the person's own profile."""
    return Booking.objects.filter(profile__user=user).select_related("room").order_by("pk")


def bookings_for_organisations(user: User) -> QuerySet[Booking]:
    """Return what the person booked in organisations' names: in the copy, never the person's to erase."""
    rows = Booking.objects.filter(acting_user=user).exclude(profile__kind=ProfileKind.CITIZEN)
    return rows.select_related("room", "profile").order_by("pk")


def held(user: User) -> list[HeldData]:
    """Return how many bookings, messages, documents and addresses of calendars there are."""
    found = own_bookings(user).aggregate(
        bookings=Count("pk", distinct=True), documents=Count("documents", distinct=True)
    )
    return [
        HeldData(label=_("Bookings of rooms"), count=found["bookings"]),
        HeldData(
            label=_("Messages about rooms"),
            count=BookingMessage.objects.filter(author=user).count(),
        ),
        HeldData(label=_("Documents of bookings"), count=found["documents"]),
        HeldData(
            label=_("Addresses of calendars"), count=FeedToken.objects.filter(user=user).count()
        ),
    ]


def readings(user: User) -> list[Reading]:
    """Return when agents read a booking of the person, last first; the team stands for who."""
    rows = {row.public_id: row for row in own_bookings(user).select_related("room__team")}
    entries = JournalEntry.objects.filter(
        subject_type=_BOOKING, subject_id__in=list(rows), event="read"
    )
    titles = _titles(rows.values())
    return [
        Reading(
            at=entry.at,
            by=rows[entry.subject_id].room.team.name,
            what=_("Booking: %(room)s") % {"room": titles[rows[entry.subject_id].room_id]},
            reference=rows[entry.subject_id].reference,
        )
        for entry in entries.order_by("-at")
    ]


def erasure_plan(user: User) -> ErasureReport:
    """Return which bookings would go and which must stay, until when and why."""
    erased, kept = [], []
    rows = list(own_bookings(user))
    titles = _titles(rows)
    for row in rows:
        item = partial(
            HeldItem,
            what=_("Booking: %(room)s") % {"room": titles[row.room_id]},
            reference=row.reference,
            delete_on=row.purge_on,
        )
        if row.state in ERASABLE:
            erased.append(item())
        else:
            kept.append(
                item(
                    reason=_(
                        "The municipality accounts for the use of its rooms and for what was paid: GDPR, art. 17.3 b."
                    )
                )
            )
    if FeedToken.objects.filter(user=user).exists():
        erased.append(HeldItem(what=_("Addresses of calendars")))
    return ErasureReport(erased=erased, kept=kept)


def booking_copies(user: User) -> PersonalData:
    """Return all bookings with price, discussion, handovers, history and documents."""
    rows = [
        row
        for found in (own_bookings(user), bookings_for_organisations(user))
        for row in found.select_related("room__site", "profile", "terms").prefetch_related(
            "messages__author", "documents", "handovers"
        )
    ]
    history: dict[Any, list[dict[str, Any]]] = {row.public_id: [] for row in rows}
    entries = JournalEntry.objects.filter(subject_type=_BOOKING, subject_id__in=list(history))
    for entry in entries.order_by("sequence"):
        fact = {"at": entry.at, "event": entry.event, "side": entry.side, "reason": entry.reason}
        history[entry.subject_id].append(fact)
    amounts: dict[Any, list[dict[str, Any]]] = {row.public_id: [] for row in rows}
    due = AmountDue.objects.filter(subject_type=_BOOKING, subject_id__in=list(amounts))
    for amount in due.order_by("created_at"):
        amounts[amount.subject_id].append(
            {
                "reference": amount.reference,
                "euros": Money(amount.amount_cents).to_json(),
                "state": str(amount.get_state_display()),
                "paid_at": amount.paid_at,
                "receipt": amount.receipt,
            }
        )
    titles = _titles(rows)
    documents: list[ExportDocument] = []
    content = []
    for row in rows:
        names = dict(_named(row))
        documents += [
            ExportDocument(name=name, open=partial(item.file.storage.open, str(item.file.name)))
            for item, name in names.items()
        ]
        content.append(
            _copy(row, titles[row.room_id], names)
            | {"history": history[row.public_id], "amounts": amounts[row.public_id]}
        )
    return PersonalData(name="bookings", content=content, documents=documents)


def address_copies(user: User) -> PersonalData:
    """Return the private addresses of calendars that a person made; the secret in them is known to nobody else."""
    content = [
        {
            "name": row.name,
            "shows": str(row.get_scope_display()),
            "made_at": row.created_at,
            "last_read_on": row.used_on,
            "ended_at": row.revoked_at,
        }
        for row in FeedToken.objects.filter(user=user).order_by("created_at")
    ]
    return PersonalData(name="calendar_addresses", content=content)


def _titles(rows: Iterable[Booking]) -> dict[int, str]:
    """Return what people call the rooms of bookings, by key of the room."""
    words = words_of_rooms(list({row.room for row in rows}), most=0)
    return {key: found.title for key, found in words.items()}


def _named(row: Booking) -> Iterator[tuple[BookingDocument, str]]:
    """Give each document of a booking its name in the export: that of the person, never twice."""
    taken: set[str] = set()
    for item in row.documents.all():
        plain = PurePath(item.name.replace("\\", "/")).name.lstrip(".") or "document"
        name, number = plain, 1
        while name.casefold() in taken:
            number += 1
            name = f"{PurePath(plain).stem} ({number}){PurePath(plain).suffix}"
        taken.add(name.casefold())
        yield item, f"{row.reference}/{name}"


def _copy(row: Booking, room: str, names: dict[BookingDocument, str]) -> dict[str, Any]:
    return {
        "reference": row.reference,
        "room": room,
        "site": row.room.site.name,
        "in_the_name_of": row.profile.name,
        "state": str(row.get_state_display()),
        "starts_at": row.starts_at,
        "ends_at": row.ends_at,
        "proposed_starts_at": row.proposed_starts_at,
        "proposed_ends_at": row.proposed_ends_at,
        "purpose": row.purpose,
        "people": row.attendees,
        "layout": str(row.get_layout_display()),
        "what_must_be_ready": row.setup,
        "extras": row.extras,
        "from_the_municipality": row.resident,
        "title_for_everybody": row.public_title,
        "title_shown": row.public_title_approved,
        "price": row.quote,
        "terms": row.terms.number if row.terms else None,
        "reason": row.reason,
        "allowed_outside_the_rules": row.override_reason,
        "kept_after_cancellation": None
        if row.fee_kept_cents is None
        else Money(row.fee_kept_cents).to_json(),
        "identified_by": str(row.get_method_used_display()),
        "entered_at_counter": row.entered_by_id is not None,
        "language": row.locale,
        "asked_at": row.created_at,
        "decided_at": row.decided_at,
        "deleted_on": row.purge_on,
        "messages": [
            {
                "sent_at": message.created_at,
                "from": str(Side(message.side).label),
                "author": message.author.display_name if message.author else "",
                "text": message.body,
                "documents": [
                    name for item, name in names.items() if item.message_id == message.pk
                ],
            }
            for message in row.messages.all()
        ],
        "handovers": [
            {
                "kind": str(item.get_kind_display()),
                "at": item.at,
                "keys": item.keys,
                "state_of_the_room": item.notes,
                "damage": item.damage,
                "signed_by": item.signed_by,
                "signature": item.signature,
                "photos": [name for doc, name in names.items() if doc.handover_id == item.pk],
            }
            for item in row.handovers.all()
        ],
        "documents": [
            {"name": item.name, "file": name, "size": item.size, "sha256": item.sha256}
            for item, name in names.items()
        ],
    }


def purgeable(today: Any) -> Iterable[Booking]:
    """Return the bookings whose time of keeping is over; nothing that still concerns somebody."""
    from_now_on = (
        BookingState.PENDING,
        BookingState.PROPOSED,
        BookingState.AWAITING_PAYMENT,
        BookingState.CONFIRMED,
    )
    rows = Booking.objects.filter(purge_on__lte=today).exclude(state__in=from_now_on)
    return rows.select_related("room").order_by("pk")
