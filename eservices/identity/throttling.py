"""Limits on tries."""
