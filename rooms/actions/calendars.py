"""Writing the events of calendars, in the transaction of the change that they tell of.

A calendar is only joined when somebody reads it (`feeds.sources`). A version rises with every text that changes, and
only then: a calendar whose version stayed has the same bytes.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from eservices.tasks import task
from rooms.enums import Audience
from rooms.feeds.events import Event, block_event, booking_event, cancelled_in
from rooms.feeds.rendering import RENDERER, event_text
from rooms.feeds.sources import BEHIND, TOMBSTONES, related_rooms
from rooms.models import Block, Booking, EventFragment, FeedVersion, Room

#: So many bookings are locked and written again in one transaction.
BATCH = 100
#: No calendar shows these happenings.
UNSEEN = ("message", "handover")


def booking_changed(booking: Booking, event: str = "") -> None:
    """Write what calendars show of a booking anew, and raise the versions of those that it changes."""
    if event.startswith(UNSEEN):
        return
    rows = EventFragment.objects.filter(booking=booking, moved_to=None).select_related("room__site")
    old = {row.audience: row for row in rows}
    touched: set[int] = set()
    for audience in Audience:
        row = old.get(audience)
        shown = booking_event(booking, audience, told=row is not None)
        if shown is None:
            continue
        fresh = EventFragment(booking=booking, audience=audience, room_id=booking.room_id)
        fresh.profile_id = booking.profile_id
        if row is not None and row.room_id != fresh.room_id and audience != Audience.REQUESTER:
            _strike_out(row, booking, shown)
        touched |= _write(row, fresh, shown)
    raise_versions(rooms=touched, profiles={booking.profile_id} if touched else ())


def _strike_out(row: EventFragment, booking: Booking, shown: Event) -> None:
    """Leave a cancelled event in the calendar of the room that a booking left: programs delete no missing ones.

    A calendar of both rooms shows the booking once, where it is now (`sources.of_rooms`).
    """
    left = EventFragment.objects.filter(booking=booking, audience=row.audience)
    left.filter(room=booking.room_id).delete()
    left.exclude(moved_to=None).update(moved_to=booking.room_id)
    EventFragment.objects.filter(pk=row.pk).update(
        room=booking.room_id
    )  # frees the place of the old room
    gone = cancelled_in(row.room, shown, starts_at=row.starts_at, ends_at=row.ends_at)
    EventFragment.objects.create(
        booking=booking,
        room=row.room,
        moved_to_id=booking.room_id,
        audience=row.audience,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        gone_at=booking.changed_at,
        renderer=RENDERER,
        text=event_text(gone),
    )


def block_changed(block: Block, event: str = "") -> None:
    """Write what calendars show of a blocked time anew, in the transaction of its change (`moves.on_block_change`)."""
    if event == "unblocked":
        block_removed(block)
        return
    old = {row.audience: row for row in EventFragment.objects.filter(block=block)}
    touched: set[int] = set()
    for audience in (Audience.PUBLIC, Audience.AGENT):
        row = old.get(audience)
        shown = block_event(block, audience)
        if shown is None and row is not None:
            row.delete()  # it overlaps a booking: to everybody that is what the room is taken by
            touched.add(row.room_id)
        elif shown is not None:
            fresh = EventFragment(block=block, audience=audience, room_id=block.room_id)
            touched |= _write(row, fresh, shown)
    raise_versions(rooms=touched)


def block_removed(block: Block) -> None:
    """Tell calendars that a blocked time is free again; to be called before the row is deleted.

    Its events stay as cancelled ones, apart from the block, until they are forgotten.
    """
    touched: set[int] = set()
    block.changed_at = max(timezone.now(), block.changed_at)
    for row in EventFragment.objects.filter(block=block):
        event = block_event(block, Audience(row.audience), gone=True)
        if event is not None:
            row.block, row.gone_at = None, block.changed_at
            row.text, row.renderer = event_text(event), RENDERER
            row.save()
            touched.add(row.room_id)
    raise_versions(rooms=touched)


def _write(old: EventFragment | None, fresh: EventFragment, event: Event) -> set[int]:
    """Store an event; returns the rooms whose calendars it changes, the one that it left too."""
    fresh.text, fresh.renderer = event_text(event), RENDERER
    if old is not None and (old.text, old.room_id) == (fresh.text, fresh.room_id):
        return set()
    fresh.starts_at, fresh.ends_at = event.starts_at, event.ends_at
    if event.is_cancelled:
        fresh.gone_at = (old and old.gone_at) or event.changed
    if old is not None:
        fresh.pk = old.pk
    fresh.save(force_insert=old is None, force_update=old is not None)
    return {fresh.room_id} | ({old.room_id} if old else set())


def raise_versions(*, rooms: Iterable[int] = (), profiles: Iterable[int] = ()) -> None:
    """Raise the versions of the calendars of rooms, of those that share a unit with them, and of profiles.

    In the caller's transaction; rows are locked in the order of their keys.
    """
    keys = sorted(related_rooms(set(rooms)))
    wanted = [FeedVersion(room_id=key) for key in keys]
    people = sorted(set(profiles))
    wanted += [FeedVersion(profile_id=key) for key in people]
    if not wanted:
        return
    with transaction.atomic():
        FeedVersion.objects.bulk_create(wanted, ignore_conflicts=True)
        for rows in (
            FeedVersion.objects.filter(room__in=keys),
            FeedVersion.objects.filter(profile__in=people),
        ):
            locked = list(rows.select_for_update().order_by("pk"))
            for row in locked:
                at = max(timezone.now(), row.changed_at)
                rows.filter(pk=row.pk).update(number=F("number") + 1, changed_at=at)


def rewrite(*, rooms: Iterable[Room] | None = None, now: datetime | None = None) -> int:
    """Write all events of calendars again that somebody could read; returns how many bookings and blocks were read.

    After a change of words, of a room's name or of the way of writing. Interrupted, it is simply run again.
    """
    since = (now or timezone.now()) - BEHIND - timedelta(days=1)
    bookings = Booking.objects.filter(ends_at__gte=since)
    blocks = Block.objects.filter(ends_at__gte=since)
    if rooms is not None:
        bookings, blocks = bookings.filter(room__in=rooms), blocks.filter(room__in=rooms)
    count = 0
    for keys in _batches(list(bookings.order_by("pk").values_list("pk", flat=True))):
        with transaction.atomic():
            rows = Booking.objects.select_for_update(of=("self",)).filter(pk__in=keys)
            for booking in rows.select_related("room__site", "profile", "acting_user").order_by(
                "pk"
            ):
                booking_changed(booking)
                count += 1
    for keys in _batches(list(blocks.order_by("pk").values_list("pk", flat=True))):
        with transaction.atomic():
            held = Block.objects.select_for_update(of=("self",)).filter(pk__in=keys)
            for block in held.select_related("room__site").order_by("pk"):
                block_changed(block)
                count += 1
    return count


def _batches(keys: list[int]) -> Iterable[list[int]]:
    for start in range(0, len(keys), BATCH):
        yield keys[start : start + BATCH]


@task(priority=-20)
def rewrite_room(room_id: int) -> None:
    """Write the events of one room again: its name, its words or its site have changed."""
    rooms = Room._default_manager.filter(pk__in=related_rooms([room_id]))
    rewrite(rooms=rooms)


def forget(*, now: datetime | None = None) -> int:
    """Delete cancelled events that no calendar shows any more; returns how many."""
    limit = (now or timezone.now()) - TOMBSTONES - timedelta(days=1)
    return EventFragment.objects.filter(gone_at__lt=limit).delete()[0]
