"""Who reads a calendar."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Audience(TextChoices):
    """For whom one event is written: everybody sees that a room is busy, and no more."""

    PUBLIC = "public", _("Everybody")
    REQUESTER = "requester", _("Who booked")
    AGENT = "agent", _("Agents")


class FeedScope(TextChoices):
    """What a private address of a calendar shows."""

    PERSONAL = "personal", _("My bookings")
    AGENT = "agent", _("The bookings of my teams")


class CalendarFailure(TextChoices):
    """Why somebody else's calendar could not be read."""

    ADDRESS = "address", _("The address is not one of a calendar on the web (https://…).")
    UNREACHABLE = "unreachable", _("Nobody answers at this address.")
    PRIVATE = "private", _("The address lies in a private network, which is not allowed.")
    REFUSED = "refused", _("The other side refuses: perhaps the calendar is no longer shared.")
    REDIRECTS = "redirects", _("The address leads from one to another without end.")
    TOO_LARGE = "too_large", _("The calendar is too large.")
    NOT_A_CALENDAR = "not_a_calendar", _("What stands there is no calendar that can be read.")
