"""The agents' list of files: tabs, filters, order, what is new; a page costs the same however long the list is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Literal, Self, TypeVar
from uuid import UUID

from django.db.models import Count, Exists, F, FilteredRelation, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from eservices import formats
from eservices.enums import TURN, SubmissionState, Turn
from eservices.models import JournalEntry, Procedure, ReadMark, Submission, Team, User
from eservices.queries.procedures import folded
from eservices.queries.reviews import UNSENT, files_for_agent
from eservices.queries.submissions import HEAVY

#: States in which nobody has to act any more, among those that agents see.
DONE = tuple(state for state, turn in TURN.items() if turn == Turn.NONE and state not in UNSENT)
#: States that a list of files can be narrowed to.
LISTED_STATES = tuple(state for state in SubmissionState if state not in UNSENT)
#: Words of a search beyond these are left out: each costs a look at an index.
MAX_WORDS = 5
#: The longest list of references: a page of ticked files.
MAX_ONLY = 3000
#: From so many days before the last one on, a time limit is shown as near.
SOON_DAYS = 3
#: Facts that are no news: that a colleague has looked.
_SILENT = ("read", "exported", "start")
Kind = TypeVar("Kind", bound=StrEnum)
_OPEN = ~Q(state__in=DONE)
_UNREAD = Q(last_citizen_act_at__isnull=False) & (
    Q(mark__read_at__isnull=True) | Q(mark__read_at__lt=F("last_citizen_act_at"))
)


class Tab(StrEnum):
    """The four views of the list."""

    UNASSIGNED = "unassigned"
    MINE = "mine"
    DONE = "done"
    ALL = "all"


class DueFilter(StrEnum):
    """How the time limit stands."""

    LATE = "late"
    WEEK = "week"
    PAUSED = "paused"
    NONE = "none"


class Order(StrEnum):
    """What the list is sorted by; `URGENT` is the time limit, what has none last."""

    URGENT = "urgent"
    NEWEST = "newest"
    OLDEST = "oldest"
    ACTIVE = "active"
    DECIDED = "decided"
    NAME = "name"


@dataclass(frozen=True, kw_only=True)
class FileFilters:
    """Which files, in which order; every part has a neutral value. It goes into addresses and is saved by name.

    `only` names single files by their references, with spaces between: those that were ticked.
    """

    tab: Tab = Tab.ALL
    q: str = ""
    team: str = ""
    procedure: str = ""
    state: str = ""
    turn: str = ""
    due: str = ""
    since: date | None = None
    until: date | None = None
    assignee: str = ""
    unread: bool = False
    order: str = ""
    only: str = ""

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> Self:
        """Return the filters of an address or of a saved list; what does not exist is left out, never refused."""
        words = {item.name: str(given.get(item.name) or "").strip() for item in fields(cls)}
        return cls(
            tab=_one_of(Tab, words["tab"]) or Tab.ALL,
            q=words["q"].replace("\0", "")[:100],
            team=words["team"].replace("\0", "")[:50],
            procedure=words["procedure"].replace("\0", "")[:60],
            state=words["state"] if words["state"] in LISTED_STATES else "",
            turn=words["turn"] if words["turn"] in Turn.values else "",
            due=_one_of(DueFilter, words["due"]) or "",
            since=_day(words["since"]),
            until=_day(words["until"]),
            assignee=_uuid(words["assignee"]),
            unread=words["unread"].lower() in ("1", "true", "on"),
            order=_one_of(Order, words["order"]) or "",
            only=words["only"].replace("\0", "")[:MAX_ONLY],
        )

    def parameters(self) -> dict[str, str]:
        """Return what differs from the neutral values, as an address carries it."""
        found = {}
        for item in fields(self):
            value = getattr(self, item.name)
            if item.name == "tab" or value not in ("", None, False):
                found[item.name] = "1" if value is True else str(value)
        return found

    @property
    def narrows(self) -> bool:
        """Whether anything beside the tab and the order is chosen."""
        return replace(self, tab=Tab.ALL, order="") != FileFilters()

    @property
    def sorting(self) -> Order:
        """The order in force: decided files by decision, others by urgency."""
        return Order(self.order) if self.order else _usual_order(self.tab)


@dataclass(frozen=True, kw_only=True)
class TabCount:
    """How many files stand under a tab, and how many of them hold something new for the agent."""

    files: int
    unread: int


@dataclass(frozen=True, kw_only=True)
class ListCounts:
    """The numbers of all tabs, and how many files pass the filters."""

    tabs: Mapping[Tab, TabCount]
    shown: int


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How the time limit of a file stands: a kind for the colour, and the same in words."""

    kind: Literal["late", "soon", "fine", "paused", "none"]
    words: str = ""


