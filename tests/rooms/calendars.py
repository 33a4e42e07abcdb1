"""Reading calendars in tests."""

from typing import Any

from django.test import Client
from icalendar import Calendar


def fetch(path: str, client: Client | None = None, **headers: str) -> Any:
    """GET an address as a program does, without cookies."""
    return (client or Client()).get(path, headers=headers)


def events_in(content: bytes) -> list[Any]:
    """The events of a calendar, by time."""
    found = Calendar.from_ical(content).walk("VEVENT")
    return sorted(found, key=lambda event: (event["dtstart"].dt, str(event["uid"])))


def line_faults(content: bytes) -> list[bytes]:
    """The lines that break RFC 5545 3.1: longer than 75 octets, not ended by CRLF, not whole UTF-8."""
    assert content.endswith(b"\r\n")
    lines = content.split(b"\r\n")[:-1]
    return [
        line
        for line in lines
        if len(line) > 75 or b"\n" in line or b"\r" in line or not _whole(line)
    ]


def _whole(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True
