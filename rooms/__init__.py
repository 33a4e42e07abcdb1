"""Rooms: see what is free, request it, have it confirmed, subscribe to it. A plugin of the e-services."""
