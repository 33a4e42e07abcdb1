"""The page of a room: what it is, when it is free, which time somebody chooses."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, time
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_time
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from eservices import formats
from eservices.contract import Viewer
from eservices.errors import DomainError
from eservices.views.base import ViewerRequest
from rooms.enums import FeatureKind
from rooms.errors import HourMissing
from rooms.models import Room
from rooms.queries import rules
from rooms.queries.availability import room_named
from rooms.queries.clock import Span, local
from rooms.queries.offers import offered_window
from rooms.queries.pictures import LARGE, PHOTOS, words_of_rooms
from rooms.queries.places import map_url
from rooms.queries.price_lines import sum_of
from rooms.queries.quotes import quote
from rooms.queries.search import span_of
from rooms.queries.tariffs import kind_of, price_words
from rooms.queries.weeks import monday_of, week_of
from rooms.queries.words import span_words
from rooms.views.addresses import (
    MORE,
    query_of,
    read_day,
    read_month,
    read_times,
    read_week,
    write_time,
    write_week,
)
from rooms.views.listing import capacity_words
from rooms.views.weeks import month_section, week_section


class RoomView(TemplateView):
    """A room and one week of it, or a month; the chosen times stand in the address."""

    template_name = "rooms/room.html"
    request: ViewerRequest
    kwargs: dict[str, Any]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "day" in request.GET:
            return self.jump()
        return super().get(request, *args, **kwargs)

    def jump(self) -> HttpResponse:
        """Lead to the week of a day that was typed, with the hours as the choice when they were typed too."""
        query = self.request.GET
        times = read_times(query)
        day = read_day(query.get("day", ""))
        if day is None:
            return redirect(self.address + query_of(times, week=query.get("week", "")))
        start, end = _hour(query.get("start", "")), _hour(query.get("end", ""))
        place = ""
        if start and end:
            with suppress(HourMissing):
                times, place = [*times[:-1], span_of(day, start, end)], "#request"
        return redirect(self.address + query_of(times, week=write_week(monday_of(day))) + place)

    @cached_property
    def room(self) -> Room:
        """The room of the address."""
        return room_named(self.kwargs["code"])

    @property
    def address(self) -> str:
        """This page without any choice."""
        return reverse("room", args=[self.room.code])

    @property
    def viewer(self) -> Viewer:
        """Who looks."""
        return self.request.viewer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now, room, query = timezone.now(), self.room, self.request.GET
        times = read_times(query)
        words = words_of_rooms([room], spec=LARGE, most=PHOTOS)[room.pk]
        context = {
            "room": room,
            "words": words,
            "title": words.title,
            "facts": facts(room, kind_of(self.viewer), now),
            "features": features(room),
            "trail": [
                {"label": _("Rooms"), "url": reverse("rooms")},
                {"label": words.title, "url": ""},
            ],
            "panel": panel(room, times, self.viewer, now),
            "more": bool(query.get(MORE)),
            "map_url": map_url(room),
            "times": [write_time(span) for span in times],
        }
        month = read_month(query.get("month", ""))
        if month:
            context["month"] = month_section(room, month, times, now)
        else:
            start = times[-1].start if times else offered_window(room, now=now).start
            monday = read_week(query.get("week", "")) or monday_of(local(start).date())
            found = week_of(room, monday, now=now, chosen=times)
            context["week"] = week_section(room, found, times, more=bool(query.get(MORE)), now=now)
        return super().get_context_data(**context, **kwargs)


def _hour(text: str) -> time | None:
    try:
        return parse_time(text)
    except ValueError:
        return None


# What is written about the room


def facts(room: Room, kind: str, now: datetime) -> list[dict[str, str]]:
    """Return the facts below the title."""
    price = price_words(room, kind, local(now).date())
    units = [unit.name for unit in room.units.all()]
    surface = _("%(count)s m²") % {"count": room.surface} if room.surface else ""
    parts = _("made of %(units)s") % {"units": formats.join_list(units)} if len(units) > 1 else ""
    cost = price.price
    if price.deposit:
        cost = _("%(price)s, deposit %(deposit)s") % {"price": cost, "deposit": price.deposit}
    residents = price.residents and _("%(price)s for people of the municipality") % {
        "price": price.residents
    }
    rows = [
        {"label": _("Capacity"), "value": capacity_words(room)},
        {"label": _("Surface"), "value": ", ".join(filter(None, (surface, parts)))},
        {"label": _("Length"), "value": length_words(room)},
        {"label": price_label(kind), "value": cost, "note": residents or ""},
    ]
    return [row for row in rows if row["value"]]


def price_label(kind: str) -> str:
    """Return whose price it is."""
    return {
        "association": _("Price for an association"),
        "enterprise": _("Price for an enterprise"),
    }.get(kind) or _("Price for a person")


def length_words(room: Room) -> str:
    """Return how short and how long a booking may be."""
    if room.whole_days:
        return _("Whole days, at most %(most)s") % {"most": rules.length_words(rules.longest(room))}
    return _("%(least)s to %(most)s") % {
        "least": rules.length_words(room.min_minutes),
        "most": rules.length_words(room.max_minutes),
    }


def features(room: Room) -> list[dict[str, Any]]:
    """Return what is in the room and who can get in, by kind."""
    found = list(room.features.all())
    groups = [
        {"title": kind.label, "names": [f.name for f in found if f.kind == kind]}
        for kind in FeatureKind
    ]
    return [group for group in groups if group["names"]]


# The choice


def panel(
    room: Room, times: Sequence[Span], viewer: Viewer, now: datetime
) -> dict[str, Any] | None:
    """Return the chosen times with their price, and why they cannot be asked for; None when none is chosen."""
    if not times:
        return None
    kind = kind_of(viewer)
    prices = [quote(room, span, kind=kind) for span in times]
    refusals = [refusal_of(room, span, now) for span in times]
    last = local(times[-1].start), local(times[-1].end)
    return {
        "rows": [
            {
                "words": span_words(span, whole_days=room.whole_days),
                "price": price,
                "refusal": refusal,
                "without": query_of([t for t in times if t != span], week=_week(span)) + "#week",
            }
            for span, price, refusal in zip(times, prices, refusals, strict=True)
        ],
        "title": span_words(times[-1], whole_days=room.whole_days),
        "length": "" if room.whole_days else rules.length_words(times[-1].minutes),
        "total": sum_of(prices),
        "day": last[0].date().isoformat(),
        "start": f"{last[0]:%H:%M}",
        "end": f"{last[1]:%H:%M}",
        "others": times[:-1],
        "times": times,
        "url": reverse("room-request", args=[room.code]) + query_of(times),
        "more_url": query_of(times, week=_week(times[-1]), more="1") + "#week",
        "fresh_url": query_of([], week=_week(times[-1])) + "#week",
        "accepts": room.accepts(kind),
        "refused": any(refusals),
        "name": viewer.profile_name if viewer.is_authenticated else "",
        "step": room.step_minutes * 60,
    }


def refusal_of(room: Room, span: Span, now: datetime) -> str:
    """Return why the rules of the room refuse a time; empty when they do not."""
    try:
        rules.check_span(room, span, now=now)
    except DomainError as refusal:
        return str(refusal)
    return ""


def _week(span: Span) -> str:
    return write_week(monday_of(local(span.start).date()))
