"""How long the page of a room's week takes however much is booked: `./dev bench weeks`.

A fresh SQLite database holds one room with 50 bookings, then with 5,000. The page of the same week may take at most
twice as long. The exit status is 1 above that.
"""

import sys
from collections.abc import Sequence
from datetime import datetime, timedelta

from rooms_database import copies_of, in_own_database, seconds

FEW, MANY, RATIO, RUNS = 50, 5_000, 2, 15


def measure() -> int:
    """Measure in this process."""
    from django.core.management import call_command  # noqa: PLC0415  after the settings
    from django.test import Client  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    from rooms.enums import Approval  # noqa: PLC0415
    from rooms.models import Occupancy  # noqa: PLC0415
    from rooms.queries.clock import moment, today  # noqa: PLC0415
    from rooms.queries.weeks import monday_of  # noqa: PLC0415
    from rooms.views.addresses import write_week  # noqa: PLC0415
    from tests.factories.eservices import make_user  # noqa: PLC0415
    from tests.factories.rooms import day_ahead, make_booking, make_room, span_on  # noqa: PLC0415
    from tests.factories.submissions import viewer_of  # noqa: PLC0415

    room = make_room(approval=Approval.AUTOMATIC)
    first = make_booking(viewer_of(make_user()), room, span_on(day_ahead(300), 10, 11))
    unit = room.units.get()
    monday = monday_of(today()) + timedelta(weeks=2)
    begin = moment(monday, datetime.min.time())
    path = f"/fr/salles/{room.code}/?week={write_week(monday)}"
    client = Client()

    def book(starts: Sequence[datetime]) -> None:
        rows = copies_of(first, starts)
        Occupancy.objects.bulk_create(
            [
                Occupancy(
                    unit=unit, booking=row, blocked_from=row.starts_at, blocked_until=row.ends_at
                )
                for row in rows
            ],
            batch_size=500,
        )

    def page() -> None:
        if client.get(path).status_code != 200:
            raise SystemExit(f"No page at {path}.")

    book([begin + timedelta(hours=hour) for hour in range(1, FEW)])
    page()
    few = seconds(page, RUNS)
    book([begin + timedelta(hours=hour) for hour in range(FEW, MANY)])
    many = seconds(page, RUNS)
    sys.stdout.write(
        f"the week of a room: {many / few:.2f} times as long with {MANY} bookings as with {FEW} "
        f"({1000 * many:.0f} ms against {1000 * few:.0f} ms), at most {RATIO}\n"
    )
    return 0 if many / few <= RATIO else 1


if __name__ == "__main__":
    sys.exit(in_own_database(measure))
