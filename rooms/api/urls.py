"""Addresses below /api/v1/rooms/; the words before `<code>` are no codes of rooms (`RESERVED`)."""

from django.urls import URLPattern, path

from rooms.api import bookings, discussion, quotes, rooms

_BOOKING = "bookings/<str:reference>/"

urlpatterns: list[URLPattern] = [
    path("", rooms.RoomsView.as_view(), name="api-rooms"),
    path("availability/", rooms.AvailabilityView.as_view(), name="api-rooms-availability"),
    path("quote/", quotes.QuoteView.as_view(), name="api-rooms-quote"),
    path("dry-run/", quotes.DryRunView.as_view(), name="api-rooms-dry-run"),
    path("bookings/", bookings.BookingsView.as_view(), name="api-bookings"),
    path(_BOOKING, bookings.BookingView.as_view(), name="api-booking"),
    path(
        f"{_BOOKING}cancellation/",
        bookings.CancellationView.as_view(),
        name="api-booking-cancellation",
    ),
    path(f"{_BOOKING}cancel/", bookings.CancelView.as_view(), name="api-booking-cancel"),
    path(
        f"{_BOOKING}accept-proposal/",
        bookings.AcceptProposalView.as_view(),
        name="api-booking-accept-proposal",
    ),
    path(
        f"{_BOOKING}decline-proposal/",
        bookings.DeclineProposalView.as_view(),
        name="api-booking-decline-proposal",
    ),
    path(f"{_BOOKING}calendar.ics", bookings.CalendarView.as_view(), name="api-booking-calendar"),
    path(f"{_BOOKING}messages/", discussion.MessagesView.as_view(), name="api-booking-messages"),
    path(f"{_BOOKING}documents/", discussion.DocumentsView.as_view(), name="api-booking-documents"),
    path(
        f"{_BOOKING}documents/<uuid:document_id>/",
        discussion.DocumentView.as_view(),
        name="api-booking-document",
    ),
    path("<slug:code>/", rooms.RoomView.as_view(), name="api-room"),
    path(
        "<slug:code>/availability/",
        rooms.RoomAvailabilityView.as_view(),
        name="api-room-availability",
    ),
]
