"""What somebody finds in the personal space: what waits for them, and their files."""

from eservices.contract import Tile, Viewer, registry
from eservices.enums import TURN, Turn
from eservices.models import Submission
from eservices.queries.submissions import listed_files


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
