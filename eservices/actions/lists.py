"""How people keep lists: filters under a name, and the columns that they want to see."""

from collections.abc import Iterable, Mapping
from typing import Final

from django.db import transaction

from eservices.errors import ListNameMissing, ListNameTaken, ListsFull, NotFound
from eservices.models import SavedList, User

MAX_SAVED: Final = 30
LONGEST_NAME: Final = 60


@transaction.atomic
def save(*, user: User, list: str, name: str, filters: Mapping[str, str]) -> SavedList:
    """Keep filters under a name; a name that exists already means these filters from now on.

    Raises ListNameMissing, ListsFull.
    """
    name = _named(name)
    locked = User.objects.select_for_update().get(pk=user.pk)
    mine = SavedList.objects.filter(user=locked, list=list).exclude(name="")
    if not mine.filter(name=name).exists() and mine.count() >= MAX_SAVED:
        raise ListsFull(limit=MAX_SAVED)
    row, _made = SavedList.objects.update_or_create(
        user=locked, list=list, name=name, defaults={"filters": dict(filters)}
    )
    return row


def _named(typed: str) -> str:
    name = " ".join(typed.replace("\0", "").split())
    if not name or len(name) > LONGEST_NAME:
        raise ListNameMissing(field="name")
    return name


@transaction.atomic
def rename(*, user: User, list: str, name: str, to: str) -> SavedList:
    """Give a saved list another name. Raises ListNameMissing, ListNameTaken, NotFound."""
    to = _named(to)
    locked = User.objects.select_for_update().get(pk=user.pk)
    mine = SavedList.objects.filter(user=locked, list=list).exclude(name="")
    row = mine.filter(name=name).first()
    if row is None:
        raise NotFound
    if to != name and mine.filter(name=to).exists():
        raise ListNameTaken(field="name", name=to)
    row.name = to
    row.save(update_fields=["name"])
    return row


def delete(*, user: User, list: str, name: str) -> None:
    """Forget saved filters; raises NotFound for a name that the person has not."""
    if not SavedList.objects.filter(user=user, list=list, name=name).exclude(name="").delete()[0]:
        raise NotFound


def choose_columns(*, user: User, list: str, columns: Iterable[str]) -> SavedList:
    """Keep which columns somebody wants to see, in their order; none means the usual ones."""
    row, _made = SavedList.objects.update_or_create(
        user=user, list=list, name="", defaults={"columns": [*dict.fromkeys(columns)]}
    )
    return row
