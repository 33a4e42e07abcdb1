"""What the last readings of others' calendars changed, and reading one now."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views.generic import TemplateView

from eservices.errors import NotFound
from rooms.actions import external_calendars
from rooms.backoffice.agents import RoomsMixin
from rooms.enums import CalendarFailure
from rooms.models import ExternalCalendar
from rooms.queries.board import calendars_of

_WORDS: dict[str, Any] = {
    "added": pgettext_lazy("calendar", "Now blocked"),
    "moved": pgettext_lazy("calendar", "Moved"),
    "removed": pgettext_lazy("calendar", "No longer blocked"),
    "clash": pgettext_lazy("calendar", "Lies over a booking"),
}
SHOWN = 15


class ReadingsView(RoomsMixin, TemplateView):
    """The calendars of the agent's rooms with what their last readings changed."""

    template_name = "backoffice/rooms/readings.html"

    def get_page_title(self) -> str:
        return _("External calendars")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        given = request.POST.get("calendar", "")
        row = next((row for row in calendars_of(self.agent) if str(row.public_id) == given), None)
        if row is None or not request.user.has_perm("rooms.change_externalcalendar"):
            raise NotFound
        if external_calendars.read(calendar=row):
            messages.success(request, _("The calendar is read."))
        else:
            row.refresh_from_db()
            messages.error(request, failure_words(row))
        return redirect("agent-room-calendars")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = [
            {
                "calendar": row,
                "failure": failure_words(row),
                "changes": [
                    {
                        "words": _WORDS.get(change["what"], change["what"]),
                        "title": change["title"],
                        **{
                            name: datetime.fromisoformat(change[name])
                            for name in ("at", "starts_at", "ends_at")
                        },
                    }
                    for change in row.changes[:SHOWN]
                ],
            }
            for row in calendars_of(self.agent)
        ]
        return super().get_context_data(rows=rows, **kwargs)


def failure_words(calendar: ExternalCalendar) -> str:
    """Return why a calendar could not be read; empty when it could."""
    if calendar.failure in CalendarFailure.values:
        return str(CalendarFailure(calendar.failure).label)
    return calendar.failure


def urls() -> list[URLPattern]:
    """Return the addresses below /admin/."""
    return [path("rooms/readings/", ReadingsView.as_view(), name="agent-room-calendars")]
