"""The week and the month of a room as their templates draw them."""

import calendar
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from eservices import formats
from rooms.enums import PendingPolicy
from rooms.models import Room
from rooms.queries.availability import Word
from rooms.queries.choosing import after_click
from rooms.queries.clock import Span, days, local
from rooms.queries.offers import at, offered_window
from rooms.queries.weeks import Cell, DayWord, Week, monday_of, month_of
from rooms.queries.words import hours_words
from rooms.views.addresses import MORE, query_of, write_week

#: Longer than this a cell takes a whole line on phones.
WIDE = 240


def week_section(
    room: Room, week: Week, times: Sequence[Span], *, more: bool, now: datetime
) -> dict[str, Any]:
    """Return the week as the template draws it."""
    monday, sunday = week.monday, week.monday + timedelta(days=6)
    name = write_week(monday)
    keep = MORE if more else ""
    window = offered_window(room, now=now)
    return {
        "name": name,
        "monday": monday,
        "title": _("Week %(period)s") % {"period": formats.period(monday, sunday)},
        "previous": query_of(times, week=write_week(monday - timedelta(days=7)), more=keep),
        "following": query_of(times, week=write_week(monday + timedelta(days=7)), more=keep),
        "month": query_of(times, month=f"{monday:%Y-%m}"),
        "columns": [
            {"label": hours_words(_column_span(week, c.start, c.end)), "parts": c.parts}
            for c in week.columns
        ],
        "parts": sum(column.parts for column in week.columns),
        "whole_days": room.whole_days,
        "rows": [
            {
                "day": row.day,
                "weekday": formats.weekday(row.day).capitalize(),
                "short": formats.day_and_month(row.day),
                "cells": [
                    cell_row(room, week, cell, times, more=more, now=now) for cell in row.cells
                ],
            }
            for row in week.days
        ],
        "until": local(window.end).date() if sunday > local(window.end).date() else None,
        "over": local(now).date() > sunday,
    }


def _column_span(week: Week, start: int, end: int) -> Span:
    return Span(at(week.monday, start), at(week.monday, end))


def cell_row(
    room: Room, week: Week, cell: Cell, times: Sequence[Span], *, more: bool, now: datetime
) -> dict[str, Any]:
    """Return one cell: its word, its hours for phones, and where a click leads if it can be asked for."""
    url = ""
    competes = room.pending_policy == PendingPolicy.COMPETE and cell.word == Word.OPTION
    if cell.chosen:
        url = "#request"
    elif cell.word == Word.FREE or competes:
        after = after_click(room, week.found, cell.span, times, more=more, now=now)
        url = query_of(after, week=write_week(week.monday)) + "#week"
    return {
        "kind": "mine" if cell.chosen else cell.word.value,
        "word": word_of(cell),
        "hours": _("All day") if len(week.columns) == 1 else hours_words(cell.span),
        "parts": cell.parts,
        "wide": cell.span.minutes > WIDE,
        "url": url,
        "extends": bool(times) and not more,
    }


def word_of(cell: Cell) -> str:
    """Return what stands in a cell."""
    if cell.chosen:
        return _("Your choice")
    return {
        Word.FREE: pgettext("room", "Free"),
        Word.BUSY: pgettext("room", "Busy"),
        Word.OPTION: pgettext("room", "Option"),
        Word.CLOSED: pgettext("room", "Closed"),
        Word.PAST: pgettext("room", "Too late"),
    }[cell.word]


def month_section(room: Room, first: date, times: Sequence[Span], now: datetime) -> dict[str, Any]:
    """Return a month as weeks of days, each with one word and a link to its week."""
    last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
    start, end = monday_of(first), monday_of(last) + timedelta(days=6)
    found = month_of(room, first, last, now=now)
    cells = [
        {
            "day": day,
            "kind": found[day].value,
            "word": day_word(found[day]),
            "url": query_of(times, week=write_week(monday_of(day))) + "#week",
        }
        if day in found
        else {}
        for day in days(start, end)
    ]
    before = first - timedelta(days=1)
    after = last + timedelta(days=1)
    return {
        "title": formats.month(first),
        "weekdays": [formats.weekday(start + timedelta(days=number)) for number in range(7)],
        "rows": [cells[at : at + 7] for at in range(0, len(cells), 7)],
        "previous": query_of(times, month=f"{before:%Y-%m}"),
        "following": query_of(times, month=f"{after:%Y-%m}"),
        "week": query_of(times, week=write_week(monday_of(first))),
    }


def day_word(word: DayWord) -> str:
    """Return what stands in a day of the month."""
    return {
        DayWord.FREE: pgettext("day of a month, short", "Free"),
        DayWord.SOME: pgettext("day of a month, short", "Partly free"),
        DayWord.FULL: pgettext("day of a month, short", "Full"),
        DayWord.CLOSED: pgettext("day of a month, short", "Closed"),
        DayWord.PAST: pgettext("day of a month, short", "Too late"),
    }[word]
