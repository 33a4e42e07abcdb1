"""Calendars of others: fetched over HTTP, read into plain events."""
