"""What the pages of agents about rooms share: who may open them, the booking that they are about."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eservices.backoffice.people import RightMixin
from eservices.models import JournalEntry
from eservices.queries.introducers import introducers_of
from rooms.models import Booking
from rooms.queries.bookings import VIEW_BOOKINGS, booking_for_agent
from rooms.queries.history import words_of_event


class RoomsMixin(RightMixin):
    """A page for agents of rooms, in the frame of the Wagtail admin."""

    right = VIEW_BOOKINGS
    header_icon = "home"
    trail: tuple[tuple[str, Any], ...] = (("agent-rooms", gettext_lazy("Rooms")),)


class BookingMixin(RoomsMixin):
    """One booking of the agent's rooms, by its reference."""

    kwargs: dict[str, Any]
    request: HttpRequest

    @cached_property
    def booking(self) -> Booking:
        """The booking; NotFound for those of other teams."""
        return booking_for_agent(self.agent, self.kwargs["reference"].replace("\0", ""))

    @property
    def introducer(self) -> Any:
        """In whose name it was asked for."""
        return introducers_of([self.booking])[self.booking.pk]  # type: ignore[list-item]

    @property
    def address(self) -> str:
        """Where the page of the booking stands."""
        return reverse("agent-booking", args=[self.booking.reference])

    def get_page_title(self) -> str:
        return f"{self.booking.room.name} {self.booking.reference}"

    def changed_meanwhile(self, revision: int) -> str:
        """Return who changed the booking since somebody read it, in words; empty when nobody did."""
        if revision == self.booking.revision:
            return ""
        last = (
            JournalEntry.objects.filter(
                subject_type=Booking._meta.label_lower, subject_id=self.booking.public_id
            )
            .exclude(event__in=("read", "message_sent"))
            .select_related("actor")
            .order_by("-sequence")
            .first()
        )
        if last is None:
            return ""
        return _("Meanwhile: %(what)s, %(who)s.") % {
            "what": words_of_event(last.event),
            "who": last.actor.display_name if last.actor else _("by itself"),
        }


def posted_revision(request: HttpRequest) -> int:
    """Return the state that the person has read, as the form carries it; -1 for anything else."""
    given = request.POST.get("revision", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else -1
