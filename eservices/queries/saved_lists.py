"""The lists that somebody has saved, and the columns that somebody has chosen."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from eservices.errors import NotFound
from eservices.models import SavedList, User


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What one person keeps about one list."""

    named: Sequence[SavedList]
    columns: Sequence[str]


def kept_for(user: User, slug: str) -> Kept:
    """Return the saved filters by name and the chosen columns, with one query."""
    rows = list(SavedList.objects.filter(user=user, list=slug).order_by("name", "pk"))
    chosen: list[str] = next((row.columns for row in rows if not row.name), [])
    return Kept(named=[row for row in rows if row.name], columns=chosen)


def saved_for(user: User, public_id: UUID, slug: str) -> SavedList:
    """Return one of somebody's saved lists; raises NotFound."""
    for row in kept_for(user, slug).named:
        if row.public_id == public_id:
            return row
    raise NotFound
