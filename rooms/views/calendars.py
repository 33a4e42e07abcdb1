"""Calendars as programs fetch them: `/ical/…`, the same address in every language.

A program that has the calendar already is told so (304) before any event is read. Unknown, ended and foreign
addresses all get one and the same answer.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.views import View

from eservices.contract import Viewer
from eservices.errors import NotFound
from rooms.actions import feed_tokens
from rooms.enums import Audience
from rooms.errors import PeriodRefused
from rooms.feeds.events import booking_event
from rooms.feeds.freebusy import free_busy
from rooms.feeds.rendering import Head, calendar_bytes
from rooms.feeds.sources import Source, room_source, rooms_source, token_source
from rooms.models import Booking
from rooms.queries.availability import shown_rooms
from rooms.queries.bookings import bookings_for_agent, bookings_of
from rooms.queries.periods import read_period
from rooms.queries.words import room_name

MEDIA_TYPE = "text/calendar; charset=utf-8"


class CalendarView(View):
    """Base: what is not there is a short 404 in plain text, since programs read it."""

    http_method_names = ("get", "head", "options")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return super().dispatch(request, *args, **kwargs)
        except (NotFound, PeriodRefused) as refusal:
            response = HttpResponse(
                f"{refusal} ({refusal.code})\n",
                status=refusal.status,
                content_type="text/plain; charset=utf-8",
            )
            return _private(response)


class RoomCalendarView(CalendarView):
    """When one room is busy, for everybody."""

    def get(self, request: HttpRequest, code: str) -> HttpResponseBase:
        return _calendar(request, lambda: room_source(code))


class RoomsCalendarView(CalendarView):
    """When rooms are busy, for everybody: all of them, those of a site (`?site=`), those with a tag (`?tag=`)."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        site, tag = request.GET.get("site", ""), request.GET.get("tag", "")
        return _calendar(request, lambda: rooms_source(site=site, tag=tag))


class PrivateCalendarView(CalendarView):
    """The calendar behind a private address: whoever has the address reads it."""

    def get(self, request: HttpRequest, token: str) -> HttpResponseBase:
        row = feed_tokens.token_named(token)
        response = _calendar(request, lambda: token_source(row))
        feed_tokens.note_use(token=row, now=timezone.now())
        return _private(response)


class BookingCalendarView(CalendarView):
    """One booking as a file: for who may see it, or with the signed link of its mails."""

    def get(self, request: HttpRequest, reference: str) -> HttpResponseBase:
        booking, audience = self._booking(request, reference)
        event = booking_event(booking, audience, told=True)
        events = [event] if event else []
        head = Head(title=room_name(booking.room))
        response = HttpResponse(calendar_bytes(head, events), content_type=MEDIA_TYPE)
        response["Content-Disposition"] = f'attachment; filename="{booking.reference}.ics"'
        return _private(response)

    @staticmethod
    def _booking(request: HttpRequest, reference: str) -> tuple[Booking, Audience]:
        if signature := request.GET.get("sig", ""):
            rows = Booking.objects.select_related("room__site", "profile", "acting_user")
            booking = rows.filter(reference=reference).first()
            if booking and feed_tokens.is_signed(booking, signature, now=timezone.now()):
                return booking, Audience.REQUESTER
            raise NotFound
        viewer = cast(Viewer, getattr(request, "viewer"))  # noqa: B009  set by the middleware
        if own := bookings_of(viewer).filter(reference=reference).first():
            return own, Audience.REQUESTER
        if viewer.user is not None and viewer.agent is None:
            row = bookings_for_agent(viewer.user).filter(reference=reference).first()
            if row:
                return row, Audience.AGENT
        raise NotFound


class FreeBusyView(CalendarView):
    """When one room is not to be had, from one day to another (`?from=&to=`); the next 31 days when nothing is said."""

    def get(self, request: HttpRequest, code: str) -> HttpResponseBase:
        room = shown_rooms().filter(code=code).first()
        if room is None:
            raise NotFound
        first, last = read_period(request.GET.get("from", ""), request.GET.get("to", ""))
        response = HttpResponse(
            free_busy(room, first, last, now=timezone.now()), content_type=MEDIA_TYPE
        )
        response["Cache-Control"] = "public, max-age=60"
        return response


def _calendar(request: HttpRequest, source: Callable[[], Source]) -> HttpResponseBase:
    """Return the calendar, or 304 when the program has it as it stands."""
    found, now = source(), timezone.now()
    etag, changed = found.etag(now), found.last_modified(now)
    response = get_conditional_response(request, etag=etag, last_modified=_stamp(changed))
    if response is None:
        response = HttpResponse(found.content(now), content_type=MEDIA_TYPE)
    response["ETag"] = etag
    response["Last-Modified"] = http_date(_stamp(changed))
    response["Cache-Control"] = "public, no-cache"
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _stamp(at: datetime) -> int:
    return int(at.timestamp())


def _private(response: HttpResponseBase) -> HttpResponseBase:
    """Keep an answer out of shared caches, search engines and the addresses that pages pass on."""
    response["Cache-Control"] = "private, no-cache"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    del response["Access-Control-Allow-Origin"]
    return response
