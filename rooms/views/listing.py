"""The list of rooms: which ones there are, and which ones are free then."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from eservices import formats
from rooms.enums import Layout
from rooms.forms.search import SearchForm
from rooms.models import Room
from rooms.queries.clock import Span, local
from rooms.queries.pictures import RoomWords, words_of_rooms
from rooms.queries.search import FoundRoom, RoomFilters, find_rooms
from rooms.queries.tariffs import kind_of, price_words
from rooms.queries.weeks import monday_of
from rooms.queries.words import hours_words
from rooms.views.addresses import query_of, write_week


class RoomListView(TemplateView):
    """All rooms with photo, capacity, price and whether they are free, for everybody."""

    template_name = "rooms/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = SearchForm(self.request.GET or None)
        form.is_valid()
        filters = form.filters()
        found = find_rooms(filters, now=timezone.now())
        kind = kind_of(self.request.viewer)  # type: ignore[attr-defined]
        words = words_of_rooms([row.room for row in found])
        return super().get_context_data(
            form=form,
            rows=[room_row(row, words[row.room.pk], kind, filters) for row in found],
            free=sum(row.free is True for row in found),
            asked_day=filters.day,
            asked_hours=hours_words(filters.span) if filters.span else "",
            **kwargs,
        )


def room_row(found: FoundRoom, words: RoomWords, kind: str, filters: RoomFilters) -> dict[str, Any]:
    """Return one room of the list."""
    room = found.room
    price = price_words(room, kind, filters.day or local(timezone.now()).date())
    url = reverse("room", args=[room.code])
    day = filters.day or (local(found.next_free.start).date() if found.next_free else None)
    if day:
        times = [filters.span] if filters.span and found.free else []
        url += query_of(times, week=write_week(monday_of(day)))
    return {
        "url": url,
        "title": words.title,
        "site": room.site,
        "summary": words.summary,
        "photo": words.photos[0] if words.photos else None,
        "capacity": capacity_words(room),
        "surface": room.surface,
        "features": [feature.name for feature in room.features.all()],
        "price": price,
        "accepts": room.accepts(kind),
        "free": found.free,
        "times": times_words(found.times, filters),
        "whole_days": room.whole_days,
        "next_free": found.next_free and local(found.next_free.start),
    }


def times_words(times: Sequence[Span], filters: RoomFilters) -> str:
    """Return at which hours of the asked day the room is free."""
    if filters.span is not None:
        return ""
    return formats.join_list([hours_words(span) for span in times[:3]])


def capacity_words(room: Room) -> str:
    """Return how many people the room holds: seated and standing where that is known."""
    persons = {row.layout: row.persons for row in room.capacities.all()}
    standing = persons.pop(Layout.STANDING, 0)
    seated = max(persons.values(), default=0)
    parts = []
    if seated:
        parts.append(_("%(count)s seated") % {"count": seated})
    if standing:
        parts.append(_("%(count)s standing") % {"count": standing})
    return ", ".join(parts) or _("%(count)s people") % {"count": room.max_persons}
