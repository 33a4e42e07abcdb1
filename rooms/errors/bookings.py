"""Refusals of requests and of decisions on them."""

from django.utils.translation import gettext_lazy as _

from eservices.errors import Conflict, Invalid, Refused


class SlotTaken(Conflict):
    """Somebody else has the room, or a part of it, at this time."""

    code = "rooms.slot_taken"
    message = _("The room has just been taken at this time. Choose another time.")


class BookingMoveRefused(Conflict):
    """The booking is in a state in which this cannot happen, or was changed meanwhile."""

    code = "rooms.move_refused"
    message = _("This is no longer possible: the booking changed. Reload the page and look again.")


class BookingEnded(Conflict):
    """The time of the booking is over."""

    code = "rooms.ended"
    message = _("This booking is over.")


class KindNotAccepted(Refused):
    """Profiles of this kind cannot book the room."""

    code = "rooms.kind_not_accepted"
    message = _("This room is not let to the profile that you use. Choose another profile or room.")


class TooManyBookings(Conflict):
    """The profile has as many open bookings of the room as it may."""

    code = "rooms.too_many"
    message = _(
        "You have %(count)s open bookings of this room: more are not possible at the same time."
    )


class PurposeMissing(Invalid):
    """A request needs a purpose."""

    code = "rooms.purpose_missing"
    message = _("Say what you need the room for.")


class AttendeesRefused(Invalid):
    """The room does not hold so many people, or is not let for so few."""

    code = "rooms.attendees_refused"
    message = _("This room is for %(least)s to %(most)s people.")


class LayoutTooSmall(Invalid):
    """In this layout the room holds fewer people."""

    code = "rooms.layout_too_small"
    message = _("Set up like this the room holds %(most)s people.")


class ExtraUnknown(Invalid):
    """The room has no such extra, or not so many of it."""

    code = "rooms.extra_unknown"
    message = _("This room does not offer this, or not so many of it.")


class RoomTermsNotAccepted(Invalid):
    """The terms of the rooms in force must be accepted."""

    code = "rooms.terms_not_accepted"
    message = _("Accept the terms of the rooms to go on.")


class SeriesNotAllowed(Invalid):
    """The room is not let in series."""

    code = "rooms.series_not_allowed"
    message = _("This room is booked one time at a time.")


class SeriesRefused(Invalid):
    """A series needs a rule with between two and sixty times."""

    code = "rooms.series_refused"
    message = _("A series has between two and sixty times. Change its end.")


class SeriesNotFree(Conflict):
    """Dates of a series cannot be had, and were neither left out nor given other hours."""

    code = "rooms.series_not_free"
    message = _("Some dates cannot be had. Leave them out or give them other hours.")


class LayoutUnknown(Invalid):
    """The room is not set up like this."""

    code = "rooms.layout_unknown"
    message = _("This room is not offered in this layout. Choose another one.")


class ReasonMissing(Invalid):
    """Declining, cancelling for others and deciding against the rules need a reason."""

    code = "rooms.reason_missing"
    message = _("Give the reason: the person reads it.")


class SignerMissing(Invalid):
    """Who hands over or takes back a room signs: by name at least."""

    code = "rooms.signer_missing"
    message = _("Write the name of the person who signs.")


class SignatureDamaged(Invalid):
    """A drawn signature is the path of a pen, and nothing else."""

    code = "rooms.signature_damaged"
    message = _(
        "The drawing could not be read. Draw the signature again, or let the name stand alone."
    )


class BookingMessageEmpty(Invalid):
    """A message has words or documents."""

    code = "rooms.message_empty"
    message = _("Write a message or add a document.")


class DocumentInfected(Invalid):
    """The virus scanner found something in a document."""

    code = "rooms.document_infected"
    message = _(
        "“%(name)s” holds a virus and was not taken. Check your device, and send another file."
    )
