"""What the rooms add to the suite."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, ClassVar

from django.urls import URLPattern, URLResolver, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from eservices.contract import (
    ApiRoute,
    ErasureReport,
    EService,
    HeldData,
    Job,
    NavItem,
    PersonalData,
    Reading,
    Requirement,
    Tile,
    Viewer,
    type_text,
)
from eservices.enums import Side
from eservices.models import AmountDue, Notice, User
from eservices.permissions import AGENTS, EDITORS
from rooms.actions import calendars, decisions, dues, external_calendars, letters, privacy
from rooms.queries import copies
from rooms.queries.words import asking_named_room


class Rooms(EService):
    """Rooms: what is free, requests, bookings, calendars."""

    slug = "rooms"
    verbose_name = _("Rooms")
    icon = "calendar-days"
    address = pgettext_lazy("address", "rooms/")
    notice_titles: ClassVar[Mapping[str, type_text]] = letters.TITLES
    rights: ClassVar[Mapping[str, Sequence[tuple[str, str]]]] = {
        EDITORS: [
            *(("rooms", f"{act}_roomtext") for act in ("add", "change", "delete", "view")),
            ("wagtail_localize", "submit_translation"),
        ],
        AGENTS: [
            *(("rooms", f"{act}_room") for act in ("add", "change", "view")),
            *(
                ("rooms", f"{act}_{what}")
                for act in ("add", "change", "delete", "view")
                for what in ("openingexception", "externalcalendar")
            ),
            *(("rooms", f"{act}_booking") for act in ("change", "view")),
        ],
    }

    def backoffice_viewsets(self) -> Sequence[Any]:
        """The administration of the rooms."""
        from rooms.backoffice.viewsets import RoomsGroup  # needs all apps, which load this module

        return [RoomsGroup()]

    def root_urls(self) -> Sequence[URLPattern | URLResolver]:
        """Calendars, below /ical/."""
        from rooms.root_urls import urlpatterns  # views need services that are ready

        return urlpatterns

    def requirement_of(self, item: str) -> Requirement:
        """What the room of this code asks of who requests it."""
        return asking_named_room(item).requirement

    def navigation(self, viewer: Viewer) -> Iterable[NavItem]:
        """The list of rooms, for everybody."""
        return [NavItem(key="rooms", label=_("Rooms"), url=reverse("rooms"), position=30)]

    def tiles(self, viewer: Viewer) -> Iterable[Tile]:
        """Bookings that wait for the person, and the way to a new one."""
        from rooms.views.tiles import tiles_of  # views need services that are ready

        return tiles_of(viewer)

    def urls(self) -> Sequence[URLPattern | URLResolver]:
        """The pages of the rooms and of the bookings."""
        from rooms.urls import urlpatterns  # views need services that are ready

        return urlpatterns

    def api_routes(self) -> Sequence[ApiRoute]:
        """The same by API."""
        from rooms.api.urls import urlpatterns  # as above

        return [ApiRoute(patterns=urlpatterns)]

    def notice_path(self, notice: Notice) -> str:
        """The page of the booking, for who booked or for agents."""
        return letters.notice_path(notice)

    def jobs(self) -> Sequence[Job]:
        """Requests that nobody decides, bookings that nobody pays, bookings that are over."""
        return [
            Job(name="rooms.expire", every=timedelta(minutes=10), run=expire),
            Job(
                name="rooms.read_calendars",
                every=timedelta(minutes=15),
                run=read_calendars,
            ),
            Job(name="rooms.complete", every=timedelta(hours=1), run=complete),
            Job(name="rooms.purge", every=timedelta(days=1), run=purge),
            Job(name="rooms.forget_cancelled", every=timedelta(days=1), run=forget_cancelled),
            Job(name="rooms.remind", every=timedelta(hours=1), run=remind),
        ]

    def awaits_payment(self, amount: AmountDue, by: User) -> None:
        """Only while the booking waits for its money, and only agents of its room."""
        dues.awaited(amount, by)

    def amount_paid(self, amount: AmountDue, by: User) -> None:
        """Confirm the booking once all of it is paid."""
        decisions.paid(booking=dues.booking_of(amount), by=by, side=Side.AGENT)

    def held_personal_data(self, user: User) -> Iterable[HeldData]:
        """Bookings, messages, documents, addresses of calendars."""
        return copies.held(user)

    def readings(self, user: User) -> Iterable[Reading]:
        """When agents read the person's bookings."""
        return copies.readings(user)

    def export_personal_data(self, user: User) -> Iterable[PersonalData]:
        """All bookings with discussion, history and documents, and the addresses of calendars."""
        parts = (copies.booking_copies(user), copies.address_copies(user))
        return [part for part in parts if part.content]

    def plan_erasure(self, user: User) -> ErasureReport:
        """Requests go, accepted bookings stay until their day."""
        return copies.erasure_plan(user)

    def erase_personal_data(self, user: User, by: User | None) -> ErasureReport:
        """Withdraw and erase requests."""
        return privacy.erase_bookings(user, by)


def expire() -> None:
    """Let undecided requests lapse, and bookings that were not paid in time."""
    decisions.expire()


def purge() -> None:
    """Delete bookings whose time of keeping is over."""
    privacy.purge()


def read_calendars() -> None:
    """Read the calendars of others that block rooms."""
    external_calendars.read_all()


def complete() -> None:
    """Note that bookings are over."""
    decisions.complete()


def forget_cancelled() -> None:
    """Delete cancelled events that no calendar shows any more."""
    calendars.forget()


def remind() -> None:
    """Remind people of bookings that begin within a day."""
    letters.remind()
