"""Answers about verified national numbers: whose it is, what it says, and its masked form.

Sources: Royal Decree of 3 April 1984 (national number) and of 8 February 1991 (BIS number: the month is 20 higher when
the sex was not known at the time, 40 higher when it was).
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from eservices import formats, keyring
from eservices.contract import Reading
from eservices.enums import IdentifierKind
from eservices.models import PersonIdentifier, User
from eservices.queries.journal import entries_about

#: Under which name national numbers are hashed for look-up (see `keyring.lookup`).
LOOKUP_KIND = "national-number"


@dataclass(frozen=True, kw_only=True)
class NumberFacts:
    """What a number says about its person; None where it does not say it.

    A number can be valid and know no birth date (unknown at the time, or too many born on one day) and, for BIS
    numbers, no sex ("F", "M"). Never derive an age from it where a declared date exists.
    """

    number: str
    kind: IdentifierKind
    birth_date: date | None
    sex: str | None


def facts_of(number: str) -> NumberFacts | None:
    """Return what a national or BIS number says, written with or without separators; None when it cannot exist."""
    from stdnum.be import ssn  # heavy: loads pydoc
    from stdnum.exceptions import ValidationError as NumberError

    try:
        digits = str(ssn.validate(number))
    except NumberError:
        return None
    if not (digits.isascii() and digits.isdigit()):
        return None
    kind = IdentifierKind.BIS if ssn.guess_type(digits) == "bis" else IdentifierKind.NATIONAL
    return NumberFacts(
        number=digits, kind=kind, birth_date=ssn.get_birth_date(digits), sex=ssn.get_gender(digits)
    )


def agrees(number: str, *, birth_date: date | None = None, sex: str | None = None) -> bool:
    """Whether a birth date and a sex can belong to a number; what either side does not know never disagrees."""
    facts = facts_of(number)
    if facts is None:
        return False
    dates = {facts.birth_date, birth_date} - {None}
    sexes = {facts.sex, sex} - {None}
    return len(dates) < 2 and len(sexes) < 2


def seal_place_of(user: User) -> str:
    """Return the place to which a sealed number is tied: in another person's row it does not open."""
    return f"person-identifier:{user.public_id}"


def identifier_with(number: str) -> PersonIdentifier | None:
    """Return the row that holds a number, whatever the state of its account."""
    facts = facts_of(number)
    if facts is None:
        return None
    wanted = keyring.lookups(facts.number, kind=LOOKUP_KIND)
    return PersonIdentifier.objects.select_related("user").filter(lookup__in=wanted).first()


def person_with_number(number: str) -> User | None:
    """Return the active person whose verified number this is; None for nobody or a number that cannot exist."""
    row = identifier_with(number)
    return row.user if row is not None and row.user.is_active else None


def identifier_of(user: User) -> PersonIdentifier | None:
    """Return the person's verified number as it is stored, without opening it."""
    return PersonIdentifier.objects.filter(user=user).first()


def has_number(user: User) -> bool:
    """Whether the person's number was verified."""
    return PersonIdentifier.objects.filter(user=user).exists()


def number_of(user: User) -> str:
    """Return the person's number in full (eleven digits), empty when there is none.

    Only for the person: a form of their own, their own copy. Everybody else goes through `actions.identifiers.reveal`,
    which asks for a right and a reason and writes down who looked.
    """
    row = identifier_of(user)
    return keyring.unseal(bytes(row.sealed_number), place=seal_place_of(user)) if row else ""


def masked_number(user: User) -> str:
    """Return the number as it may be shown: "85.07.30-***.**"; empty when there is none.

    The first six digits tell a birth date to whoever may see it; the rest, which makes it one person's, is hidden.
    """
    number = number_of(user)
    return f"{number[:2]}.{number[2:4]}.{number[4:6]}-***.**" if number else ""


def number_copy(user: User) -> dict[str, Any] | None:
    """Return the person's number for their own copy of everything: in full, with its source."""
    row = identifier_of(user)
    if row is None:
        return None
    return {
        "number": formats.national_number(number_of(user)),
        "kind": row.kind,
        "source": row.source,
        "verified_at": row.verified_at,
    }


def birth_date_of(user: User) -> date | None:
    """Return the birth date that the verified number says; None without a number, or when it does not say it."""
    facts = facts_of(number_of(user))
    return facts.birth_date if facts else None


def number_looks(user: User) -> list[Reading]:
    """Return when agents read the person's number in full and why, last first."""
    entries = entries_about(user).filter(event="number_shown").order_by("-at")
    return [
        Reading(
            at=entry.at,
            by=_("An agent of the municipality"),
            what=_("Your national number, in full. Reason given: %(reason)s")
            % {"reason": entry.reason},
            reference=entry.data.get("reference", ""),
        )
        for entry in entries
    ]
