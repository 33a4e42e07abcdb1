"""One's own files as a list: what was started, sent, waits for the person, is decided; with search and what is new."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from eservices.contract import Viewer
from eservices.enums import TURN, SubmissionState, Turn
from eservices.models import Procedure, ReadMark, Submission
from eservices.queries.discussions import unread_for_citizen
from eservices.queries.procedures import folded
from eservices.queries.submissions import files_visible_to, listed_files


class OwnTab(StrEnum):
    """Which files the list shows."""

    ALL = "all"
    DRAFT = "draft"
    WAITING = "waiting"
    PROGRESS = "progress"
    DECIDED = "decided"


#: The states under each tab; a draft waits for its person too, but nobody else waits for it.
TAB_STATES: dict[OwnTab, tuple[SubmissionState, ...]] = {
    OwnTab.DRAFT: (SubmissionState.DRAFT,),
    OwnTab.WAITING: tuple(
        state for state, turn in TURN.items() if turn == Turn.YOU and state != SubmissionState.DRAFT
    ),
    OwnTab.PROGRESS: tuple(state for state, turn in TURN.items() if turn == Turn.US),
    OwnTab.DECIDED: tuple(state for state, turn in TURN.items() if turn == Turn.NONE),
}


@dataclass(frozen=True, kw_only=True)
class OwnFilters:
    """Which of one's own files."""

    tab: OwnTab = OwnTab.ALL
    q: str = ""

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> Self:
        """Return the filters of an address; what does not exist is left out, never refused."""
        tab = str(given.get("tab") or "")
        return cls(
            tab=OwnTab(tab) if tab in set(OwnTab) else OwnTab.ALL,
            q=str(given.get("q") or "").replace("\0", "").strip()[:100],
        )

    def parameters(self) -> dict[str, str]:
        """Return what differs from the neutral values, as an address carries it."""
        found = {"tab": str(self.tab), "q": self.q}
        return {name: value for name, value in found.items() if value and value != OwnTab.ALL}


def own_counts(viewer: Viewer) -> dict[OwnTab, int]:
    """Return the numbers of all tabs, with one query."""
    found: dict[str, int] = files_visible_to(viewer).aggregate(
        **{str(tab): Count("pk", filter=Q(state__in=states)) for tab, states in TAB_STATES.items()},
        **{str(OwnTab.ALL): Count("pk")},
    )
    return {tab: found[tab] for tab in OwnTab}


def own_list(viewer: Viewer, filters: OwnFilters) -> QuerySet[Submission]:
    """Return the viewer's files, last touched first, with `unread` and `unread_messages`: what is new for the viewer.

    A search looks in the reference and in the title of the procedure.
    """
    seen = ReadMark.objects.filter(
        submission=OuterRef("pk"), user=viewer.user, read_at__gte=OuterRef("last_agent_act_at")
    )
    files = listed_files(viewer)
    if viewer.user is not None:
        files = unread_for_citizen(files, viewer.user)
    rows = files.annotate(unread=Q(last_agent_act_at__isnull=False) & ~Exists(seen))
    if filters.tab in TAB_STATES:
        rows = rows.filter(state__in=TAB_STATES[filters.tab])
    words = folded(filters.q).split()[:5]
    if words:
        known = Procedure.objects.filter(
            pk__in=files_visible_to(viewer).order_by().values("procedure")
        )
        titles = {row.pk: folded(row.title) for row in known}
        for word in words:
            meant = [key for key, title in titles.items() if word in title]
            rows = rows.filter(Q(reference__contains=word.upper()) | Q(procedure__in=meant))
    return rows
