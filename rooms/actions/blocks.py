"""Times at which a room is not to be had although nobody booked it: maintenance, own use."""

import uuid

from django.db import transaction
from django.utils import timezone

from eservices.actions import journal
from eservices.enums import Side
from eservices.errors import NotFound
from eservices.models import User
from rooms.actions import moves, occupancy
from rooms.enums import BlockKind
from rooms.errors import EndNotLater
from rooms.models import Block, Room
from rooms.queries.bookings import rooms_for_agent
from rooms.queries.clock import Span
from rooms.queries.words import calendar_uid

#: What agents can block a room for; blocks from other calendars follow these.
KINDS = (BlockKind.MAINTENANCE, BlockKind.MUNICIPAL)


@transaction.atomic
def block(*, room: Room, span: Span, kind: BlockKind, title: str, by: User) -> Block:
    """Take a room out of use for a while; its buffers do not apply, rules of booking neither.

    Raises NotFound for rooms of other teams, EndNotLater, and SlotTaken when something blocks a part of it already
    (`queries.board.in_the_way` lists what).
    """
    if not rooms_for_agent(by).filter(pk=room.pk).exists():
        raise NotFound
    if span.end <= span.start:
        raise EndNotLater(field="end")
    units = occupancy.lock_units(room)
    public_id, now = uuid.uuid4(), timezone.now()
    made = Block.objects.create(
        public_id=public_id,
        uid=calendar_uid(public_id),
        room=room,
        kind=kind,
        title=title.strip()[:160],
        starts_at=span.start,
        ends_at=span.end,
        created_by=by,
        created_at=now,
        changed_at=now,
    )
    occupancy.take(units=units, span=span, block=made)
    journal.record(
        subject=made, event="blocked", actor=by, side=Side.AGENT, data={"room": room.code}
    )
    moves.block_changed(made, "blocked")
    return made


@transaction.atomic
def unblock(*, block: Block, by: User) -> None:
    """Give the room back. Raises NotFound for rooms of other teams, and for blocks of external calendars."""
    if block.kind not in KINDS or not rooms_for_agent(by).filter(pk=block.room_id).exists():
        raise NotFound
    occupancy.lock_units(block.room)
    journal.record(
        subject=block,
        event="unblocked",
        actor=by,
        side=Side.AGENT,
        data={"room": block.room.code},
    )
    moves.block_changed(block, "unblocked")
    block.delete()
