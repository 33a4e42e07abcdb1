"""A screen at the door of a room: free or busy now, until when, and what else is today."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views import View

from eservices import formats
from eservices.letterhead import municipality
from eservices.qr import qr_image
from rooms.queries.availability import room_named
from rooms.queries.clock import Span, local, whole_day
from rooms.queries.pictures import words_of_rooms
from rooms.queries.today import Now, Today, Use, today_of
from rooms.queries.words import hours_words, is_evening_before, span_words

#: Seconds after which the screen asks again, and for which proxies may keep an answer.
EVERY, AGE = 60, 15
#: Nobody scrolls on a wall: so many times at most, what is over goes first.
MOST_USES = 5
ICONS = {Now.FREE: "circle-check", Now.BUSY: "circle-minus", Now.CLOSED: "lock"}


class TodayView(View):
    """For everybody and for a screen that nobody touches: it looks at no session, so it keeps none alive."""

    http_method_names = ("get", "head", "options")

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        room, now = room_named(code), timezone.now()
        found = today_of(room, now=now)
        language = translation.get_language() or settings.LANGUAGE_CODE
        page = settings.PUBLIC_BASE_URL + reverse("room", args=[room.code])
        context: dict[str, Any] = {
            "room": room,
            "name": words_of_rooms([room], most=0)[room.pk].title,
            "state": found.state.value,
            "icon": ICONS[found.state],
            "word": state_word(found.state),
            "until": until_words(found, now),
            "next_free": next_free_words(found, now),
            **shown_uses(found.uses, now),
            "day": formats.full_date(local(now)),
            "clock": formats.clock(local(now)),
            "every": EVERY,
            "qr_code": qr_image(page),
            "page": page.partition("://")[2].split("/"),
            "municipality": municipality(language),
            "language": language,
        }
        response = HttpResponse(render_to_string("rooms/today.html", context))
        response["Cache-Control"] = f"public, max-age={AGE}"
        return response


def state_word(state: Now) -> str:
    """Return what a room is now, in a word."""
    return {
        Now.FREE: pgettext("room", "Free"),
        Now.BUSY: pgettext("room", "Busy"),
        Now.CLOSED: pgettext("room", "Closed"),
    }[state]


def until_words(found: Today, now: datetime) -> str:
    """Return until when it stays so, in a few words; empty when nobody can say."""
    if found.until is None:
        return ""
    until, today = local(found.until), local(now).date()
    hour = {"hour": formats.clock(until)}
    if found.state == Now.CLOSED:
        return _("opens at %(hour)s") % hour
    if until.date() == today or is_evening_before(until, today):
        return _("until %(hour)s") % hour
    return _("until %(day)s") % {"day": formats.day_and_month(until)}


def next_free_words(found: Today, now: datetime) -> str:
    """Return when the room is free next: hours only if that is today; empty while it is free, or when nobody knows."""
    span = found.next_free
    if span is None:
        return ""
    return hours_words(span) if _is_of(span, local(now).date()) else span_words(span)


def shown_uses(uses: Sequence[Use], now: datetime) -> dict[str, Any]:
    """Return the times of today that fit on the screen, and how many more come."""
    ahead = [use for use in uses if use.span.end > now]
    shown = uses if len(uses) <= MOST_USES else ahead[:MOST_USES]
    return {
        "uses": [
            {
                "hours": day_words(use.span, local(now).date()),
                "title": use.title or pgettext("room", "Busy"),
                "over": use.span.end <= now,
                "current": use.span.start <= now < use.span.end,
            }
            for use in shown
        ],
        "more": len([use for use in ahead if use not in shown]),
    }


def day_words(span: Span, day: date) -> str:
    """Return the hours of a time on a day; what began before or goes on longer is cut at midnight."""
    if _is_of(span, day):
        return hours_words(span)
    whole = whole_day(day)
    cut = Span(max(span.start, whole.start), min(span.end, whole.end))
    return _("All day") if cut == whole else hours_words(cut)


def _is_of(span: Span, day: date) -> bool:
    """Whether a time belongs to one day, its night included."""
    start, end = local(span.start), local(span.end)
    return start.date() == day and (end.date() == day or is_evening_before(end, day))
