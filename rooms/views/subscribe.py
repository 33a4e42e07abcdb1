"""Calendars in one's own program: which there are, how to subscribe, and one's private addresses."""

from typing import Any, cast
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import TemplateView

from eservices import formats
from eservices.actions.acting import person_acting
from eservices.contract import Viewer
from eservices.errors import DomainError
from eservices.models import User
from eservices.views.base import ViewerRequest, ViewerRequiredMixin
from rooms.actions import feed_tokens
from rooms.enums import FeedScope
from rooms.forms.calendars import AddressForm
from rooms.models import FeedToken, Room
from rooms.queries.bookings import rooms_for_agent
from rooms.queries.pictures import words_of_rooms


def subscription(path: str, name: str) -> dict[str, str]:
    """Return the ways to one calendar: to copy, to open in a program, to add in Google and Outlook."""
    address = settings.PUBLIC_BASE_URL + path
    parts = urlsplit(address)
    webcal = parts._replace(scheme="webcal").geturl()
    return {
        "name": name,
        "address": address,
        "webcal": webcal,
        "google": "https://calendar.google.com/calendar/r?" + urlencode({"cid": webcal}),
        "outlook": "https://outlook.live.com/calendar/0/addfromweb?"
        + urlencode({"url": address, "name": name}),
    }


class SubscribeView(TemplateView):
    """The page for everybody; who is logged in finds the private addresses on it."""

    template_name = "rooms/subscribe.html"
    fresh: FeedToken | None = None
    token = ""
    form: AddressForm | None = None

    @property
    def viewer(self) -> Viewer:
        """Who looks."""
        return cast(ViewerRequest, self.request).viewer

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = self.render_to_response(self.get_context_data(**kwargs))
        response["Referrer-Policy"] = "same-origin"
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rooms = list(Room.objects.filter(published=True))
        words = words_of_rooms(rooms, most=0)
        wanted = self.request.GET.get("room", "")
        chosen = next((room for room in rooms if room.code == wanted), None)
        if chosen is not None:
            path, name = reverse("rooms-calendar", args=[chosen.code]), words[chosen.pk].title
        else:
            path, name = reverse("rooms-calendar-all"), _("All rooms")
        return super().get_context_data(
            rooms=[{"code": room.code, "name": words[room.pk].title} for room in rooms],
            chosen=chosen.code if chosen else "",
            calendar=subscription(path, name),
            guides=guides(),
            **self._private(),
            **kwargs,
        )

    def _private(self) -> dict[str, Any]:
        viewer = self.viewer
        if viewer.user is None or viewer.agent is not None:
            return {}
        is_agent = rooms_for_agent(viewer.user).exists()
        fresh = None
        if self.fresh is not None:
            path = reverse("rooms-calendar-private", args=[self.token])
            fresh = subscription(path, words_of(self.fresh))
        return {
            "is_logged_in": True,
            "addresses": [address_row(row) for row in feed_tokens.tokens_of(viewer.user)],
            "form": self.form
            or AddressForm(is_agent=is_agent, initial={"scope": FeedScope.PERSONAL}),
            "fresh": fresh,
        }


class MakeAddressView(ViewerRequiredMixin, SubscribeView):
    """Makes a private address, or replaces one, and shows it this one time."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, public_id: UUID | None = None) -> HttpResponse:
        user = person_acting(self.viewer)
        if public_id is not None:
            self.fresh, self.token = feed_tokens.rotate(user=user, public_id=public_id)
            return self.render_to_response(self.get_context_data())
        form = AddressForm(request.POST, is_agent=rooms_for_agent(user).exists())
        status = 200
        if not form.is_valid() or not self._made(form, user):
            self.form, status = form, 422
        return self.render_to_response(self.get_context_data(), status=status)

    def _made(self, form: AddressForm, user: User) -> bool:
        try:
            made = feed_tokens.make(user=user, scope=form.chosen, name=form.cleaned_data["name"])
        except DomainError as refusal:
            form.add_error(None, str(refusal))
            return False
        self.fresh, self.token = made
        return True


class EndAddressView(ViewerRequiredMixin, View):
    """Ends a private address at once."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        row = feed_tokens.end(user=person_acting(self.viewer), public_id=public_id)
        text = _("The address “%(name)s” has ended. Programs that use it get nothing any more.")
        messages.success(request, text % {"name": words_of(row)})
        return redirect("rooms-subscribe")


def words_of(row: FeedToken) -> str:
    """Return what an address is called."""
    return row.name or row.get_scope_display()


def address_row(row: FeedToken) -> dict[str, Any]:
    """Return one line of the list."""
    return {
        "id": row.public_id,
        "name": words_of(row),
        "scope": row.get_scope_display() if row.name else "",
        "made": formats.long_date(row.created_at),
        "used": formats.long_date(row.used_on) if row.used_on else "",
    }


def guides() -> list[dict[str, str]]:
    """Return how each program subscribes, and how often it looks."""
    return [
        {
            "id": "google",
            "title": "Google",
            "text": _(
                "On a computer, open Google Calendar, then “Other calendars”, “+”, “From URL”. Paste the address and "
                "confirm. It then shows on your phone too."
            ),
            "pace": _("Google looks for changes once or twice a day. This cannot be changed."),
        },
        {
            "id": "outlook",
            "title": "Outlook",
            "text": _(
                "Open the calendar on the web or in the new Outlook, then “Add calendar”, “Subscribe from web”. Paste "
                "the address, give it a name and import it."
            ),
            "pace": _("Outlook looks for changes every few hours."),
        },
        {
            "id": "apple",
            "title": _("Apple (iPhone, iPad, Mac)"),
            "text": _(
                "Press “Open in my program” on the device itself and confirm the subscription. On a Mac you can also "
                "choose “File”, “New Calendar Subscription” and paste the address."
            ),
            "pace": _("Apple looks for changes every hour, or as you set it."),
        },
        {
            "id": "thunderbird",
            "title": "Thunderbird",
            "text": _(
                "Open the calendar, then “New Calendar…”, “On the Network”. Paste the address, leave the user name "
                "empty and confirm."
            ),
            "pace": _("Thunderbird looks for changes every 30 minutes, or as you set it."),
        },
    ]
