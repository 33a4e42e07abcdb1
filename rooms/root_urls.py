"""Addresses of calendars, the same in every language."""

from django.urls import path

from rooms.views import calendars, embed

urlpatterns = [
    path("embed/room-calendar.js", embed.ScriptView.as_view(), name="rooms-embed-script"),
    path("embed/rooms/<slug:code>.json", embed.DataView.as_view(), name="rooms-embed-data"),
    path("ical/rooms.ics", calendars.RoomsCalendarView.as_view(), name="rooms-calendar-all"),
    path("ical/rooms/<slug:code>.ics", calendars.RoomCalendarView.as_view(), name="rooms-calendar"),
    path("ical/rooms/<slug:code>.ifb", calendars.FreeBusyView.as_view(), name="rooms-free-busy"),
    path(
        "ical/t/<str:token>.ics",
        calendars.PrivateCalendarView.as_view(),
        name="rooms-calendar-private",
    ),
    path(
        "ical/bookings/<str:reference>.ics",
        calendars.BookingCalendarView.as_view(),
        name="rooms-calendar-booking",
    ),
]
