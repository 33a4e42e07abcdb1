"""Changing the keys of the encrypted columns: what older keys sealed is sealed with the newest one.

Safe to stop and to run again at any time, also while people work: each row is locked, opened, sealed and written only
if it is still what was read. Once no row needs a former key, the key may leave its setting.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from django.core.exceptions import ImproperlyConfigured
from django.db import models, transaction

from eservices import keyring
from eservices.actions.authenticators import place_of as app_place_of
from eservices.models import (
    AnswerRevision,
    AuthenticatorApp,
    ClientKey,
    Correction,
    ExternalIdentity,
    PersonIdentifier,
    Submission,
)
from eservices.queries.client_keys import key_place_of
from eservices.queries.identifiers import LOOKUP_KIND, seal_place_of
from eservices.queries.identities import SUBJECT_KIND, subject_place_of
from eservices.queries.submissions import seal_place

#: Rows that are locked at once.
BATCH = 200


@dataclass(frozen=True, kw_only=True)
class SealedColumn:
    """A column of sealed values: to which place each is tied, and the hash by which it is found, if any.

    `lookup` names the column of the hash; `text` returns what is hashed, from the row and the opened value.
    """

    model: type[models.Model]
    name: str
    place: Callable[[Any], str]
    related: Sequence[str] = ()
    lookup: str = ""
    kind: str = ""
    text: Callable[[Any, str], str] = lambda row, plain: plain

    def __str__(self) -> str:
        return f"{self.model._meta.label}.{self.name}"


@dataclass(kw_only=True)
class Outcome:
    """What became of the rows of a column: counts. `closed` rows open with no key that we have."""

    column: SealedColumn
    rows: int = 0
    old: int = 0
    renewed: int = 0
    closed: int = 0


def sealed_columns() -> tuple[SealedColumn, ...]:
    """Return every sealed column of the core; a test compares the list with the models."""
    return (
        SealedColumn(
            model=PersonIdentifier,
            name="sealed_number",
            related=("user",),
            place=lambda row: seal_place_of(row.user),
            lookup="lookup",
            kind=LOOKUP_KIND,
        ),
        SealedColumn(
            model=ExternalIdentity,
            name="sealed_subject",
            place=subject_place_of,
            lookup="subject_lookup",
            kind=SUBJECT_KIND,
            text=lambda row, plain: f"{row.provider}\n{row.issuer}\n{plain}",
        ),
        SealedColumn(model=ClientKey, name="sealed_private_jwk", place=key_place_of),
        SealedColumn(model=AuthenticatorApp, name="sealed_secret", place=app_place_of),
        SealedColumn(model=Submission, name="sealed_answers", place=seal_place),
        SealedColumn(
            model=AnswerRevision,
            name="sealed_answers",
            related=("submission",),
            place=lambda row: seal_place(row.submission),
        ),
        SealedColumn(
            model=Correction,
            name="sealed_answers",
            related=("submission",),
            place=lambda row: seal_place(row.submission),
        ),
    )


def rotate(*, only_count: bool = False) -> Iterator[Outcome]:
    """Seal every value with the newest key and hash it with the newest look-up key, column by column.

    Yields what became of each column. Rows that no key opens stay as they are and are counted. `only_count` changes
    nothing: `old` then says how many rows still need a former key.
    """
    for column in sealed_columns():
        outcome = Outcome(column=column)
        last = 0
        while keys := list(
            column.model._default_manager.filter(pk__gt=last)
            .order_by("pk")
            .values_list("pk", flat=True)[:BATCH]
        ):
            _rotate_batch(column, keys, outcome, only_count=only_count)
            last = keys[-1]
        yield outcome


@transaction.atomic
def _rotate_batch(
    column: SealedColumn, keys: Sequence[int], outcome: Outcome, *, only_count: bool
) -> None:
    rows = column.model._default_manager.filter(pk__in=keys)
    if not only_count:
        rows = rows.select_for_update(of=("self",))
    for row in rows.select_related(*column.related).order_by("pk"):
        sealed = bytes(getattr(row, column.name))
        if not sealed:
            continue
        outcome.rows += 1
        changes = _renewed(column, row, sealed)
        if changes is None:
            outcome.closed += 1
        elif changes:
            outcome.old += 1
            if not only_count:
                free = column.model._default_manager.filter(pk=row.pk, **{column.name: sealed})
                outcome.renewed += free.update(**changes)


def _renewed(column: SealedColumn, row: models.Model, sealed: bytes) -> dict[str, Any] | None:
    """Return the columns to write, empty when the row is up to date, None when no key opens it."""
    changes: dict[str, Any] = {}
    is_newest = keyring.is_newest(sealed)
    if is_newest and not column.lookup:
        return changes
    place = column.place(row)
    try:
        plain = keyring.unseal(sealed, place=place)
    except (ImproperlyConfigured, InvalidTag):
        return None
    if not is_newest:
        changes[column.name] = keyring.seal(plain, place=place)
    if column.lookup:
        wanted = keyring.lookup(column.text(row, plain), kind=column.kind)
        if getattr(row, column.lookup) != wanted:
            changes[column.lookup] = wanted
    return changes
