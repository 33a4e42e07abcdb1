"""What somebody finds in the personal space: what waits for them, and their files."""

from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Count, Q, QuerySet

from eservices.contract import Tile, Viewer, registry
from eservices.enums import TURN, Turn
from eservices.models import Submission
from eservices.queries.submissions import files_visible_to, listed_files

#: States in which nobody has to act any more.
FINISHED = tuple(state for state, turn in TURN.items() if turn == Turn.NONE)


class Tab(StrEnum):
    """Which files the list shows."""

    ALL = "all"
    OPEN = "open"
    FINISHED = "finished"


@dataclass(frozen=True, kw_only=True)
class Counts:
    """How many files stand behind each tab."""

    all: int
    open: int
    finished: int


def counts_of(viewer: Viewer) -> Counts:
    """Return the numbers on the tabs, with one query."""
    row = files_visible_to(viewer).aggregate(
        all=Count("pk"), finished=Count("pk", filter=Q(state__in=FINISHED))
    )
    return Counts(all=row["all"], finished=row["finished"], open=row["all"] - row["finished"])


def files_in(viewer: Viewer, tab: Tab) -> QuerySet[Submission]:
    """Return the files of one tab, last touched first."""
    files = listed_files(viewer)
    match tab:
        case Tab.OPEN:
            return files.exclude(state__in=FINISHED)
        case Tab.FINISHED:
            return files.filter(state__in=FINISHED)
        case _:
            return files


def tiles_for(viewer: Viewer) -> tuple[list[Tile], list[Tile]]:
    """Return the tiles of all services: those that wait for the person, by time limit, and the
    others.
    """
    tiles = [tile for service in registry for tile in service.tiles(viewer)]
    waiting = [tile for tile in tiles if tile.waiting]
    waiting.sort(
        key=lambda tile: (tile.due is None, tile.due and tile.due.timestamp(), tile.position)
    )
    return waiting, sorted(
        (tile for tile in tiles if not tile.waiting), key=lambda tile: tile.position
    )


def waiting_files(viewer: Viewer) -> list[Submission]:
    """Return the files in which the viewer must act next, the nearest time limit first."""
    yours = [state for state, turn in TURN.items() if turn == Turn.YOU]
    return list(
        listed_files(viewer).filter(state__in=yours).order_by("purge_on", "-state_since")[:5]
    )
