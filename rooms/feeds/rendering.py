"""Events as text, by django-ical: one VEVENT at a time, written when it changes and joined when somebody reads.

What django-ical 1.9 does otherwise than RFC 5545, 5546 and 7986 ask is put right here: DTSTAMP and UID are those of
the booking, SEQUENCE and CLASS are written, empty CATEGORIES are not, names of calendars are escaped, and the hints of
RFC 7986 (NAME, REFRESH-INTERVAL) are there.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.utils.feedgenerator import SyndicationFeed
from django_ical.feedgenerator import ITEM_ELEMENT_FIELD_MAP, ICal20Feed
from django_ical.views import ICalFeed
from icalendar import Calendar, vCalAddress, vText
from icalendar import Event as EventComponent

from rooms.feeds.events import Event, Person, heading, seconds
from rooms.queries.clock import ZONE

#: Raise it when the text of events or heads changes: readers fetch anew, `rooms_rerender_feeds` writes anew.
RENDERER = 1
PRODUCT = "-//Guichet//Rooms//EN"
#: How often programs are asked to look again; few of them listen.
REFRESH = "PT1H"

_END = b"END:VCALENDAR\r\n"


@dataclass(frozen=True, kw_only=True)
class Head:
    """What a calendar says of itself; `method` is that of RFC 5546."""

    title: str
    method: str = "PUBLISH"


class RoomsCalendar(ICal20Feed):
    """Writes a calendar of rooms."""

    def write(self, outfile: Any, encoding: str) -> None:
        """Write head, events and end."""
        calendar = Calendar()
        calendar.add("version", "2.0")
        calendar.add("prodid", PRODUCT)
        calendar.add("calscale", "GREGORIAN")
        calendar.add("method", self.feed["method"])
        if self.feed["method"] == "PUBLISH":
            for name in ("name", "x-wr-calname"):
                calendar.add(name, vText(self.feed["title"]))
            calendar.add("x-wr-timezone", vText(ZONE.key))
            calendar.add("x-published-ttl", vText(REFRESH))
            calendar.add("refresh-interval", vText(REFRESH), parameters={"VALUE": "DURATION"})
        self.write_items(calendar)
        outfile.write(calendar.to_ical())

    def write_items(self, calendar: Calendar) -> None:
        """Write the events; what is empty is left out, zero is not."""
        for item in self.items:
            element = EventComponent()
            for name, property_name in ITEM_ELEMENT_FIELD_MAP:
                value = item.get(name)
                if value not in (None, "", ()):
                    element.add(property_name, value)
            calendar.add_component(element)


class EventsFeed(ICalFeed):
    """The events of one calendar as django-ical reads them; `head` and `events` make it up."""

    feed_type = RoomsCalendar

    def __init__(self, head: Head, events: Iterable[Event]) -> None:
        self.head, self.events = head, events

    def generator(self) -> SyndicationFeed:
        """Return the filled generator, without the request and the site that Django's own way needs."""
        feed = self.feed_type(
            title=heading(self.head.title), link="", description="", method=self.head.method
        )
        for event in self.events:
            feed.add_item(
                title=self.item_title(event),
                link=event.url,
                description=event.text,
                unique_id=event.uid,
                updateddate=seconds(event.changed),
                **self.item_extra_kwargs(event),
            )
        return feed

    def item_title(self, item: Event) -> str:
        """SUMMARY, not escaped for HTML as Django's default is."""
        return item.title

    def item_extra_kwargs(self, item: Event) -> dict[str, Any]:
        """Every property beside Django's own ones."""
        return {
            "timestamp": seconds(item.changed),
            "created": seconds(item.created),
            "start_datetime": seconds(item.starts_at),
            "end_datetime": seconds(item.ends_at),
            "location": item.location,
            "status": item.status,
            "transparency": "TRANSPARENT" if item.is_cancelled else "OPAQUE",
            "sequence": item.sequence,
            "class": "PRIVATE" if item.private else "PUBLIC",
            "organizer": _address(item.organizer),
            "attendee": item.guest and _guest(item.guest),
        }


def calendar_bytes(head: Head, events: Iterable[Event]) -> bytes:
    """Return a whole calendar as django-ical writes it, event by event: slow, and what the fast way must equal."""
    target = BytesIO()
    EventsFeed(head, events).generator().write(target, "utf-8")
    return target.getvalue()


def event_text(event: Event) -> str:
    """Return one VEVENT, its lines folded and ended as RFC 5545 3.1 asks."""
    empty = Head(title="")
    start = len(calendar_bytes(empty, ())) - len(_END)
    return calendar_bytes(empty, (event,))[start : -len(_END)].decode()


def joined(head: Head, texts: Iterable[str]) -> bytes:
    """Return the calendar of events that were written before."""
    return b"".join((calendar_bytes(head, ()).removesuffix(_END), "".join(texts).encode(), _END))


def _address(person: Person) -> vCalAddress:
    address = vCalAddress(f"mailto:{person.email}")
    if person.name:
        address.params["CN"] = vText(person.name)
    return address


def _guest(person: Person) -> vCalAddress:
    """Somebody who asked for it comes: nobody has to answer."""
    address = _address(person)
    address.params["CUTYPE"] = vText("INDIVIDUAL")
    address.params["ROLE"] = vText("REQ-PARTICIPANT")
    address.params["PARTSTAT"] = vText("ACCEPTED")
    address.params["RSVP"] = vText("FALSE")
    return address
