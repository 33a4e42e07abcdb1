"""Addresses below /api/v1/rooms/; the words before `<code>` are no codes of rooms (`queries.places.RESERVED`)."""

from django.urls import URLPattern, path

from rooms.api import agent_acts, agents, blocks, bookings, discussion, quotes, rooms

_BOOKING = "bookings/<str:reference>/"
_AGENT = f"agent/{_BOOKING}"
_ACTS = {
    "confirm": agent_acts.ConfirmView,
    "decline": agent_acts.DeclineView,
    "propose": agent_acts.ProposeView,
    "move": agent_acts.MoveView,
    "cancel": agent_acts.RevokeView,
    "no-show": agent_acts.MissView,
    "residence": agent_acts.ResidenceView,
    "title": agent_acts.TitleView,
    "payment": agent_acts.PaymentView,
    "handover": agent_acts.HandoverView,
}

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
    path("agent/bookings/", agents.AgentBookingsView.as_view(), name="api-agent-bookings"),
    path("agent/people/", agents.PeopleView.as_view(), name="api-agent-room-people"),
    path("agent/blocks/", blocks.BlocksView.as_view(), name="api-agent-blocks"),
    path("agent/blocks/<uuid:block_id>/", blocks.BlockView.as_view(), name="api-agent-block"),
    path(_AGENT, agents.AgentBookingView.as_view(), name="api-agent-booking"),
    *[
        path(f"{_AGENT}{name}/", view.as_view(), name=f"api-agent-booking-{name}")
        for name, view in _ACTS.items()
    ],
    path(
        f"{_AGENT}messages/",
        agents.AgentMessagesView.as_view(),
        name="api-agent-booking-messages",
    ),
    path(
        f"{_AGENT}documents/<uuid:document_id>/",
        agents.AgentDocumentView.as_view(),
        name="api-agent-booking-document",
    ),
    path("<slug:code>/", rooms.RoomView.as_view(), name="api-room"),
    path(
        "<slug:code>/availability/",
        rooms.RoomAvailabilityView.as_view(),
        name="api-room-availability",
    ),
]
