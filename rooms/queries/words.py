"""Rooms and times in words, in the reader's language."""

from datetime import date, datetime
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from eservices import formats
from eservices.contract import Requirement
from eservices.enums import Level
from eservices.errors import NotFound
from eservices.queries.requirements import Asking
from rooms.models import Room, RoomText
from rooms.queries.availability import days_of
from rooms.queries.clock import Span, local

PRICE, DEPOSIT = "price", "deposit"
_MIDNIGHT = {"fr": "24\u00a0h", "nl": "24\u00a0uur", "de": "24\u00a0Uhr", "en": "24:00"}
#: An end until this hour belongs to the evening before, for people.
_EARLY = 6


def asking_of_room(room: Room) -> Asking:
    """Return what a request for the room asks of an identification."""
    requirement = Requirement(level=Level(room.level))
    title = room_name(room)
    return Asking(
        kind="service", code="rooms", title=title, requirement=requirement, item=room.code
    )


def asking_named_room(code: str) -> Asking:
    """Return what the room of a code asks; raises NotFound for rooms that nobody sees."""
    room = Room.objects.filter(published=True, code=code).first()
    if room is None:
        raise NotFound
    return asking_of_room(room)


def calendar_uid(public_id: UUID) -> str:
    """Return the UID of a booking or a blocked time in calendars: globally unique (RFC 7986 5.3), drawn up once."""
    return f"{public_id}@{urlsplit(settings.PUBLIC_BASE_URL).hostname}"


def text_of(room: Room) -> RoomText | None:
    """Return the words of a room in the reader's language, else in the main one; None when nobody wrote any."""
    rows = {row.locale.language_code: row for row in room.texts.select_related("locale")}
    return rows.get(get_language() or "") or rows.get(settings.LANGUAGE_CODE)


def room_name(room: Room) -> str:
    """Return what people call a room, in the reader's language."""
    text = text_of(room)
    return text.title if text else room.name


def amount_titles(room: Room, starts_at: datetime, part: str) -> dict[str, str]:
    """Return what an amount is for, by code of language: price or deposit, room, day."""
    titles = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            words = {"room": room_name(room), "day": formats.full_date(local(starts_at))}
            titles[code] = (
                _("Deposit: %(room)s, %(day)s") if part == DEPOSIT else _("%(room)s, %(day)s")
            ) % words
    return titles


def hours_words(span: Span) -> str:
    """Return from which hour to which: "8 h – 10 h", "8 – 10 uur"; the end of a day is 24 hours."""
    start, end = local(span.start), local(span.end)
    begins, ends = formats.clock(start), formats.clock(end)
    for mark in ("uur", "Uhr"):
        begins = begins.removesuffix(f"{formats.NBSP}{mark}")
    if (end.hour, end.minute) == (0, 0):
        ends = _MIDNIGHT[formats.language()]
    if not start.minute and not end.minute:  # "8 h – 10 h", "8 – 10 uur"
        begins, ends = (_whole(text) for text in (begins, ends))
    return f"{begins}{formats.NBSP}– {ends}"


def _whole(text: str) -> str:
    """Return an hour without its minutes, except in English."""
    return text.replace(f"h{formats.NBSP}00", "h").replace(".00", "")


def is_evening_before(end: datetime, day: date) -> bool:
    """Whether an end on the wall clock belongs to the evening of a day, for people: midnight and the small hours."""
    return (end.date() - day).days == 1 and end.hour <= _EARLY


def span_words(span: Span, *, whole_days: bool = False) -> str:
    """Return when somebody has a room: the day and the hours, whole days, or from one day's hour to another's."""
    first, last = days_of(span)
    if whole_days:
        return formats.period(first, last)
    if first == last or is_evening_before(local(span.end), first):
        return f"{formats.full_date(first)}, {hours_words(span)}"
    return f"{formats.date_time(local(span.start))} – {formats.date_time(local(span.end))}"
