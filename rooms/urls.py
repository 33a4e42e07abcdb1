"""Addresses of the rooms' pages; the words in them are those of the page's language."""

from django.urls import URLPattern, URLResolver, include, path
from django.utils.translation import pgettext_lazy

from rooms.views import bookings, discussion, embed, listing, request, room, subscribe, today

_booking_pages: list[URLPattern] = [
    path("", bookings.BookingView.as_view(), name="booking"),
    path("answer/", bookings.AnswerView.as_view(), name="booking-answer"),
    path("cancel/", bookings.CancelView.as_view(), name="booking-cancel"),
    path("messages/", discussion.MessageView.as_view(), name="booking-message"),
    path(
        "documents/<uuid:document_id>/", discussion.DocumentView.as_view(), name="booking-document"
    ),
]

_calendar_pages: list[URLPattern] = [
    path("", subscribe.SubscribeView.as_view(), name="rooms-subscribe"),
    path(pgettext_lazy("address", "embed/"), embed.EmbedView.as_view(), name="rooms-embed"),
    path("make/", subscribe.MakeAddressView.as_view(), name="rooms-address-make"),
    path(
        "<uuid:public_id>/replace/",
        subscribe.MakeAddressView.as_view(),
        name="rooms-address-replace",
    ),
    path("<uuid:public_id>/end/", subscribe.EndAddressView.as_view(), name="rooms-address-end"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", listing.RoomListView.as_view(), name="rooms"),
    path(
        pgettext_lazy("address", "my-bookings/"), bookings.BookingsView.as_view(), name="bookings"
    ),
    path(pgettext_lazy("address", "my-bookings/<str:reference>/"), include(_booking_pages)),
    path("calendars/", include(_calendar_pages)),
    path("<slug:code>/", room.RoomView.as_view(), name="room"),
    path(
        pgettext_lazy("address", "<slug:code>/today/"),
        today.TodayView.as_view(),
        name="room-today",
    ),
    path(
        pgettext_lazy("address", "<slug:code>/request/"),
        request.RequestView.as_view(),
        name="room-request",
    ),
]
