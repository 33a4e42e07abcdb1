"""Rooms and bookings for tests: units A and B of one hall, open every day from 8 to 22."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone
from wagtail.models import Locale

from eservices.contract import Viewer
from eservices.models import Team
from rooms.actions.requests import Wish, request_booking
from rooms.models import (
    Booking,
    OpeningRule,
    Room,
    RoomSite,
    RoomText,
    RoomUnit,
)
from rooms.queries.clock import Span, local, moment

numbers = iter(range(1, 1_000_000))


def make_site(**fields: Any) -> RoomSite:
    """A site of the French Community."""
    return RoomSite.objects.create(
        **{"code": f"site-{next(numbers)}", "name": "Le Kiosque"} | fields
    )


def make_units(*codes: str, site: RoomSite | None = None) -> list[RoomUnit]:
    """Units of one site, in this order."""
    site = site or make_site()
    return [
        RoomUnit.objects.create(site=site, code=f"{code}-{next(numbers)}", name=code)
        for code in codes
    ]


def make_room(
    *units: RoomUnit, hours: Sequence[tuple[int, int]] = ((8, 22),), **fields: Any
) -> Room:
    """A published room that opens every day at these hours and can be booked at once."""
    units = units or tuple(make_units("a"))
    number = next(numbers)
    team, _made = Team.objects.get_or_create(code="rooms", defaults={"names": {"fr": "Salles"}})
    room = Room(
        **{
            "code": f"room-{number}",
            "name": f"Salle {number}",
            "site": units[0].site,
            "team": team,
            "published": True,
            "min_lead_hours": 0,
        }
        | fields
    )
    room.units.set(units)
    room.save()
    for weekday in range(7):
        for opens, closes in hours:
            OpeningRule.objects.create(
                room=room, weekday=weekday, opens=time(opens), closes=time(closes % 24)
            )
    return room


def make_text(room: Room, language: str = "fr", **fields: Any) -> RoomText:
    """The words of a room in one language."""
    locale, _made = Locale.objects.get_or_create(language_code=language)
    return RoomText.objects.create(
        **{
            "room": room,
            "locale": locale,
            "title": f"{room.name} ({language})",
            "summary": "Une salle.",
        }
        | fields
    )


def day_ahead(days: int = 10) -> date:
    """A day so many days from now, in Belgium."""
    return local(timezone.now()).date() + timedelta(days=days)


def span_on(day: date, start: int, end: int) -> Span:
    """From one full hour to another of a day; 24 is midnight."""
    last = moment(day + timedelta(days=1), time(0)) if end == 24 else moment(day, time(end))
    return Span(moment(day, time(start)), last)


def wish(**fields: Any) -> Wish:
    """What a request says beside room and time."""
    return Wish(**{"purpose": "Répétition", "attendees": 10} | fields)


def make_booking(
    viewer: Viewer,
    room: Room,
    span: Span | None = None,
    *,
    now: datetime | None = None,
    **fields: Any,
) -> Booking:
    """A request of the viewer, as the form makes it."""
    return request_booking(
        viewer=viewer,
        room=room,
        spans=[span or span_on(day_ahead(), 10, 12)],
        wish=wish(**fields),
        key=uuid.uuid4().hex,
        locale="fr",
        now=now,
    )[0]
