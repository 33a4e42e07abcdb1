"""How fast the calendars of the rooms are: `./dev bench feeds`.

A fresh SQLite database holds 1,000 bookings of one room (then 10,000), their events written as the product writes
them. Compared with the same bytes rendered by django-ical at each request: the calendar must be at least 60 times
faster, the answer "nothing changed" at least 100 times with at most 3 queries, and 10,000 bookings must take less than
1.5 s and 100 MB. The exit status is 1 below a target.
"""

import sys
import tracemalloc
from dataclasses import replace
from datetime import timedelta
from typing import Any

from rooms_database import copies_of, in_own_database, seconds

SMALL, LARGE = 1_000, 10_000
FEED_RATIO, UNCHANGED_RATIO, SECONDS, MEGABYTES, QUERIES = 60, 100, 1.5, 100, 3


def of(row: Any, event: Any) -> Any:
    """The event of a copy of the first booking."""
    return replace(event, uid=row.uid, starts_at=row.starts_at, ends_at=row.ends_at)


def measure() -> int:
    """Measure in this process; the database is made in a folder that goes with it."""
    from django.core.management import call_command  # noqa: PLC0415  after the settings
    from django.db import connection  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    from rooms.enums import Approval  # noqa: PLC0415
    from rooms.feeds.events import booking_event, shown_name  # noqa: PLC0415
    from rooms.feeds.rendering import Head, calendar_bytes, event_text  # noqa: PLC0415
    from rooms.models import Booking, EventFragment  # noqa: PLC0415
    from tests.factories.eservices import make_user  # noqa: PLC0415
    from tests.factories.rooms import make_booking, make_room  # noqa: PLC0415
    from tests.factories.submissions import viewer_of  # noqa: PLC0415

    room = make_room(approval=Approval.AUTOMATIC)
    first = make_booking(viewer_of(make_user()), room)
    path, client = f"/ical/rooms/{room.code}.ics", Client()

    def fill(count: int) -> None:
        """Copies of the first booking, an hour apart; without occupancy, which no calendar reads."""
        have = Booking.objects.count()
        start = timezone.now().replace(minute=0, second=0, microsecond=0)
        copies_of(first, [start + timedelta(hours=n % 12_000) for n in range(have, count)])
        rows = Booking.objects.filter(fragments__isnull=True)
        event = booking_event(first, "public", told=False)
        EventFragment.objects.bulk_create(
            [
                EventFragment(
                    booking=row,
                    room=room,
                    audience="public",
                    starts_at=row.starts_at,
                    ends_at=row.ends_at,
                    text=event_text(of(row, event)),
                )
                for row in rows
            ],
            batch_size=500,
        )

    fill(SMALL)
    answer = client.get(path)
    head, event = Head(title=shown_name(room)), booking_event(first, "public", told=False)

    def each_time() -> bytes:
        """What a request would do without written events: fetch the bookings, have each rendered."""
        rows = Booking.objects.filter(room=room).order_by("starts_at", "pk")
        return calendar_bytes(head, [of(row, event) for row in rows])

    if answer.content != each_time():
        raise SystemExit("The calendar is wrong.")
    unchanged = {"If-None-Match": answer["ETag"]}
    with CaptureQueriesContext(connection) as queries:
        if client.get(path, headers=unchanged).status_code != 304:
            raise SystemExit("An unchanged calendar was sent again.")
    asked = len(queries)
    rendered = seconds(each_time, 5)
    fast = seconds(lambda: client.get(path), 15)
    same = seconds(lambda: client.get(path, headers=unchanged), 15)
    fill(LARGE)
    large = seconds(lambda: client.get(path), 3)
    tracemalloc.start()
    body = client.get(path).content
    peak = tracemalloc.get_traced_memory()[1] / 1024 / 1024
    tracemalloc.stop()
    sys.stdout.write(
        f"{SMALL} bookings: {rendered / fast:.0f} times the rate of django-ical ({1000 * fast:.1f} ms against "
        f"{1000 * rendered:.0f} ms), at least {FEED_RATIO}\n"
        f"nothing changed: {rendered / same:.0f} times ({1000 * same:.1f} ms), at least {UNCHANGED_RATIO}; "
        f"{asked} queries, at most {QUERIES}\n"
        f"{LARGE} bookings: {large:.2f} s, at most {SECONDS}; {peak:.0f} MB for {len(body) / 1e6:.1f} MB of text, "
        f"at most {MEGABYTES}\n"
    )
    kept = (
        rendered / fast >= FEED_RATIO
        and rendered / same >= UNCHANGED_RATIO
        and 0 < asked <= QUERIES
        and large <= SECONDS
        and peak <= MEGABYTES
    )
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(in_own_database(measure))
