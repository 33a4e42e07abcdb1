"""Refusals of times."""

from django.utils.translation import gettext_lazy as _

from eservices.errors import Invalid


class RoomClosed(Invalid):
    """The room is closed during a part of the time."""

    code = "rooms.closed"
    message = _("The room is closed during a part of this time. Choose a time that is open.")


class HourMissing(Invalid):
    """The hour does not exist: clocks go forward that night."""

    code = "rooms.hour_missing"
    message = _("This hour does not exist: clocks go forward that night. Choose another hour.")


class EndNotLater(Invalid):
    """A time has a length."""

    code = "rooms.end_not_later"
    message = _("The end must be later than the start.")


class NotInSteps(Invalid):
    """Times begin and end at the steps of the room."""

    code = "rooms.not_in_steps"
    message = _("Bookings of this room begin and end every %(minutes)s minutes.")


class TooShort(Invalid):
    """The time is shorter than the room is let for."""

    code = "rooms.too_short"
    message = _("This room is let for at least %(length)s.")


class TooLong(Invalid):
    """The time is longer than the room is let for."""

    code = "rooms.too_long"
    message = _("This room is let for at most %(length)s.")


class TooSoon(Invalid):
    """The time is too near."""

    code = "rooms.too_soon"
    message = _("Book this room at least %(hours)s hours ahead.")


class TooFarAhead(Invalid):
    """The time is too far away."""

    code = "rooms.too_far"
    message = _("This room can be booked at most %(days)s days ahead.")


class OutsideSeason(Invalid):
    """The room is not let on this day of the year."""

    code = "rooms.outside_season"
    message = _("This room cannot be booked on this day.")


class WholeDaysOnly(Invalid):
    """The room is let by whole days."""

    code = "rooms.whole_days_only"
    message = _("This room is let for whole days only.")


class HolidaysMissing(Invalid):
    """The lists of holidays hold nothing for a year or a community: better nothing than half."""

    code = "rooms.holidays_missing"
    message = _(
        "The lists hold no holidays of %(year)s (%(community)s). Nothing was imported: type them in."
    )
