"""The verified national number of a person: kept, shown to those who may, erased. Never one that was only typed."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from eservices import keyring
from eservices.actions import journal, ratelimits
from eservices.actions.security import record_event
from eservices.enums import AuthenticationEventKind, FieldSource, Side
from eservices.errors import (
    NationalNumberDiffers,
    NationalNumberInvalid,
    NationalNumberTaken,
    NotFound,
    ReasonRequired,
    Refused,
)
from eservices.models import PersonIdentifier, User
from eservices.queries.identifiers import (
    LOOKUP_KIND,
    facts_of,
    identifier_of,
    identifier_with,
    number_of,
    seal_place_of,
)

#: The right to read numbers in full; no group has it by default.
REVEAL = "eservices.reveal_personidentifier"
#: So many numbers an hour one agent can look at: a counter needs fewer, whoever copies them more.
NUMBERS_PER_HOUR = 60
#: How long a reason may be (characters).
REASON_LENGTH = 300


@transaction.atomic
def record_number(
    *, user: User, number: str, source: FieldSource, now: datetime | None = None
) -> PersonIdentifier:
    """Keep the number of a person that an identity provider, a card or a register just proved.

    The same number again renews its source and time. Raises NationalNumberInvalid, NationalNumberTaken when another
    account holds it (also one that is shut: it must be erased first), NationalNumberDiffers when this person has
    another verified number. ValueError for a declared number: a number that was only typed proves nothing.
    """
    if source == FieldSource.DECLARED:
        raise ValueError("A declared number is not verified.")
    facts = facts_of(number)
    if facts is None:
        raise NationalNumberInvalid
    user = User.objects.select_for_update().get(pk=user.pk)
    holder = identifier_with(facts.number)
    if holder is not None and holder.user_id != user.pk:
        raise NationalNumberTaken
    if holder is None and identifier_of(user) is not None:
        raise NationalNumberDiffers
    values = {
        "kind": facts.kind,
        "sealed_number": keyring.seal(facts.number, place=seal_place_of(user)),
        "lookup": keyring.lookup(facts.number, kind=LOOKUP_KIND),
        "source": source,
        "verified_at": now or timezone.now(),
    }
    try:
        with transaction.atomic():
            row, made = PersonIdentifier.objects.update_or_create(user=user, defaults=values)
    except IntegrityError as error:  # another account was faster with the same number
        raise NationalNumberTaken from error
    if made:
        journal.record(
            subject=user,
            event="number_recorded",
            actor=user,
            side=Side.CITIZEN,
            data={"kind": facts.kind.value, "source": source.value},
        )
    return row


@transaction.atomic
def erase_number(*, user: User, by: User | None = None) -> bool:
    """Forget the number of a person; returns whether there was one. `by` is None for the system."""
    user = User.objects.select_for_update().get(pk=user.pk)
    gone = PersonIdentifier.objects.filter(user=user).delete()[0]
    if gone:
        journal.record(
            subject=user,
            event="number_erased",
            actor=by,
            side=Side.CITIZEN if by == user else Side.SYSTEM,
        )
    return bool(gone)


def reveal(*, person: User, by: User, reason: str, reference: str = "") -> str:
    """Return a person's number in full (eleven digits) to somebody who has the right to see it.

    The look is written down with its reason, and the person can read both. `reference` is the file it was for. Raises
    Refused without the right, ReasonRequired, NotFound when no number is known, TooMany above sixty an hour.
    """
    if not by.has_perm(REVEAL):
        raise Refused
    reason = reason.strip()[:REASON_LENGTH]
    if not reason:
        raise ReasonRequired(field="reason")
    ratelimits.allow(
        bucket="number-shown",
        key=str(by.public_id),
        limit=NUMBERS_PER_HOUR,
        window=timedelta(hours=1),
    )
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=person.pk)
        number = number_of(person)
        if not number:
            raise NotFound
        data = {"reference": reference} if reference else {}
        journal.record(
            subject=person,
            event="number_shown",
            actor=by,
            side=Side.AGENT,
            reason=reason,
            data=data,
        )
        record_event(kind=AuthenticationEventKind.NUMBER_SHOWN, user=person)
    return number
