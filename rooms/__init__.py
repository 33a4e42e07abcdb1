"""Rooms and their calendars; joins through the plugin contract."""