def standing_of(file: Submission, *, today: date | None = None) -> Standing:
    """Return how the time limit of a file stands; decided files have none any more."""
    today = today or timezone.localdate()
    if file.state in DONE:
        return Standing(kind="none")
    if file.paused_on is not None:
        return Standing(kind="paused", words=_paused_words(file))
    if file.due_on is None:
        return Standing(kind="none")
    left = (file.due_on - today).days
    day = formats.full_date(file.due_on)
    if left < 0:
        words = ngettext("Late by %(n)s day", "Late by %(n)s days", -left) % {"n": -left}
        return Standing(kind="late", words=words)
    if left == 0:
        return Standing(kind="soon", words=_("Today"))
    if left == 1:
        return Standing(kind="soon", words=_("Tomorrow, %(day)s") % {"day": day})
    if left <= SOON_DAYS:
        return Standing(kind="soon", words=day)
    return Standing(kind="fine", words=day)


def _paused_words(file: Submission) -> str:
    if file.answer_due_at is not None:
        day = formats.short_date(file.answer_due_at)
        return _("Paused; answer by %(day)s") % {"day": day}
    return _("Paused since %(day)s") % {"day": formats.short_date(file.paused_on or date.min)}


def list_counts(
    user: User, filters: FileFilters | None = None, *, today: date | None = None
) -> ListCounts:
    """Return the numbers of all tabs and of the filtered list, with one query."""
    passing = _passing(user, filters or FileFilters(), today or timezone.localdate())
    found = _marked(files_for_agent(user), user).aggregate(
        **{f"{tab}_files": Count("pk", filter=_under(tab, user)) for tab in Tab},
        **{f"{tab}_unread": Count("pk", filter=_under(tab, user) & _UNREAD) for tab in Tab},
        shown=Count("pk", filter=passing),
    )
    tabs = {
        tab: TabCount(files=found[f"{tab}_files"], unread=found[f"{tab}_unread"]) for tab in Tab
    }
    return ListCounts(tabs=tabs, shown=found["shown"])


def filtered_files(
    user: User, filters: FileFilters, *, today: date | None = None
) -> QuerySet[Submission]:
    """Return the agent's files that pass the filters, without order: for counting and for exports."""
    rows = files_for_agent(user)
    if filters.unread:
        rows = _marked(rows, user)
    return rows.filter(_passing(user, filters, today or timezone.localdate()))


def listed_for_agent(
    user: User, filters: FileFilters, *, today: date | None = None
) -> QuerySet[Submission]:
    """Return the agent's files that pass the filters, in order."""
    return filtered_files(user, filters, today=today).order_by(*_ordering(filters.sorting))


def page_of_files(
    user: User, filters: FileFilters, *, start: int, size: int, today: date | None = None
) -> list[Submission]:
    """Return a part of the list with what stands beside each file, without answers, with one query.

    `unread` says whether the citizen did something since the agent last looked; `fact` and `fact_at` are the last
    event of the journal, that somebody looked being none. Only the rows of the part are joined with anything.
    """
    part = listed_for_agent(user, filters, today=today).values("pk")[start : start + size]
    seen = ReadMark.objects.filter(
        submission=OuterRef("pk"), user=user, read_at__gte=OuterRef("last_citizen_act_at")
    )
    facts = JournalEntry.objects.filter(
        subject_type=Submission._meta.label_lower, subject_id=OuterRef("public_id")
    )
    last = facts.exclude(event__in=_SILENT).order_by("-sequence")
    return list(
        Submission.objects.filter(pk__in=part)
        .select_related("procedure", "profile", "assignee", "team", "acting_user")
        .defer(*HEAVY)
        .annotate(
            unread=Q(last_citizen_act_at__isnull=False) & ~Exists(seen),
            fact=Subquery(last.values("event")[:1]),
            fact_at=Subquery(last.values("at")[:1]),
        )
        .order_by(*_ordering(filters.sorting))
    )


