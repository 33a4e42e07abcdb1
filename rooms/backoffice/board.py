"""The agents' board: requests with what competes, lists, a week and a day of all rooms."""

from datetime import date, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.menu import MenuItem

from eservices import formats
from eservices.backoffice.people import RightMenuItem
from eservices.queries.introducers import introducers_of
from rooms.backoffice.agents import RoomsMixin
from rooms.backoffice.calendars import failure_words
from rooms.queries.board import (
    TABS,
    board,
    bookings_in,
    clashes_for,
    conflicts_of,
    rooms_of_board,
    unread_calendars,
)
from rooms.queries.bookings import VIEW_BOOKINGS
from rooms.queries.clock import days, today

ROWS = 25
WORDS: dict[str, Any] = {
    "requests": _("To decide"),
    "waiting": _("Waiting for the person"),
    "confirmed": _("Confirmed"),
    "all": _("All"),
}


class BookingListView(RoomsMixin, TemplateView):
    """Requests and bookings of the agent's rooms, each with what stands against it."""

    template_name = "backoffice/rooms/list.html"
    page_title = _("Rooms")
    trail = ()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        given = self.request.GET
        tab = given.get("tab", "") if given.get("tab") in TABS else "requests"
        room, search = given.get("room", "").replace("\0", ""), given.get("q", "").replace("\0", "")
        found = bookings_in(self.agent, tab=tab, room=room, search=search)
        page = Paginator(found, ROWS).get_page(given.get("p"))
        shown = list(page.object_list)
        by, conflicts = introducers_of(shown), conflicts_of(shown, agent=self.agent)
        counts = {
            name: found.count() if name == tab else bookings_in(self.agent, tab=name).count()
            for name in TABS
            if name != "all" or tab == "all"
        }
        return super().get_context_data(
            tabs=[
                {"key": name, "label": words, "count": counts.get(name, ""), "current": name == tab}
                for name, words in WORDS.items()
            ],
            tab=tab,
            page_obj=page,
            query=urlencode({"tab": tab, "room": room, "q": search}),
            rows=[
                {"booking": row, "by": by[row.pk], "conflicts": conflicts[row.pk]} for row in shown
            ],
            clashes=list(clashes_for(self.agent, now=timezone.now())),
            unread=[
                {"calendar": row, "words": failure_words(row)}
                for row in unread_calendars(self.agent, now=timezone.now())
            ],
            rooms=[(row.code, row.name) for row in rooms_of_board(self.agent)],
            room=room,
            search=search,
            **kwargs,
        )


class CalendarView(RoomsMixin, TemplateView):
    """A week, or a day, of all rooms of the agent: what takes them, in words."""

    template_name = "backoffice/rooms/calendar.html"

    def get_page_title(self) -> Any:
        return _("Calendar of the rooms")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        given = self.request.GET
        day = _day(given.get("day", "")) or today()
        one_day = given.get("view") == "day"
        first = day if one_day else day - timedelta(days=day.weekday())
        last = first if one_day else first + timedelta(days=6)
        step = timedelta(days=1 if one_day else 7)
        every = rooms_of_board(self.agent)
        chosen = [row for row in every if row.code == given.get("room", row.code)] or every
        more = {"room": given["room"]} if given.get("room") else {}

        def address(to: date, view: str) -> str:
            return "?" + urlencode({"day": to.isoformat(), "view": view} | more)

        view = "day" if one_day else "week"
        return super().get_context_data(
            one_day=one_day,
            day=day,
            heading=formats.full_date(first) if one_day else formats.period(first, last),
            columns=list(days(first, last)),
            rows=board(chosen, first, last),
            previous=address(first - step, view),
            next=address(first + step, view),
            now=address(today(), view),
            other=address(day, "week" if one_day else "day"),
            rooms=[(row.code, row.name) for row in every],
            room=given.get("room", ""),
            today=today(),
            view=view,
            **kwargs,
        )


def _day(given: str) -> date | None:
    try:
        found = date.fromisoformat(given)
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2100 else None


def menu_item() -> MenuItem:
    """Return the menu item of the rooms."""
    return RightMenuItem(
        _("Rooms"),
        reverse("agent-rooms"),
        name="rooms",
        icon_name="home",
        order=95,
        right=VIEW_BOOKINGS,
    )


def urls() -> list[URLPattern]:
    """Return the addresses below /admin/."""
    return [
        path("rooms/", BookingListView.as_view(), name="agent-rooms"),
        path("rooms/calendar/", CalendarView.as_view(), name="agent-rooms-calendar"),
    ]
