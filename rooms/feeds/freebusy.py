"""When a room is not to be had, as VFREEBUSY (RFC 5545 3.6.4): buffers, requests that wait, closed hours."""

from datetime import date, datetime

from icalendar import Calendar, FreeBusy, vCalAddress, vPeriod

from rooms.feeds.events import organizer, seconds
from rooms.feeds.rendering import PRODUCT
from rooms.models import Room
from rooms.queries.availability import availability
from rooms.queries.clock import Span, merged, whole_day, without


def free_busy(room: Room, first: date, last: date, *, now: datetime) -> bytes:
    """Return when the room is not to be had from the first to the last day; it comes with site and units."""
    found = availability([room], first, last, now=now)
    window = Span(whole_day(first).start, whole_day(last).end)
    taken = [row for row in found.taken_of(room) if row.span.overlaps(window)]
    busy = merged(row.span for row in taken if row.blocking and not row.option)
    option = without((row.span for row in taken if row.option or not row.blocking), busy)
    closed = without([window], found.hours.open_spans(room))
    body = FreeBusy()
    body.add("uid", f"{room.public_id}:{first}:{last}")
    body.add("dtstamp", seconds(now))
    body.add("dtstart", seconds(window.start))
    body.add("dtend", seconds(window.end))
    body.add("organizer", vCalAddress(f"mailto:{organizer(room).email}"))
    for kind, spans in (
        ("BUSY", busy),
        ("BUSY-TENTATIVE", option),
        ("BUSY-UNAVAILABLE", without(closed, [*busy, *option])),
    ):
        for span in spans:
            period = vPeriod((seconds(span.start), seconds(span.end)))
            body.add("freebusy", period, parameters={"FBTYPE": kind})
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODUCT)
    calendar.add("method", "PUBLISH")
    calendar.add_component(body)
    return bytes(calendar.to_ical())
