"""The calendar of a room on pages of others: the script, what it reads, and the page that explains it.

Both addresses are the same in every language, need no cookie and may be read from any site; nothing else of the portal
may. They show what everybody sees: that a room is free or busy, never by whom.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views import View
from django.views.generic import TemplateView

from eservices import formats
from eservices.errors import DomainError
from rooms.errors import RoomNotOffered, WeekRefused
from rooms.models import Room
from rooms.queries.availability import shown_rooms
from rooms.queries.clock import local
from rooms.queries.offers import offered_window
from rooms.queries.pictures import words_of_rooms
from rooms.queries.weeks import monday_of, week_of
from rooms.views.addresses import read_month, read_week, write_week
from rooms.views.weeks import month_section, week_section

#: Programs and proxies may keep an answer so long, in seconds.
DATA_AGE, SCRIPT_AGE = 60, 3600
#: After so many seconds a week is drawn anew though nothing was booked: time passes, opening hours change.
DRAWN_ANEW = 300
#: No week or month that lies farther away is shown, in days.
FARTHEST = 3 * 366
VIEWS = ("week", "month")
THEMES = ("auto", "light", "dark")


class PublicView(View):
    """Base: read from any site, without cookies, kept for a while; refusals are problem documents (RFC 9457)."""

    http_method_names = ("get", "head", "options")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            response = super().dispatch(request, *args, **kwargs)
        except DomainError as refusal:
            response = JsonResponse(
                {
                    "type": "about:blank",
                    "title": str(refusal),
                    "status": refusal.status,
                    "code": refusal.code,
                },
                status=refusal.status,
                content_type="application/problem+json",
            )
            response["Cache-Control"] = "no-store"
        response["Access-Control-Allow-Origin"] = "*"
        response["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response


class ScriptView(PublicView):
    """`/embed/room-calendar.js`: defines `<eg-room-calendar>`, in the colours of this municipality."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        text = script()
        return _kept(
            request, etag_from(text), lambda: text, "text/javascript; charset=utf-8", SCRIPT_AGE
        )


class DataView(PublicView):
    """`/embed/rooms/<code>.json?lang=&week=2026-W49` or `&month=2026-12`: one week or month of a room, in words.

    Without a day the first in which somebody can still ask for it. Who has it as it stands gets 304 after one query:
    the ETag is the version of the room's calendar, which rises with each booking, and the time in steps.
    """

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        language = language_of(request.GET.get("lang", ""))
        with translation.override(language):
            response = super().dispatch(request, *args, **kwargs)
        response["Content-Language"] = language
        return response

    def get(self, request: HttpRequest, code: str) -> HttpResponseBase:
        now = timezone.now()
        etag = etag_of(code, request.GET, now)

        def content() -> bytes:
            return json.dumps(shown(code, request.GET, now), ensure_ascii=False).encode()

        return _kept(request, etag, content, "application/json", DATA_AGE)


class EmbedView(TemplateView):
    """What to copy into another site, with a preview."""

    template_name = "rooms/embed.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rooms = list(Room.objects.filter(published=True))
        words, query = words_of_rooms(rooms, most=0), self.request.GET
        codes = [room.code for room in rooms]
        chosen = {
            "room": one_of(query.get("room", ""), codes),
            "lang": one_of(
                query.get("lang", ""), [translation.get_language() or "", *_languages()]
            ),
            "view": one_of(query.get("view", ""), VIEWS),
            "theme": one_of(query.get("theme", ""), THEMES),
        }
        with translation.override(chosen["lang"]):
            link = settings.PUBLIC_BASE_URL + reverse("room", args=[chosen["room"] or "room"])
            link_words = _("See when the room is free")
        return super().get_context_data(
            chosen=chosen,
            rooms=[{"value": room.code, "label": words[room.pk].title} for room in rooms],
            tongues=[{"value": code, "label": name} for code, name in settings.LANGUAGES],
            views=[
                {"value": "week", "label": _("One week")},
                {"value": "month", "label": _("The whole month")},
            ],
            themes=[
                {"value": "auto", "label": pgettext("colours", "As the page")},
                {"value": "light", "label": pgettext("colours", "Light")},
                {"value": "dark", "label": pgettext("colours", "Dark")},
            ],
            script=settings.PUBLIC_BASE_URL + reverse("rooms-embed-script"),
            origin="{0.scheme}://{0.netloc}".format(urlsplit(settings.PUBLIC_BASE_URL)),
            link=link,
            link_words=link_words,
            trail=[
                {"label": _("Rooms"), "url": reverse("rooms")},
                {"label": _("Rooms in your calendar"), "url": reverse("rooms-subscribe")},
                {"label": _("On your own site"), "url": ""},
            ],
            **kwargs,
        )


def one_of(value: str, allowed: Any) -> str:
    """Return the value when it is allowed, else the first that is; empty when nothing is."""
    found = list(allowed)
    return value if value in found else (found[0] if found else "")


def language_of(wanted: str) -> str:
    """Return the language that a page asks for ("de", "de-BE"), else the municipality's own."""
    short = wanted.partition("-")[0].lower()
    return short if short in _languages() else settings.LANGUAGE_CODE


def etag_of(code: str, query: Mapping[str, str], now: datetime) -> str:
    """Return the ETag of one answer before anything of it is read (one query). Raises RoomNotOffered."""
    rooms = Room.objects.filter(published=True, code=code)
    version = rooms.values_list("pk", "feed_version__number").first()
    if version is None:
        raise RoomNotOffered
    asked = [(name, query.get(name)) for name in VIEWS]
    step = int(now.timestamp()) // DRAWN_ANEW
    return etag_from(repr((*version, asked, translation.get_language(), step)).encode())


