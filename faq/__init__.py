"""Frequently asked questions as Wagtail pages, their search and their public API."""
