"""Numbers about the files of an agent's teams: how many, how long they take, where people give up.

Everything is counted by the database; what is read row by row is summed into a table of fixed size, so that the memory
does not grow with the files.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any, Final

from django.conf import settings
from django.db.models import Count, QuerySet
from django.db.models.functions import TruncMonth
from django.utils import timezone
from django.utils.translation import get_language

from eservices.enums import SubmissionState
from eservices.models import ChapterReach, JournalEntry, Procedure, Submission, User
from eservices.queries.procedures import structure_of, text_for, words_of
from eservices.queries.reviews import files_for_agent

#: The longest period, and the one of who asks for none, in days.
MOST_DAYS: Final = 366 * 5
USUAL_DAYS: Final = 364
#: Files whose pauses are read from the journal with one query.
CHUNK: Final = 1000
#: Processing times are counted in tenths of a day; longer ones than this count as this long.
LONGEST: Final = 36_500
#: While a file is in one of these states the clock of the decision stands still.
PAUSED: Final = (SubmissionState.AWAITING_CITIZEN, SubmissionState.AWAITING_PAYMENT)


@dataclass(frozen=True, kw_only=True)
class Period:
    """From the first to the last day, both included."""

    since: date
    until: date

    @property
    def start(self) -> datetime:
        """The first moment."""
        return timezone.make_aware(datetime.combine(self.since, time.min))

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        return timezone.make_aware(datetime.combine(self.until + timedelta(days=1), time.min))


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of a table: a label and a number."""

    label: str
    count: int


@dataclass(frozen=True, kw_only=True)
class Month:
    """What came in and what was decided in one month."""

    first: date
    received: int
    decided: int


@dataclass(frozen=True, kw_only=True)
class Times:
    """Days that decided files took without pauses: half of them at most `median`, nine of ten at most `ninetieth`."""

    decided: int
    median: float | None
    ninetieth: float | None


@dataclass(frozen=True, kw_only=True)
class Reached:
    """How many files of the current version ever opened a chapter."""

    title: str
    reached: int


@dataclass(frozen=True, kw_only=True)
class DropOff:
    """Where people stop in the current version of a procedure, since that version is current."""

    procedure: str
    chapters: Sequence[Reached]
    sent: int


@dataclass(frozen=True, kw_only=True)
class Statistics:
    """All numbers of one page."""

    received: int
    by_procedure: Sequence[Row]
    by_state: Sequence[Row]
    by_month: Sequence[Month]
    times: Times
    drop_off: DropOff | None


def statistics_for(
    user: User, period: Period, *, procedure: str = "", team: str = ""
) -> Statistics:
    """Return the numbers of the agent's files; `procedure` and `team` are codes that narrow them."""
    files = files_for_agent(user).order_by()
    if procedure:
        files = files.filter(procedure__code=procedure)
    if team:
        files = files.filter(team__code=team)
    received = files.filter(submitted_at__gte=period.start, submitted_at__lt=period.end)
    decided = files.filter(decided_at__gte=period.start, decided_at__lt=period.end)
    by_state = _by_state(received)
    return Statistics(
        received=sum(row.count for row in by_state),
        by_procedure=_by_procedure(received),
        by_state=by_state,
        by_month=_by_month(received, decided, period),
        times=_times(decided),
        drop_off=_drop_off(user, procedure) if procedure else None,
    )


def _by_procedure(files: QuerySet[Submission]) -> list[Row]:
    numbers = dict(files.values_list("procedure").annotate(n=Count("pk")))
    rows = Procedure.objects.filter(pk__in=numbers)
    found = [Row(label=row.title, count=numbers[row.pk]) for row in rows]
    return sorted(found, key=lambda row: (-row.count, row.label))


def _by_state(files: QuerySet[Submission]) -> list[Row]:
    numbers = dict(files.values_list("state").annotate(n=Count("pk")))
    return [
        Row(label=str(state.label), count=numbers[state])
        for state in SubmissionState
        if state in numbers
    ]


def _by_month(
    received: QuerySet[Submission], decided: QuerySet[Submission], period: Period
) -> list[Month]:
    came = _months(received, "submitted_at")
    went = _months(decided, "decided_at")
    months, first = [], period.since.replace(day=1)
    while first <= period.until:
        months.append(Month(first=first, received=came.get(first, 0), decided=went.get(first, 0)))
        first = (first + timedelta(days=32)).replace(day=1)
    return months


def _months(files: QuerySet[Submission], column: str) -> dict[date, int]:
    month = TruncMonth(column, tzinfo=timezone.get_current_timezone())
    rows = files.annotate(month=month).values_list("month").annotate(n=Count("pk"))
    return {moment.date(): count for moment, count in rows}


def _times(decided: QuerySet[Submission]) -> Times:
    tenths: Counter[int] = Counter()
    rows = decided.values_list("public_id", "submitted_at", "decided_at").iterator(chunk_size=CHUNK)
    for part in _parts(rows):
        pauses = _pauses([row[0] for row in part])
        for public_id, sent, ended in part:
            if sent is not None:
                net = ended - sent - pauses.get(public_id, timedelta())
                tenths[min(max(round(net / timedelta(days=0.1)), 0), LONGEST)] += 1
    return Times(
        decided=tenths.total(),
        median=percentile(tenths, 50),
        ninetieth=percentile(tenths, 90),
    )


def percentile(tenths: Counter[int], share: int) -> float | None:
    """Return the least number of days that so many of a hundred files did not exceed; None without files."""
    rank = -(-tenths.total() * share // 100)
    seen = 0
    for value in sorted(tenths):
        seen += tenths[value]
        if seen >= rank:
            return value / 10
    return None


def _parts(rows: Iterator[Any]) -> Iterator[list[Any]]:
    while part := list(islice(rows, CHUNK)):
        yield part


def _pauses(files: Sequence[Any]) -> dict[Any, timedelta]:
    """Return how long each of these files waited for its citizen or for money, by the moves in its journal."""
    found: dict[Any, timedelta] = {}
    began: dict[Any, datetime] = {}
    moves: Iterable[tuple[Any, str | None, datetime]] = (
        JournalEntry.objects.filter(
            subject_type=Submission._meta.label_lower,
            subject_id__in=files,
            data__to__isnull=False,
        )
        .order_by("subject_id", "sequence")
        .values_list("subject_id", "data__to", "at")
    )
    for file, state, at in moves:
        if file in began:
            found[file] = found.get(file, timedelta()) + (at - began.pop(file))
        if state in PAUSED:
            began[file] = at
    return found


def _drop_off(user: User, code: str) -> DropOff | None:
    rows = Procedure.objects.select_related("current").filter(code=code, current__isnull=False)
    if not user.is_superuser:
        rows = rows.filter(team__members=user)
    procedure = rows.first()
    if procedure is None or procedure.current is None:
        return None
    version = procedure.current
    words = words_of(text_for(version, get_language() or settings.LANGUAGE_CODE))
    counted = dict(
        ChapterReach.objects.filter(version=version).values_list("chapter_id", "reached")
    )
    return DropOff(
        procedure=procedure.title,
        chapters=[
            Reached(title=words.title(chapter.id), reached=counted.get(chapter.id, 0))
            for chapter in structure_of(version).chapters
        ],
        sent=Submission.objects.filter(version=version, submitted_at__isnull=False).count(),
    )