def etag_from(content: bytes) -> str:
    """Return a strong ETag."""
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def shown(code: str, query: Mapping[str, str], now: datetime) -> dict[str, Any]:
    """Return what the element draws, in the active language. Raises RoomNotOffered and WeekRefused."""
    room = shown_rooms().filter(code=code).first()
    if room is None:
        raise RoomNotOffered
    page = settings.PUBLIC_BASE_URL + reverse("room", args=[room.code])
    answer = {
        "lang": translation.get_language(),
        "room": {
            "code": room.code,
            "name": words_of_rooms([room], most=0)[room.pk].title,
            "url": page,
        },
        "words": words(),
    }
    if "month" in query:
        return answer | _month(room, page, query["month"], now)
    return answer | _week(room, page, query.get("week", ""), now)


def _week(room: Room, page: str, wanted: str, now: datetime) -> dict[str, Any]:
    today = monday_of(local(now).date())
    first = monday_of(local(offered_window(room, now=now).start).date())
    monday = _near(read_week(wanted) if wanted else first, now)
    section = week_section(room, week_of(room, monday, now=now), [], more=False, now=now)
    for row in section["rows"]:
        row["current"] = row["day"] == local(now).date()
        row["day"] = row["day"].isoformat()
        for cell in row["cells"]:
            cell["url"] = cell["url"] and page + cell["url"]
            del cell["extends"]
    whole_day = [{"label": _("All day"), "parts": 1}]
    return {
        "view": "week",
        "title": section["title"],
        "limit": limit_words(section),
        "at": section["name"],
        "previous": write_week(monday - timedelta(days=7)),
        "following": write_week(monday + timedelta(days=7)),
        "today": write_week(today),
        "other": f"{monday + timedelta(days=3):%Y-%m}",
        "columns": whole_day if section["whole_days"] else section["columns"],
        "rows": section["rows"],
    }


def _month(room: Room, page: str, wanted: str, now: datetime) -> dict[str, Any]:
    today = local(now).date().replace(day=1)
    begin = local(offered_window(room, now=now).start).date().replace(day=1)
    first = _near(read_month(wanted) if wanted else begin, now)
    section = month_section(room, first, [], now)
    rows = [
        [
            cell
            and cell
            | {
                "day": cell["day"].isoformat(),
                "number": cell["day"].day,
                "current": cell["day"] == local(now).date(),
                "week": write_week(monday_of(cell["day"])),
                "url": page + cell["url"],
            }
            for cell in row
        ]
        for row in section["rows"]
    ]
    before, after = first - timedelta(days=1), first + timedelta(days=32)
    return {
        "view": "month",
        "title": section["title"],
        "at": f"{first:%Y-%m}",
        "previous": f"{before:%Y-%m}",
        "following": f"{after:%Y-%m}",
        "today": f"{today:%Y-%m}",
        "other": write_week(monday_of(max(first, local(now).date().replace(day=1)))),
        "columns": [{"label": name, "short": name[:2]} for name in section["weekdays"]],
        "rows": rows,
    }


def limit_words(week: Mapping[str, Any]) -> str:
    """Return why nothing of a week, or of its end, can be asked for; empty for most weeks."""
    if week["until"]:
        date_words = formats.full_date(week["until"])
        return _("This room can be booked until %(date)s.") % {"date": date_words}
    return _("This week is over.") if week["over"] else ""


def _near(day: date | None, now: datetime) -> date:
    """Refuse what is no week or month, and what lies so far away that nobody needs it: robots go on for ever."""
    if day is None or abs((day - local(now).date()).days) > FARTHEST:
        raise WeekRefused
    return day


def words() -> dict[str, str]:
    """Return the words of the element's own parts."""
    return {
        "previous": _("Previous"),
        "following": _("Next"),
        "today": _("Today"),
        "day": _("Day"),
        "week": _("One week with its hours"),
        "month": _("The whole month"),
        "choose": _("choose this time"),
        "note": _("“Option”: another request waits for an answer."),
        "open": _("Open the page of the room"),
    }


def waiting_words() -> dict[str, dict[str, str]]:
    """Return by language what the element says before it could read anything."""
    found = {}
    for code in _languages():
        with translation.override(code):
            found[code] = {
                "loading": _("The calendar is being loaded …"),
                "failed": _("The calendar cannot be read at the moment."),
                "retry": _("Try again"),
            }
    return found


def script() -> bytes:
    """Return the script with what only this installation knows put in: words, colours, the language of last resort."""
    return _script(
        str(settings.GUICHET_THEME), settings.LANGUAGE_CODE, _built("embed.js").stat().st_mtime_ns
    )


@lru_cache(maxsize=4)
def _script(theme: str, language: str, changed: int) -> bytes:
    tokens = _built(f"theme-{theme}.css").read_text(encoding="utf-8").replace(":root", ":host")
    given = {"words": waiting_words(), "tokens": tokens, "language": language}
    text = _built("embed.js").read_text(encoding="utf-8")
    return text.replace("__GUICHET__", json.dumps(given, ensure_ascii=False)).encode()


def _built(name: str) -> Path:
    """Return a file of the front end, where collectstatic put it or where it was built."""
    found = finders.find(name)
    return Path(found) if found else Path(staticfiles_storage.path(name))


def _languages() -> list[str]:
    return [code for code, _name in settings.LANGUAGES]


def _kept(
    request: HttpRequest, etag: str, content: Callable[[], bytes], kind: str, age: int
) -> HttpResponseBase:
    """Return the content, or 304 to who has it."""
    response = get_conditional_response(request, etag=etag)
    if response is None:
        response = HttpResponse(content(), content_type=kind)
    response["ETag"] = etag
    response["Cache-Control"] = f"public, max-age={age}"
    return response
