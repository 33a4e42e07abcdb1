"""Private addresses of calendars: drawn at random, shown once, kept as SHA-256, ended at any time."""

import hashlib
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.core.signing import Signer
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from eservices.actions import journal
from eservices.enums import Side
from eservices.errors import NotFound
from eservices.models import User
from rooms.enums import FeedScope
from rooms.errors import TooManyFeedAddresses
from rooms.models import Booking, FeedToken, Room
from rooms.queries.bookings import rooms_for_agent
from rooms.queries.clock import local

#: Enough for each device and program; who needs more ends an old one.
MOST = 20
#: A signed link to one booking works until so long after its end.
LINK_WORKS = timedelta(days=60)

_SIGNER = Signer(salt="rooms.calendar-of-booking")


def _drawn() -> tuple[str, str]:
    token = secrets.token_urlsafe(32)
    return token, hashed(token)


def hashed(token: str) -> str:
    """Return what the database keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def make(
    *, user: User, scope: FeedScope, name: str = "", room: Room | None = None
) -> tuple[FeedToken, str]:
    """Make a private address; returns the row and the token, which nobody can read again.

    Raises TooManyFeedAddresses, and NotFound for a calendar of agents that somebody is not.
    """
    User.objects.select_for_update().get(pk=user.pk)
    if tokens_of(user).count() >= MOST:
        raise TooManyFeedAddresses(count=MOST)
    if scope == FeedScope.AGENT:
        rooms = rooms_for_agent(user)
        if not (rooms.filter(pk=room.pk) if room else rooms).exists():
            raise NotFound
    token, token_hash = _drawn()
    row = FeedToken.objects.create(
        user=user, scope=scope, room=room, name=" ".join(name.split())[:80], token_hash=token_hash
    )
    _note(user, "calendar_address_made")
    return row, token


@transaction.atomic
def rotate(*, user: User, public_id: UUID) -> tuple[FeedToken, str]:
    """Replace the secret of an address: the old one ends at once, name and scope stay. Raises NotFound."""
    row = _own(user, public_id)
    token, row.token_hash = _drawn()
    row.used_on, row.created_at = None, timezone.now()
    row.save(update_fields=["token_hash", "used_on", "created_at"])
    _note(user, "calendar_address_rotated")
    return row, token


@transaction.atomic
def end(*, user: User, public_id: UUID) -> FeedToken:
    """End an address; whoever reads there gets the same answer as for one that never was. Raises NotFound."""
    row = _own(user, public_id)
    row.revoked_at = timezone.now()
    row.save(update_fields=["revoked_at"])
    _note(user, "calendar_address_ended")
    return row


def tokens_of(user: User) -> QuerySet[FeedToken]:
    """Return the addresses of a person that work."""
    return FeedToken.objects.filter(user=user, revoked_at=None).select_related("room")


def token_named(token: str) -> FeedToken:
    """Return the row of a token that works. Raises NotFound for every other."""
    rows = FeedToken.objects.filter(
        token_hash=hashed(token), revoked_at=None, user__is_active=True
    ).select_related("user")
    row = rows.first()
    if row is None:
        raise NotFound
    return row


def note_use(*, token: FeedToken, now: datetime) -> None:
    """Remember the day on which an address was read last, once a day."""
    today = local(now).date()
    if token.used_on != today:
        FeedToken.objects.filter(pk=token.pk).update(used_on=today)


def end_lost(*, users: QuerySet[User]) -> int:
    """Delete the addresses of closed accounts, end those of agents who lost their rooms; returns how many."""
    now, count = timezone.now(), 0
    for user in users.filter(room_feeds__isnull=False).distinct():
        rows = FeedToken.objects.filter(user=user)
        if not user.is_active:
            count += rows.delete()[0]  # their names are the person's own words
            continue
        mine = rooms_for_agent(user)
        rows = rows.filter(scope=FeedScope.AGENT, revoked_at=None)
        if mine.exists():
            rows = rows.filter(room__isnull=False).exclude(room__in=mine)
        count += rows.update(revoked_at=now)
    return count


def link_signature(booking: Booking) -> str:
    """Return the signature that opens the calendar file of one booking, for links in its mails."""
    return _SIGNER.signature(booking.uid)


def is_signed(booking: Booking, signature: str, *, now: datetime) -> bool:
    """Whether a signature opens this booking, and still does."""
    right = secrets.compare_digest(_SIGNER.signature(booking.uid), signature)
    return right and now < booking.ends_at + LINK_WORKS


def _own(user: User, public_id: UUID) -> FeedToken:
    row = tokens_of(user).select_for_update(of=("self",)).filter(public_id=public_id).first()
    if row is None:
        raise NotFound
    return row


def _note(user: User, event: str) -> None:
    journal.record(subject=user, event=event, actor=user, side=Side.CITIZEN)
