"""Moving a booking from one state to the next; the table of moves in `enums` says what is possible."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from eservices.actions import journal
from eservices.enums import Side, Turn
from eservices.models import User
from rooms.actions import occupancy
from rooms.enums import BOOKING_MOVES, HOLDING, TURN, BookingEvent, BookingState
from rooms.errors import BookingMoveRefused
from rooms.models import Block, Booking

_ARROWS = {(move.source, move.event): move for move in BOOKING_MOVES}

#: A booking is deleted so many days after its end, or after the day it was meant for.
KEPT_DAYS = 730

#: Who wants to know of each change, in its transaction: feeds, letters. See `on_change`.
_listeners: list[Callable[[Booking, str], None]] = []


def on_change(listener: Callable[[Booking, str], None]) -> Callable[[Booking, str], None]:
    """Call `listener(booking, event)` in the transaction of every change of a booking, after it was written."""
    _listeners.append(listener)
    return listener


#: Who wants to know of blocked times, in the transaction of the change. See `on_block_change`.
_block_listeners: list[Callable[[Block, str], None]] = []


def on_block_change(listener: Callable[[Block, str], None]) -> Callable[[Block, str], None]:
    """Call `listener(block, event)` when a time is "blocked" or "changed", and before it is "unblocked" (deleted)."""
    _block_listeners.append(listener)
    return listener


def block_changed(block: Block, event: str) -> None:
    """Tell feeds of a blocked time, in the transaction of its change."""
    for listener in _block_listeners:
        listener(block, event)


def locked(booking: Booking) -> Booking:
    """Return the booking as it stands, locked. Its units are locked before (`occupancy.lock_units`)."""
    rows = Booking.objects.select_for_update(of=("self",))
    return rows.select_related("room", "profile", "acting_user").get(pk=booking.pk)


@transaction.atomic
def move(
    *,
    booking: Booking,
    event: BookingEvent,
    by: User | None,
    side: Side,
    reason: str = "",
    facts: Mapping[str, Any] | None = None,
    tells_calendars: bool = False,
    **changes: Any,
) -> Booking:
    """Move a booking by one event: one guarded UPDATE, one journal row, its units held or given back with it.

    `changes` are columns written by the same UPDATE; `tells_calendars` raises SEQUENCE (time, room or end of a booking
    changed, RFC 5546 2.1.4). Raises BookingMoveRefused when the table has no such arrow for this side or somebody else
    changed the booking since it was read, SlotTaken when its time cannot be held: nothing is written then.
    """
    arrow = _ARROWS.get((BookingState(booking.state), event))
    if arrow is None or side not in arrow.sides:
        raise BookingMoveRefused
    now = timezone.now()
    ends = TURN[arrow.target] == Turn.NONE and arrow.target not in HOLDING
    if ends:
        occupancy.give_back(booking=booking)
    elif arrow.target in HOLDING and arrow.source not in HOLDING:
        occupancy.hold(booking=booking)
    columns: dict[str, Any] = {
        "state": arrow.target,
        "state_since": now,
        "reason": reason,
        **({"hold_expires_at": None} if arrow.target != BookingState.PROPOSED else {}),
        **changes,
    }
    told = tells_calendars or (ends and arrow.source in HOLDING)
    write(booking=booking, columns=columns, now=now, tells_calendars=told, state=arrow.source)
    journal.record(
        subject=booking,
        event=event.value,
        actor=by,
        side=side,
        reason=reason,
        data={"from": arrow.source.value, "to": arrow.target.value, **(facts or {})},
    )
    changed(booking, event.value)
    return booking


def write(
    *,
    booking: Booking,
    columns: Mapping[str, Any],
    now: datetime,
    tells_calendars: bool = False,
    state: BookingState | None = None,
) -> None:
    """Write columns of a booking that is still as it was read; the instance is brought up to date.

    `changed_at` never goes back, `sequence` rises by one when calendars are told. Raises BookingMoveRefused.
    """
    values: dict[str, Any] = {
        **columns,
        "revision": booking.revision + 1,
        "changed_at": max(now, booking.changed_at),
    }
    if tells_calendars:
        values["sequence"] = booking.sequence + 1
    ends_at = values.get("ends_at", booking.ends_at)
    values["purge_on"] = (max(ends_at, now) + timedelta(days=KEPT_DAYS)).date()
    rows = Booking.objects.filter(
        pk=booking.pk, revision=booking.revision, state=state or booking.state
    )
    if not rows.update(**values):
        raise BookingMoveRefused
    for name, value in values.items():
        setattr(booking, name, value)


def changed(booking: Booking, event: str) -> None:
    """Tell feeds and letters of a change, in its transaction."""
    for listener in _listeners:
        listener(booking, event)


__all__ = [
    "KEPT_DAYS",
    "block_changed",
    "changed",
    "locked",
    "move",
    "on_block_change",
    "on_change",
    "write",
]
