"""References that people read out: drawn by chance, never one that somebody has."""

import secrets
from collections.abc import Callable
from typing import Final, TypeVar

from django.db import IntegrityError, transaction

#: Letters and digits that nobody confuses when reading a reference aloud: no 0/O, 1/I/L, U/V.
ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTWXYZ"
TRIES: Final = 5

_Row = TypeVar("_Row")


def under_new_reference(prefix: str, year: int, create: Callable[[str], _Row]) -> _Row:
    """Return the row that `create` makes under a new reference ("SUB-2026-7K4M2P"), in the caller's transaction.

    A reference that somebody has already is drawn anew; every other IntegrityError is raised, and so is the fifth.
    """
    for attempt in range(TRIES):
        letters = "".join(secrets.choice(ALPHABET) for _place in range(6))
        try:
            with transaction.atomic():
                return create(f"{prefix}-{year}-{letters}")
        except IntegrityError as refusal:
            if "reference" not in str(refusal) or attempt == TRIES - 1:
                raise
    raise AssertionError("unreachable")
