"""Rows of the rooms."""

from .bookings import Booking, BookingDocument, BookingMessage, BookingSeries, HandoverRecord
from .feeds import EventFragment, FeedToken, FeedVersion
from .hours import HolidayPeriod, OpeningException, OpeningRule
from .occupancy import Block, ExternalCalendar, Occupancy
from .places import Room, RoomCapacity, RoomFeature, RoomSite, RoomText, RoomUnit
from .prices import RoomExtra, RoomTerms, Tariff

__all__ = [
    "Block",
    "Booking",
    "BookingDocument",
    "BookingMessage",
    "BookingSeries",
    "EventFragment",
    "ExternalCalendar",
    "FeedToken",
    "FeedVersion",
    "HandoverRecord",
    "HolidayPeriod",
    "Occupancy",
    "OpeningException",
    "OpeningRule",
    "Room",
    "RoomCapacity",
    "RoomExtra",
    "RoomFeature",
    "RoomSite",
    "RoomTerms",
    "RoomText",
    "RoomUnit",
    "Tariff",
]
