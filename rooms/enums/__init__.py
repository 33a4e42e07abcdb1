"""Closed lists of the rooms: what a booking can be, what can happen to it, how rooms are opened and priced."""

from .bookings import (
    BOOKING_MOVES,
    HOLDING,
    TURN,
    BlockKind,
    BookingEvent,
    BookingMove,
    BookingState,
    HandoverKind,
)
from .feeds import Audience, CalendarFailure, FeedScope
from .places import (
    Approval,
    Community,
    DayKind,
    FeatureKind,
    HolidayKind,
    Layout,
    PendingPolicy,
    PriceUnit,
)

__all__ = [
    "Approval",
    "Audience",
    "BOOKING_MOVES",
    "BlockKind",
    "BookingEvent",
    "BookingMove",
    "BookingState",
    "CalendarFailure",
    "Community",
    "DayKind",
    "FeatureKind",
    "FeedScope",
    "HOLDING",
    "HandoverKind",
    "HolidayKind",
    "Layout",
    "PendingPolicy",
    "PriceUnit",
    "TURN",
]
