"""Calendars (RFC 5545): what an event says to whom, how it is written, which events a calendar holds."""
