"""A screen at the door of a room: free or busy now, until when, and what else is today."""

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
from rooms.queries.clock import local
from rooms.queries.pictures import words_of_rooms
from rooms.queries.today import Now, Today, today_of
from rooms.queries.words import hours_words

#: Seconds after which the screen asks again, and for which proxies may keep an answer.
EVERY, AGE = 60, 15
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
            "until": until_words(found),
            "uses": [
                {
                    "hours": hours_words(use.span),
                    "title": use.title or pgettext("room", "Busy"),
                    "over": use.span.end <= now,
                    "current": use.span.start <= now < use.span.end,
                }
                for use in found.uses
            ],
            "day": formats.full_date(local(now)),
            "clock": formats.clock(local(now)),
            "every": EVERY,
            "qr_code": qr_image(page),
            "page": page.partition("://")[2],
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


def until_words(found: Today) -> str:
    """Return until when it stays so, in a few words; empty when nothing is known of today."""
    if found.until is None:
        return ""
    hour = {"hour": formats.clock(local(found.until))}
    if found.state == Now.CLOSED:
        return _("opens at %(hour)s") % hour
    return _("until %(hour)s") % hour
