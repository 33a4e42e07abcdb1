"""What becomes of requests and bookings: agents decide, people answer and cancel, time does the rest.

Everything locks the units first, then the booking. `revision` is the state that the person has read: a booking that
changed meanwhile is not moved.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from eservices.actions import journal
from eservices.actions.acting import person_acting
from eservices.contract import Viewer
from eservices.enums import Side
from eservices.models import User
from rooms.actions import dues, moves, occupancy
from rooms.actions.charging import accept, settled
from rooms.enums import BookingEvent, BookingState
from rooms.errors import BookingEnded, BookingMoveRefused, ReasonMissing, SlotTaken
from rooms.models import Booking, Occupancy, Room
from rooms.queries import rules
from rooms.queries.bookings import booking_for_agent, booking_for_viewer, rivals_of
from rooms.queries.clock import Span, local
from rooms.queries.quotes import Quote, moved_price

#: A request that nobody has decided.
WAITING = (BookingState.PENDING, BookingState.PROPOSED)
#: How long a proposed time is kept for an answer.
PROPOSAL_DAYS = 5


@transaction.atomic
def confirm(*, booking: Booking, by: User, revision: int) -> Booking:
    """Say yes: the time is held for good, other requests for it are told that it went to somebody else (invariant I9).

    With a price or a deposit the booking waits for the money first. Raises SlotTaken, BookingMoveRefused, NotFound.
    """
    row = _locked_for(booking, by, revision)
    rivals = list(rivals_of(row))
    accepted = accept(booking=row, by=by, side=Side.AGENT, event=BookingEvent.CONFIRM)
    for rival in (moves.locked(row) for row in rivals):
        if rival.state not in WAITING:
            continue  # an agent of another part of the hall was faster
        moves.move(
            booking=rival,
            event=BookingEvent.LOSE,
            by=by,
            side=Side.AGENT,
            facts={"to": row.reference},
        )
    return accepted


@transaction.atomic
def decline(*, booking: Booking, by: User, revision: int, reason: str) -> Booking:
    """Say no, with the reason that the person reads. Raises ReasonMissing, BookingMoveRefused, NotFound."""
    if not reason.strip():
        raise ReasonMissing(field="reason")
    row = _locked_for(booking, by, revision)
    return moves.move(
        booking=row,
        event=BookingEvent.DECLINE,
        by=by,
        side=Side.AGENT,
        reason=reason.strip(),
        decided_at=timezone.now(),
    )


@transaction.atomic
def propose(
    *,
    booking: Booking,
    by: User,
    revision: int,
    span: Span,
    room: Room | None = None,
    reason: str = "",
    now: datetime | None = None,
) -> Booking:
    """Propose another time or room for a request; the old time stays held until the person answers.

    Raises what the rules of the room raise, SlotTaken when the new time is taken by others, BookingMoveRefused.
    """
    now = now or timezone.now()
    target = room or booking.room
    rules.check_span(target, span, now=now)
    units = occupancy.lock_units(target, booking.room)
    row = _checked(booking, by, revision)
    wide = span.widened(before=target.buffer_before, after=target.buffer_after)
    others = Occupancy.objects.filter(
        unit__in=units, blocking=True, blocked_from__lt=wide.end, blocked_until__gt=wide.start
    ).filter(unit__rooms=target)
    if others.exclude(booking=row).exists():
        raise SlotTaken(field="starts_at")
    return moves.move(
        booking=row,
        event=BookingEvent.PROPOSE,
        by=by,
        side=Side.AGENT,
        reason=reason.strip(),
        proposed_room=target,
        proposed_starts_at=span.start,
        proposed_ends_at=span.end,
        hold_expires_at=min(now + timedelta(days=PROPOSAL_DAYS), span.start, row.starts_at),
    )


@transaction.atomic
def accept_proposal(*, booking: Booking, viewer: Viewer, revision: int) -> Booking:
    """Take the proposed time: the booking moves there and is confirmed, or waits for its money.

    Raises SlotTaken when the new time went to somebody else meanwhile: the request keeps its old one.
    """
    user = person_acting(viewer)
    rooms = [booking.room, *([booking.proposed_room] if booking.proposed_room else [])]
    occupancy.lock_units(*rooms)
    row = moves.locked(booking_for_viewer(viewer, booking.reference))
    _expect(row, revision, BookingState.PROPOSED)
    room, start, end = row.proposed_room, row.proposed_starts_at, row.proposed_ends_at
    if room is None or start is None or end is None:
        raise BookingMoveRefused
    span = Span(start, end)
    _retake(row, room, span)
    price = moved_price(row, room, span)
    row.quote = price.to_json()  # as it will be charged; written with the move
    row.room = room
    row.starts_at, row.ends_at = start, end
    return accept(
        booking=row,
        by=user,
        side=Side.CITIZEN,
        event=BookingEvent.ACCEPT_PROPOSAL,
        tells_calendars=True,
        quote=row.quote,
        room=room,
        starts_at=start,
        ends_at=end,
        buffer_before=room.buffer_before,
        buffer_after=room.buffer_after,
        proposed_room=None,
        proposed_starts_at=None,
        proposed_ends_at=None,
    )


@transaction.atomic
def refuse_proposal(*, booking: Booking, viewer: Viewer, revision: int) -> Booking:
    """Keep the first wish: the request waits for a decision again."""
    user = person_acting(viewer)
    occupancy.lock_units(booking.room)
    row = moves.locked(booking_for_viewer(viewer, booking.reference))
    _expect(row, revision, BookingState.PROPOSED)
    return moves.move(
        booking=row,
        event=BookingEvent.REFUSE_PROPOSAL,
        by=user,
        side=Side.CITIZEN,
        hold_expires_at=rules.lapses_at(row.room, Span(row.starts_at, row.ends_at)),
        proposed_room=None,
        proposed_starts_at=None,
        proposed_ends_at=None,
    )


@transaction.atomic
def reschedule(
    *,
    booking: Booking,
    by: User,
    revision: int,
    span: Span,
    room: Room | None = None,
    reason: str,
    now: datetime | None = None,
) -> Booking:
    """Move a booking to another time or room, as agreed with the person; the price that was kept stays (I5).

    An agent may leave the rules of the room, with the reason, which is kept. Raises ReasonMissing, SlotTaken,
    BookingEnded, BookingMoveRefused.
    """
    if not reason.strip():
        raise ReasonMissing(field="reason")
    now, target = now or timezone.now(), room or booking.room
    occupancy.lock_units(target, booking.room)
    row = _checked(booking, by, revision)
    if row.state not in (
        BookingState.PENDING,
        BookingState.AWAITING_PAYMENT,
        BookingState.CONFIRMED,
    ):
        raise BookingMoveRefused
    if row.ends_at <= now:
        raise BookingEnded
    _retake(row, target, span)
    moves.write(
        booking=row,
        columns={
            "room": target,
            "starts_at": span.start,
            "ends_at": span.end,
            "buffer_before": target.buffer_before,
            "buffer_after": target.buffer_after,
            "override_reason": reason.strip()[:200],
        },
        now=now,
        tells_calendars=True,
    )
    journal.record(
        subject=row, event="rescheduled", actor=by, side=Side.AGENT, reason=reason.strip(), data={}
    )
    moves.changed(row, "rescheduled")
    return row


@transaction.atomic
def cancel(
    *, booking: Booking, viewer: Viewer, revision: int, now: datetime | None = None
) -> Booking:
    """Take a request back, or cancel a booking; late cancellations cost what `cancellation_fee` says.

    Raises BookingEnded once the time has begun, BookingMoveRefused.
    """
    user, now = person_acting(viewer), now or timezone.now()
    occupancy.lock_units(booking.room)
    row = moves.locked(booking_for_viewer(viewer, booking.reference))
    _expect(row, revision)
    if row.starts_at <= now and row.state == BookingState.CONFIRMED:
        raise BookingEnded
    waits = row.state in WAITING
    fee = None if waits else cancellation_fee(row, now=now)
    moved = moves.move(
        booking=row,
        event=BookingEvent.WITHDRAW if waits else BookingEvent.CANCEL,
        by=user,
        side=Side.CITIZEN,
        facts={} if fee is None else {"kept_cents": fee},
        fee_kept_cents=fee,
    )
    dues.give_up(moved)
    return moved


@transaction.atomic
def revoke(*, booking: Booking, by: User, revision: int, reason: str) -> Booking:
    """Cancel a booking for the municipality, with the reason; nothing is kept of the price."""
    if not reason.strip():
        raise ReasonMissing(field="reason")
    row = _locked_for(booking, by, revision)
    moved = moves.move(
        booking=row,
        event=BookingEvent.REVOKE,
        by=by,
        side=Side.AGENT,
        reason=reason.strip(),
        fee_kept_cents=0,
    )
    dues.give_up(moved)
    return moved


@transaction.atomic
def miss(*, booking: Booking, by: User, revision: int) -> Booking:
    """Note that nobody came. Raises BookingMoveRefused before the time has begun."""
    row = _locked_for(booking, by, revision)
    if row.starts_at > timezone.now():
        raise BookingMoveRefused
    return moves.move(booking=row, event=BookingEvent.MISS, by=by, side=Side.AGENT)


def cancellation_fee(booking: Booking, *, now: datetime) -> int:
    """Return the cents that the municipality keeps when the person cancels now; shown before, kept with the booking.

    It keeps what it has: before everything is paid never more than what was paid.
    """
    days_left = (local(booking.starts_at).date() - local(now).date()).days
    if days_left >= booking.room.free_cancel_days:
        return 0
    total = Quote.from_json(booking.quote).total_cents
    fee = total * booking.room.late_cancel_percent // 100
    if booking.state != BookingState.AWAITING_PAYMENT:
        return fee
    return min(fee, dues.paid_cents(booking))


def fee_now(booking: Booking, *, now: datetime) -> int:
    """Return what is kept when the person gives the booking up now, in cents; taking a request back costs nothing."""
    return 0 if booking.state in WAITING else cancellation_fee(booking, now=now)


@transaction.atomic
def paid(*, booking: Booking, by: User | None, side: Side) -> Booking:
    """Confirm a booking once everything it owes is paid; before that nothing changes."""
    occupancy.lock_units(booking.room)
    row = moves.locked(booking)
    if row.state != BookingState.AWAITING_PAYMENT or not settled(row):
        return row
    return moves.move(booking=row, event=BookingEvent.PAID, by=by, side=side)


def expire(*, now: datetime | None = None) -> int:
    """Let requests lapse that nobody decided in time, and bookings that nobody paid; returns how many."""
    now = now or timezone.now()
    waiting = Q(state__in=WAITING, hold_expires_at__lte=now)
    count = 0
    for booking in Booking.objects.filter(waiting).select_related("room"):
        count += _end(booking, BookingEvent.EXPIRE)
    for booking in dues.unpaid(now=now):
        count += _end(booking, BookingEvent.UNPAID)
    return count


def complete(*, now: datetime | None = None) -> int:
    """Note that bookings are over; returns how many."""
    now = now or timezone.now()
    rows = Booking.objects.filter(state=BookingState.CONFIRMED, ends_at__lte=now)
    return sum(_end(booking, BookingEvent.COMPLETE) for booking in rows.select_related("room"))


@transaction.atomic
def _end(booking: Booking, event: BookingEvent) -> bool:
    occupancy.lock_units(booking.room)
    row = moves.locked(booking)
    try:
        moves.move(booking=row, event=event, by=None, side=Side.SYSTEM)
    except BookingMoveRefused:
        return False  # somebody acted a moment ago
    if event == BookingEvent.UNPAID:
        dues.give_up(row)
    return True


def _locked_for(booking: Booking, by: User, revision: int) -> Booking:
    occupancy.lock_units(booking.room)
    return _checked(booking, by, revision)


def _checked(booking: Booking, by: User, revision: int) -> Booking:
    """Return the booking locked (its units are), for an agent of its team who has read this revision."""
    row = moves.locked(booking_for_agent(by, booking.reference))
    _expect(row, revision)
    return row


def _expect(row: Booking, revision: int, state: BookingState | None = None) -> None:
    if row.revision != revision or (state is not None and row.state != state):
        raise BookingMoveRefused


def _retake(row: Booking, room: Room, span: Span) -> None:
    blocking = Occupancy.objects.filter(booking=row, blocking=True).exists()
    occupancy.give_back(booking=row)
    wide = span.widened(before=room.buffer_before, after=room.buffer_after)
    units = list(room.units.order_by("pk").values_list("pk", flat=True))
    occupancy.take(units=units, span=wide, booking=row, blocking=blocking)
