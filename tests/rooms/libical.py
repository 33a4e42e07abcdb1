"""Calendars as libical reads them: the library of Evolution, KOrganizer and many servers, called by ctypes."""

import ctypes
from datetime import UTC, datetime
from functools import cache
from typing import Any

_EVENT, _ANY = 4, 0  # ICAL_VEVENT_COMPONENT, ICAL_ANY_PROPERTY of libical 3


class _Span(ctypes.Structure):
    """struct icaltime_span."""

    _fields_ = (("start", ctypes.c_int64), ("end", ctypes.c_int64), ("is_busy", ctypes.c_int))


@cache
def _library() -> Any:
    library = ctypes.CDLL("libical.so.3")
    component, text = ctypes.c_void_p, ctypes.c_char_p
    for name, result, *arguments in (
        ("icalparser_parse_string", component, text),
        ("icalcomponent_free", None, component),
        ("icalcomponent_get_first_component", component, component, ctypes.c_int),
        ("icalcomponent_get_next_component", component, component, ctypes.c_int),
        ("icalcomponent_count_properties", ctypes.c_int, component, ctypes.c_int),
        ("icalcomponent_count_errors", ctypes.c_int, component),
        ("icalcomponent_get_span", _Span, component),
        ("icalcomponent_get_uid", text, component),
        ("icalcomponent_get_summary", text, component),
        ("icalcomponent_get_status", ctypes.c_int, component),
        ("icalproperty_status_to_string", text, ctypes.c_int),
    ):
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


def events(content: bytes) -> list[list[Any]]:
    """The events of a calendar: UID, start, end, summary, status and number of properties."""
    library = _library()
    calendar = library.icalparser_parse_string(content)
    assert calendar, "libical reads nothing"
    try:
        assert library.icalcomponent_count_errors(calendar) == 0
        rows = []
        event = library.icalcomponent_get_first_component(calendar, _EVENT)
        while event:
            span = library.icalcomponent_get_span(event)
            status = library.icalcomponent_get_status(event)
            rows.append(
                [
                    library.icalcomponent_get_uid(event).decode(),
                    datetime.fromtimestamp(span.start, UTC),
                    datetime.fromtimestamp(span.end, UTC),
                    library.icalcomponent_get_summary(event).decode(),
                    library.icalproperty_status_to_string(status).decode(),
                    library.icalcomponent_count_properties(event, _ANY),
                ]
            )
            event = library.icalcomponent_get_next_component(calendar, _EVENT)
        return rows
    finally:
        library.icalcomponent_free(calendar)