def _passing(user: User, filters: FileFilters, today: date) -> Q:
    """Return the condition of the filters; with `unread` the rows need the agent's mark."""
    conditions = _under(filters.tab, user) & _due(filters.due, today)
    if filters.unread:
        conditions &= _UNREAD
    if filters.team:
        conditions &= Q(team__code=filters.team)
    if filters.procedure:
        conditions &= Q(procedure__code=filters.procedure)
    if filters.state:
        conditions &= Q(state=filters.state)
    if filters.turn:
        conditions &= Q(state__in=[state for state in LISTED_STATES if TURN[state] == filters.turn])
    if filters.assignee:
        conditions &= Q(assignee__public_id=filters.assignee)
    if filters.since:
        conditions &= Q(submitted_at__gte=_midnight(filters.since))
    if filters.until and filters.until < date.max:
        conditions &= Q(submitted_at__lt=_midnight(filters.until + timedelta(days=1)))
    if filters.only:
        conditions &= Q(reference__in=filters.only.split())
    for word in filters.q.split()[:MAX_WORDS]:
        conditions &= Q(reference__contains=word.upper()) | Q(search_name__contains=folded(word))
    return conditions


def procedures_of_agent(user: User) -> list[Procedure]:
    """Return the procedures of the agent's teams, for filters."""
    rows = Procedure.objects.all()
    if not user.is_superuser:
        rows = rows.filter(team__members=user)
    return list(rows.order_by("code"))


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What the filters of an agent offer."""

    teams: Sequence[Team]
    colleagues: Sequence[User]


def choices_for(user: User) -> Choices:
    """Return the agent's teams and who works in them, with one query; a superuser's teams are all."""
    rows = Team.members.through.objects.all()
    if not user.is_superuser:
        rows = rows.filter(team__in=Team.objects.filter(members=user))
    teams: dict[int, Team] = {}
    people: dict[int, User] = {}
    for row in rows.select_related("team", "user").order_by("team__code", "user_id"):
        teams[row.team_id] = row.team
        if row.user.is_active:
            people[row.user_id] = row.user
    by_name = sorted(people.values(), key=lambda person: (person.last_name, person.first_name))
    return Choices(teams=list(teams.values()), colleagues=by_name)


def colleague_of(user: User, public_id: str) -> User | None:
    """Return somebody of the agent's teams by public id; None when there is none."""
    people = choices_for(user).colleagues
    return next((one for one in people if str(one.public_id) == public_id), None)


def _under(tab: str, user: User) -> Q:
    return {
        Tab.UNASSIGNED: Q(assignee__isnull=True) & _OPEN,
        Tab.MINE: Q(assignee=user) & _OPEN,
        Tab.DONE: Q(state__in=DONE),
        Tab.ALL: Q(),
    }[Tab(tab)]


def _marked(rows: QuerySet[Submission], user: User) -> QuerySet[Submission]:
    """Join the agent's own mark, which is one at most."""
    mine = FilteredRelation("read_marks", condition=Q(read_marks__user=user))
    return rows.annotate(mark=mine)


def _due(due: str, today: date) -> Q:
    match due:
        case DueFilter.LATE:
            return _OPEN & Q(due_on__lt=today)
        case DueFilter.WEEK:
            return _OPEN & Q(due_on__gte=today, due_on__lte=today + timedelta(days=7))
        case DueFilter.PAUSED:
            return _OPEN & Q(paused_on__isnull=False)
        case DueFilter.NONE:
            return _OPEN & Q(due_on__isnull=True, paused_on__isnull=True)
    return Q()


def _usual_order(tab: str) -> Order:
    return Order.DECIDED if tab == Tab.DONE else Order.URGENT


def _ordering(order: Order) -> list[Any]:
    orders: dict[Order, list[Any]] = {
        Order.URGENT: [F("due_on").asc(nulls_last=True), "submitted_at", "pk"],
        Order.NEWEST: ["-submitted_at", "-pk"],
        Order.OLDEST: ["submitted_at", "pk"],
        Order.ACTIVE: [F("last_citizen_act_at").desc(nulls_last=True), "-pk"],
        Order.DECIDED: [F("decided_at").desc(nulls_last=True), "-pk"],
        Order.NAME: ["search_name", "pk"],
    }
    return orders[order]


def _one_of(kind: type[Kind], word: str) -> Kind | None:
    return kind(word) if word in set(kind) else None


def _day(word: str) -> date | None:
    try:
        return date.fromisoformat(word)
    except ValueError:
        return None


def _uuid(word: str) -> str:
    try:
        return str(UUID(word))
    except ValueError:
        return ""


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
