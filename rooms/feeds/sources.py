"""Which events a calendar holds, and how it says that nothing changed: before any event is read.

A calendar reaches from 90 days ago to 18 months ahead; what was cancelled stays for 60 days, so that programs strike
it out instead of keeping a phantom.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eservices.enums import MembershipState
from eservices.errors import NotFound
from eservices.models import Profile
from eservices.queries.profiles import memberships_of
from rooms.enums import Audience, FeatureKind, FeedScope
from rooms.feeds.events import shown_name
from rooms.feeds.rendering import RENDERER, Head, joined
from rooms.models import EventFragment, FeedToken, Room, RoomFeature, RoomSite
from rooms.queries.bookings import rooms_for_agent
from rooms.queries.clock import local, whole_day

BEHIND, AHEAD, TOMBSTONES = timedelta(days=90), timedelta(days=548), timedelta(days=60)


@dataclass(frozen=True, kw_only=True)
class Source:
    """One calendar: its versions, and how to read the rest once somebody needs it."""

    key: str
    versions: Sequence[tuple[Any, ...]]
    changed_at: datetime | None
    title: Callable[[], str]
    rows: Callable[[], QuerySet[EventFragment]]

    def etag(self, now: datetime) -> str:
        """Return the ETag: it changes with an event, with the way of writing and at midnight, when the window moves."""
        parts = repr((self.key, list(self.versions), RENDERER, local(now).date().isoformat()))
        return f'"{hashlib.sha256(parts.encode()).hexdigest()[:32]}"'

    def last_modified(self, now: datetime) -> datetime:
        """Return since when the calendar is as it is; the window moved at midnight."""
        midnight = whole_day(local(now).date()).start
        return max(midnight, self.changed_at or midnight)

    def content(self, now: datetime) -> bytes:
        """Return the calendar: texts that were written before, joined."""
        texts = in_window(self.rows(), local(now).date()).values_list("text", flat=True)
        return joined(Head(title=self.title()), texts)


def in_window(rows: QuerySet[EventFragment], today: date) -> QuerySet[EventFragment]:
    """Return the events that a calendar shows on a day, in order."""
    midnight = whole_day(today).start
    return rows.filter(
        Q(gone_at=None) | Q(gone_at__gte=midnight - TOMBSTONES),
        ends_at__gte=midnight - BEHIND,
        starts_at__lt=midnight + AHEAD,
    ).order_by("starts_at", "pk")


def room_source(code: str) -> Source:
    """Return the calendar of one room for everybody. Raises NotFound for one that is not published."""
    return _public(_published().filter(code=code), key=f"room:{code}")


def rooms_source(*, site: str = "", tag: str = "") -> Source:
    """Return the calendar of all rooms, of those of a site, or of those with a tag. Raises NotFound for none."""
    rooms = _published()
    if site:
        rooms = rooms.filter(site__code=site)
    if tag:
        rooms = rooms.filter(features__code=tag, features__kind=FeatureKind.TAG)
    return _public(rooms, key=f"rooms:{site}:{tag}", site=site, tag=tag)


def token_source(token: FeedToken) -> Source:
    """Return the calendar behind a private address. Raises NotFound when its owner may read nothing there any more."""
    if token.scope == FeedScope.AGENT:
        return _of_agent(token)
    return _of_person(token)


def of_rooms(audience: Audience, rooms: Collection[int]) -> QuerySet[EventFragment]:
    """Return the events of some rooms; of a booking that moved from one to another of them, only where it is now."""
    moved_inside = Q(moved_to__isnull=False, moved_to__in=rooms)
    return EventFragment.objects.filter(~moved_inside, audience=audience, room__in=rooms)


def related_rooms(rooms: Iterable[int]) -> set[int]:
    """Return the keys of the rooms that share a unit with one of these, themselves included."""
    rooms = set(rooms)
    if not rooms:
        return rooms
    parts = Room.units.through.objects.filter(room__in=rooms).values("roomunit")
    found = Room.units.through.objects.filter(roomunit__in=parts)
    return {*rooms, *found.values_list("room_id", flat=True)}


def _published() -> QuerySet[Room]:
    rooms: QuerySet[Room] = Room._default_manager.filter(published=True)
    return rooms.select_related("feed_version", "site").order_by("pk")


def _public(rooms: QuerySet[Room], *, key: str, site: str = "", tag: str = "") -> Source:
    found = list(rooms)
    if not found:
        raise NotFound

    def rows() -> QuerySet[EventFragment]:
        return of_rooms(Audience.PUBLIC, related_rooms([room.pk for room in found]))

    versions = [_version(room) for room in found]
    return Source(
        key=key,
        versions=versions,
        changed_at=_latest(versions),
        title=lambda: _title(found[0] if key.startswith("room:") else None, site, tag),
        rows=rows,
    )


def _title(room: Room | None, site: str, tag: str) -> str:
    with translation.override(settings.LANGUAGE_CODE):
        if room is not None:
            return shown_name(room)
        words = [_("Rooms")]
        if site:
            words.append(RoomSite.objects.get(code=site).name)
        if tag:
            words.append(RoomFeature.objects.get(code=tag).name)
        return " - ".join(words)


def _private_title(token: FeedToken, words: Promise) -> str:
    with translation.override(token.user.language):
        return token.name or str(words)


def _of_agent(token: FeedToken) -> Source:
    rooms = rooms_for_agent(token.user).select_related("feed_version").order_by("pk")
    if token.room_id is not None:
        rooms = rooms.filter(pk=token.room_id)
    found = list(rooms)
    if not found:
        raise NotFound
    versions = [_version(room) for room in found]
    return Source(
        key=f"token:{token.public_id}",
        versions=versions,
        changed_at=_latest(versions),
        title=lambda: _private_title(token, gettext_lazy("Bookings of my rooms")),
        rows=lambda: of_rooms(Audience.AGENT, {room.pk for room in found}),
    )


def _of_person(token: FeedToken) -> Source:
    """The bookings of oneself and of the organisations for which one may act; a declared member sees own ones only."""
    rights = memberships_of(token.user).order_by()
    confirmed = rights.filter(profile=OuterRef("pk"), state=MembershipState.CONFIRMED)
    profiles = Profile.objects.filter(Q(user=token.user) | Q(pk__in=rights.values("profile")))
    found = list(
        profiles.annotate(whole=Q(user=token.user) | Exists(confirmed))
        .order_by("pk")
        .values_list("pk", "whole", "room_feed_version__number", "room_feed_version__changed_at")
    )
    whole = [row[0] for row in found if row[1]]
    part = [row[0] for row in found if not row[1]]

    def rows() -> QuerySet[EventFragment]:
        own = Q(profile__in=part, booking__acting_user=token.user)
        return EventFragment.objects.filter(Q(profile__in=whole) | own, audience=Audience.REQUESTER)

    return Source(
        key=f"token:{token.public_id}",
        versions=found,
        changed_at=_latest([(row[0], row[2], row[3]) for row in found]),
        title=lambda: _private_title(token, gettext_lazy("My bookings")),
        rows=rows,
    )


def _version(room: Room) -> tuple[int, int, datetime | None]:
    row = getattr(room, "feed_version", None)
    return (room.pk, row.number, row.changed_at) if row else (room.pk, 0, None)


def _latest(versions: Iterable[tuple[Any, ...]]) -> datetime | None:
    return max((row[2] for row in versions if row[2] is not None), default=None)
