"""Refusals of calendars that people subscribe to."""

from django.utils.translation import gettext_lazy as _

from eservices.errors import Conflict, Invalid, NotFound


class PeriodRefused(Invalid):
    """Free and busy times are asked for days that do not exist, end before they begin, or are too many."""

    code = "rooms.period_refused"
    message = _("Give two days as YYYY-MM-DD, at most %(days)s days apart.")


class WeekRefused(Invalid):
    """What is asked for is no week or month, or lies more than three years away."""

    code = "rooms.week_refused"
    message = _("Give a week as 2026-W49 or a month as 2026-12, at most three years away.")


class RoomNotOffered(NotFound):
    """A calendar on a page of somebody else names a room that is not published, or none."""

    code = "rooms.not_offered"
    message = _("This room is not offered at the moment, or its name was mistyped on this page.")


class TooManyFeedAddresses(Conflict):
    """A person has as many private addresses of calendars as one may have."""

    code = "rooms.too_many_addresses"
    message = _("You have %(count)s calendar addresses. End one that you no longer use first.")
