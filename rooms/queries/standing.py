"""Whether times can be asked for now, and why not: the rules of the room, and what is taken."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from eservices.errors import DomainError
from rooms.errors import SlotTaken
from rooms.models import Room
from rooms.queries import rules
from rooms.queries.availability import Availability, availability
from rooms.queries.clock import Span, local


def refusals_of(room: Room, spans: Sequence[Span], *, now: datetime) -> list[DomainError | None]:
    """Return for each time what refuses it, None where nothing does; five queries whatever their number."""
    found = _availability(room, spans, now)
    return [_refusal(room, span, found, now) for span in spans]


def _availability(room: Room, spans: Sequence[Span], now: datetime) -> Availability | None:
    """Look at the days within reach only: other times are refused before anybody asks for hours."""
    near = [s for s in spans if now <= s.start <= now + timedelta(days=room.max_lead_days)]
    near = [span for span in near if not rules.is_too_long(room, span)]
    if not near:
        return None
    last = max(span.end for span in near)
    return availability([room], local(min(near).start).date(), local(last).date(), now=now)


def _refusal(
    room: Room, span: Span, found: Availability | None, now: datetime
) -> DomainError | None:
    try:
        rules.check_span(room, span, now=now, hours=found.hours if found else None)
        if found is not None and found.blocked(room, span):
            raise SlotTaken(field="starts_at")
    except DomainError as refusal:
        return refusal
    return None
