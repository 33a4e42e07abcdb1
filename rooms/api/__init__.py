"""Rooms and bookings below /api/v1/rooms/: what the pages do, by the same queries and actions."""
