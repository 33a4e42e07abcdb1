"""Whether a time, a number of people and a profile fit the rules of a room; the database guards what is taken."""

import math
from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import ngettext

from eservices.deadlines import due_on
from eservices.enums import DayUnit
from rooms.enums import BookingState
from rooms.errors import (
    AttendeesRefused,
    KindNotAccepted,
    LayoutTooSmall,
    LayoutUnknown,
    NotInSteps,
    OutsideSeason,
    RoomClosed,
    TooFarAhead,
    TooLong,
    TooManyBookings,
    TooShort,
    TooSoon,
    WholeDaysOnly,
)
from rooms.models import Booking, Room
from rooms.queries.availability import days_of
from rooms.queries.clock import Span, local, today, whole_day
from rooms.queries.opening import OpeningHours, opening_hours

DAY: Final = 24 * 60
#: A booking that still counts against the limit of a profile.
OPEN_STATES = (
    BookingState.PENDING,
    BookingState.PROPOSED,
    BookingState.AWAITING_PAYMENT,
    BookingState.CONFIRMED,
)


def check_span(room: Room, span: Span, *, now: datetime, hours: OpeningHours | None = None) -> None:
    """Raise what a time breaks of the room's rules: season, steps, length, lead time, opening hours.

    `hours` are those that the caller has read already, for many times at once.

    Raises OutsideSeason, WholeDaysOnly, NotInSteps, TooShort, TooLong, TooSoon, TooFarAhead, RoomClosed.
    """
    first, last = days_of(span)
    if (room.active_from and first < room.active_from) or (
        room.active_until and last > room.active_until
    ):
        raise OutsideSeason(field="starts_at")
    if room.whole_days and span != Span(whole_day(first).start, whole_day(last).end):
        raise WholeDaysOnly(field="starts_at")
    if not room.whole_days:
        if _off_step(span.start, room.step_minutes) or _off_step(span.end, room.step_minutes):
            raise NotInSteps(field="starts_at", minutes=room.step_minutes)
        if span.minutes < room.min_minutes:
            raise TooShort(field="ends_at", length=length_words(room.min_minutes))
    if is_too_long(room, span):
        raise TooLong(field="ends_at", length=length_words(longest(room)))
    if span.start < now + timedelta(hours=room.min_lead_hours):
        raise TooSoon(field="starts_at", hours=room.min_lead_hours)
    if span.start > now + timedelta(days=room.max_lead_days):
        raise TooFarAhead(field="starts_at", days=room.max_lead_days)
    hours = hours or opening_hours([room], first, last)
    if not hours.holds(room, span):
        raise RoomClosed(field="starts_at")


def check_people(room: Room, *, attendees: int, layout: str) -> None:
    """Raise AttendeesRefused, LayoutUnknown or LayoutTooSmall when the room does not suit so many people."""
    if not room.min_persons <= attendees <= room.max_persons:
        raise AttendeesRefused(field="attendees", least=room.min_persons, most=room.max_persons)
    offered = {capacity.layout: capacity.persons for capacity in room.capacities.all()}
    if layout and offered and layout not in offered:
        raise LayoutUnknown(field="layout")
    if attendees > offered.get(layout, attendees):
        raise LayoutTooSmall(field="layout", most=offered[layout])


def check_profile(room: Room, *, profile_id: int, kind: str, more: int = 1) -> None:
    """Raise KindNotAccepted or TooManyBookings when the profile may not book the room, or not so often."""
    if not room.accepts(kind):
        raise KindNotAccepted
    if room.max_active is None:
        return
    count = Booking.objects.filter(room=room, profile_id=profile_id, state__in=OPEN_STATES).count()
    if count + more > room.max_active:
        raise TooManyBookings(count=count)


def lapses_at(room: Room, span: Span) -> datetime:
    """Return when an undecided request lapses: after the room's working days, at the latest when its time begins."""
    last_day = due_on(start=today(), days=room.pending_days, unit=DayUnit.WORKING)
    return min(whole_day(last_day).end, span.start)


def longest(room: Room) -> int:
    """Return the longest booking of a room in minutes; one that is let by whole days counts begun ones."""
    return math.ceil(room.max_minutes / DAY) * DAY if room.whole_days else room.max_minutes


def is_too_long(room: Room, span: Span) -> bool:
    """Whether a time is longer than the room is let for; days count as one whatever the night of a change of clocks."""
    if not room.whole_days:
        return span.minutes > room.max_minutes
    first, last = days_of(span)
    return ((last - first).days + 1) * DAY > longest(room)


def length_words(minutes: int) -> str:
    """Return a length in words: days, hours, or minutes when it is none of whole hours."""
    if minutes and minutes % DAY == 0:
        days = minutes // DAY
        return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}
    if minutes % 60:
        return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}
    hours = minutes // 60
    return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}


def _off_step(at: datetime, step: int) -> bool:
    wall = local(at)
    return bool((wall.hour * 60 + wall.minute) % step or wall.second or wall.microsecond)
