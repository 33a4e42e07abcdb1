"""When rooms are open: rules of the week, holidays, exceptions."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q

from rooms.enums import DayKind, HolidayKind
from rooms.models import HolidayPeriod, OpeningException, OpeningRule, Room
from rooms.queries.clock import Span, days, local, merged, settled_moment, whole_day, without


@dataclass(frozen=True)
class OpeningHours:
    """The open times of some rooms in some days, read with three queries whatever their number.

    A day that is a public holiday or a local closing day follows only rules for public holidays; a day in the
    school holidays of the site's community follows the rules for these, if the room has any; other days the ordinary.
    Exceptions count last: closed ones before open ones.
    """

    spans: dict[int, list[Span]]

    def open_spans(self, room: Room) -> list[Span]:
        """Return when the room is open, in order, in UTC."""
        return self.spans.get(room.pk, [])

    def holds(self, room: Room, span: Span) -> bool:
        """Whether the room is open all the time."""
        return any(opening.holds(span) for opening in self.open_spans(room))


def opening_hours(rooms: Sequence[Room], first: date, last: date) -> OpeningHours:
    """Return when the rooms are open from the first to the last day; the last night stays whole."""
    early = first - timedelta(days=1)  # its night reaches into the first day
    rules: dict[int, list[OpeningRule]] = defaultdict(list)
    for rule in OpeningRule.objects.filter(room__in=[room.pk for room in rooms]):
        rules[rule.room_id].append(rule)
    holidays = list(HolidayPeriod.objects.filter(first_day__lte=last, last_day__gte=early))
    begin, end = whole_day(early).start, whole_day(last).end
    exceptions = list(
        OpeningException.objects.filter(
            Q(room__in=[room.pk for room in rooms]) | Q(site__in={room.site_id for room in rooms}),
            starts_at__lt=end,
            ends_at__gt=begin,
        )
    )
    found = {}
    for room in rooms:
        weekly = [
            span
            for day in days(early, last)
            for span in _spans_of(
                rules[room.pk], day, _kind_of(day, room, rules[room.pk], holidays)
            )
        ]
        own = [row for row in exceptions if row.room_id == room.pk or row.site_id == room.site_id]
        closed = [Span(row.starts_at, row.ends_at) for row in own if not row.is_open]
        opened = [Span(row.starts_at, row.ends_at) for row in own if row.is_open]
        spans = merged([*without(weekly, closed), *opened])
        edge = Span(whole_day(first).start, end + timedelta(days=1))  # the last night stays whole
        found[room.pk] = [span for span in (_cut(span, edge) for span in spans) if span]
    return OpeningHours(found)


def _cut(span: Span, edge: Span) -> Span | None:
    start, end = max(span.start, edge.start), min(span.end, edge.end)
    return Span(start, end) if start < end else None


def _kind_of(
    day: date, room: Room, rules: Sequence[OpeningRule], holidays: Sequence[HolidayPeriod]
) -> DayKind:
    community = room.site.community
    inside = [row for row in holidays if row.first_day <= day <= row.last_day]
    if any(row.kind in (HolidayKind.PUBLIC, HolidayKind.LOCAL) for row in inside):
        return DayKind.PUBLIC_HOLIDAY
    if any(row.kind == HolidayKind.SCHOOL and row.community in ("", community) for row in inside):
        own = [rule for rule in rules if rule.applies_to == DayKind.SCHOOL_HOLIDAY]
        if any(_is_valid(rule, day) for rule in own):
            return DayKind.SCHOOL_HOLIDAY
    return DayKind.NORMAL


def _is_valid(rule: OpeningRule, day: date) -> bool:
    begun = rule.valid_from is None or rule.valid_from <= day
    return begun and (rule.valid_until is None or day <= rule.valid_until)


def _spans_of(rules: Sequence[OpeningRule], day: date, kind: DayKind) -> list[Span]:
    found = []
    for rule in rules:
        if rule.weekday == day.weekday() and rule.applies_to == kind and _is_valid(rule, day):
            end_day = day if rule.closes > rule.opens else day + timedelta(days=1)
            start = settled_moment(day, rule.opens)
            end = settled_moment(end_day, rule.closes)
            if start < end:
                found.append(Span(start, end))
    return found


def usual_hours(rooms: Sequence[Room], hours: OpeningHours) -> tuple[time, time]:
    """Return the first and the last hour of the wall clock at which any of the rooms is open; 8 and 22 when none is.

    A night that goes on after midnight ends the table at 24 hours, which is `time(0)`.
    """
    starts: list[time] = []
    ends: list[datetime] = []
    late = False
    for room in rooms:
        for span in hours.open_spans(room):
            begin, end = local(span.start), local(span.end)
            starts.append(begin.time())
            late = late or end.date() > begin.date()
            ends.append(end)
    if not starts:
        return time(8), time(22)
    return min(starts), time(0) if late else max(end.time() for end in ends)
