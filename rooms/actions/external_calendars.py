"""Events of calendars of others as blocked times of a room (a hall shared with a school)."""

import hashlib
import logging
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from rooms.actions import moves, occupancy
from rooms.enums import BlockKind
from rooms.errors import SlotTaken
from rooms.external.fetching import CalendarUnread, Fetched, fetch
from rooms.external.reading import ExternalEvent, events_in
from rooms.models import Block, ExternalCalendar
from rooms.queries.clock import Span, local
from rooms.queries.words import calendar_uid

log = logging.getLogger("guichet.rooms")

#: How far ahead events block.
AHEAD: Final = timedelta(days=548)
#: So many changes of the last readings are kept.
KEPT_CHANGES: Final = 50


def read_all(*, now: datetime | None = None) -> int:
    """Read every active calendar; one that fails does not keep the others. Returns how many could be read."""
    rows = ExternalCalendar.objects.filter(active=True).select_related("room")
    return sum(read(calendar=row, now=now) for row in rows.order_by("pk"))


def read(
    *,
    calendar: ExternalCalendar,
    now: datetime | None = None,
    get: Callable[..., Fetched] = fetch,
) -> bool:
    """Read one calendar and make, move and remove its blocked times. Returns whether it could be read.

    A calendar that cannot be read keeps its blocks: nothing becomes free by a failure. Nothing is fetched twice a day
    when the other side says that nothing changed; once a day everything is read, as the window moves on.
    """
    now = now or timezone.now()
    window = Span(now - timedelta(days=1), now + AHEAD)
    fresh = calendar.fetched_at and local(calendar.fetched_at).date() == local(now).date()
    conditional = bool(fresh) and calendar.failed_at is None
    try:
        fetched = get(calendar.url, etag=calendar.etag if conditional else "")
        content = fetched.content
        digest = hashlib.sha256(content).hexdigest() if content is not None else ""
        same = content is None or (conditional and digest == calendar.content_hash)
        events = None if same or content is None else events_in(content, window)
    except CalendarUnread as refusal:
        log.warning("calendar_unread", extra={"calendar": str(calendar.public_id)})
        ExternalCalendar.objects.filter(pk=calendar.pk).update(
            failed_at=calendar.failed_at or now, failure=refusal.failure.value
        )
        return False
    columns: dict[str, Any] = {"fetched_at": now, "failed_at": None, "failure": ""}
    if events is not None:
        columns |= {"etag": fetched.etag, "content_hash": digest}
    _apply(calendar, events, window, now, columns)
    return True


@transaction.atomic
def _apply(
    calendar: ExternalCalendar,
    events: list[ExternalEvent] | None,
    window: Span,
    now: datetime,
    columns: dict[str, Any],
) -> None:
    """Write what was read; without events only what lay over bookings is tried again."""
    units = occupancy.lock_units(calendar.room)
    row = ExternalCalendar.objects.select_for_update(of=("self",)).get(pk=calendar.pk)
    blocks = {
        block.external_uid: block
        for block in Block.objects.filter(calendar=row, ends_at__gt=window.start).select_related(
            "room"
        )
    }
    changes: list[dict[str, str]] = []
    if events is not None:
        wanted = {event.key for event in events}
        for key, block in blocks.items():
            if key not in wanted:
                changes.append(_change("removed", block, now))
                moves.block_changed(block, "unblocked")
                block.delete()
        for event in events:
            known = blocks.get(event.key)
            if known is None:
                made = _new(row, event, now)
                _settle(made, units)
                made.save()
                changes.append(_change("clash" if made.clash else "added", made, now))
                moves.block_changed(made, "blocked")
            elif (known.starts_at, known.ends_at) != (event.span.start, event.span.end):
                occupancy.give_back(block=known)
                known.starts_at, known.ends_at = event.span.start, event.span.end
                known.title, known.sequence, known.changed_at = event.title, known.sequence + 1, now
                _settle(known, units)
                known.save()
                changes.append(_change("clash" if known.clash else "moved", known, now))
                moves.block_changed(known, "changed")
            elif known.title != event.title:
                known.title, known.changed_at = event.title, now
                known.save(update_fields=("title", "changed_at"))
                moves.block_changed(known, "changed")
    for block in Block.objects.filter(calendar=row, clash=True, ends_at__gt=now).select_related(
        "room"
    ):
        _settle(block, units)
        if not block.clash:
            block.changed_at = now
            block.save(update_fields=("clash", "changed_at"))
            changes.append(_change("added", block, now))
            moves.block_changed(block, "changed")
    kept = [*reversed(changes), *row.changes][:KEPT_CHANGES]
    ExternalCalendar.objects.filter(pk=row.pk).update(**columns, changes=kept)
    for name, value in {**columns, "changes": kept}.items():
        setattr(calendar, name, value)


def _new(calendar: ExternalCalendar, event: ExternalEvent, now: datetime) -> Block:
    public_id = uuid.uuid4()
    return Block.objects.create(
        public_id=public_id,
        uid=calendar_uid(public_id),
        room=calendar.room,
        kind=BlockKind.EXTERNAL,
        title=event.title,
        starts_at=event.span.start,
        ends_at=event.span.end,
        calendar=calendar,
        external_uid=event.key,
        created_at=now,
        changed_at=now,
    )


def _settle(block: Block, units: list[int]) -> None:
    """Take the units for a block; over something else it is a clash: an agent must look, and nothing is blocked."""
    try:
        occupancy.take(units=units, span=Span(block.starts_at, block.ends_at), block=block)
    except SlotTaken:
        block.clash = True
    else:
        block.clash = False


def _change(what: str, block: Block, now: datetime) -> dict[str, str]:
    return {
        "at": now.isoformat(),
        "what": what,
        "title": block.title,
        "starts_at": block.starts_at.isoformat(),
        "ends_at": block.ends_at.isoformat(),
    }
