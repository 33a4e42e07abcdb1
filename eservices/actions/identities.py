"""Digital identities: whose they are, linking them to an account, taking over what they vouch for.

Never by mail address: a provider's address proves nothing about a mailbox (itsme says so itself).
"""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from eservices import keyring
from eservices.actions import journal, mails
from eservices.actions.identifiers import record_number
from eservices.actions.security import record_event
from eservices.contract import VerifiedIdentity
from eservices.enums import AuthenticationEventKind, Level, Method, ProfileKind, Side
from eservices.errors import (
    BirthDateDiffers,
    IdentityAccountClosed,
    IdentityBelongsToOther,
    IdentityLastWay,
    IdentityLevelTooLow,
    NationalNumberDiffers,
    NationalNumberInvalid,
    NationalNumberTaken,
    NotFound,
)
from eservices.models import ExternalIdentity, Profile, User
from eservices.queries.identifiers import agrees, facts_of, number_of, person_with_number
from eservices.queries.identities import (
    SUBJECT_KIND,
    identity_of,
    subject_place_of,
    subject_text,
    usable_identities,
)


@transaction.atomic
def person_for(*, identity: VerifiedIdentity, now: datetime | None = None) -> User | None:
    """Return whose account a verified identity opens; None when it is nobody's yet.

    A linked identity opens its account. Else a verified national number finds the account whose own number was
    verified: the identity is linked to it, and the person gets a notice. A link of the same provider under an older
    subject ends then (itsme gives a new subject to who installs it anew). Numbers that were only declared, and mail
    addresses, link nothing.

    Raises IdentityLevelTooLow below level low, BirthDateDiffers, IdentityAccountClosed, NationalNumberDiffers when a
    known subject comes with another person's number.
    """
    now = now or timezone.now()
    check(identity)
    known = identity_of(identity)
    if known is not None:
        if not known.user.is_active:
            raise IdentityAccountClosed
        _use(known, identity, now=now)
        return known.user
    number = identity.vouched_number
    person = person_with_number(number) if number else None
    if person is None:
        return None
    _add(user=person, identity=identity, now=now)
    return person


def check(identity: VerifiedIdentity) -> None:
    """Raise what speaks against an identity by itself: no level, a number that cannot exist or does not fit."""
    if identity.level < Level.LOW:
        raise IdentityLevelTooLow
    number = identity.vouched_number
    if number and facts_of(number) is None:
        raise NationalNumberInvalid
    if number and not agrees(number, birth_date=identity.birth_date):
        raise BirthDateDiffers


def same_person(*, user: User, identity: VerifiedIdentity) -> bool:
    """Whether an identity is proved to be the person of an account: linked to it, or with its verified number.

    An identity that is linked to another account, or comes with another number, is never the same person.
    """
    known = identity_of(identity)
    own, number = number_of(user), identity.vouched_number
    if own and number and own != _digits(number):
        return False
    if known is not None:
        return known.user_id == user.pk
    return bool(own) and own == _digits(number)


def could_be(*, user: User, identity: VerifiedIdentity) -> bool:
    """Whether an account may still learn who its person is: no verified number so far, and the identity is nobody's.

    The person must then say that the identity shall be linked; see `link`.
    """
    if identity_of(identity) is not None or number_of(user):
        return False
    number = identity.vouched_number
    return not (number and person_with_number(number))


@transaction.atomic
def link(
    *,
    user: User,
    identity: VerifiedIdentity,
    notice: bool = True,
    now: datetime | None = None,
) -> ExternalIdentity:
    """Link an identity to the account of somebody who is logged in and has just proved it.

    The number and the names that the identity vouches for become the account's. A new account needs no `notice` by
    mail of what its owner is doing. Raises IdentityBelongsToOther when the identity or its number is another's,
    NationalNumberDiffers when the account's number is another.
    """
    now = now or timezone.now()
    check(identity)
    user = User.objects.select_for_update().get(pk=user.pk)
    known = identity_of(identity)
    if known is not None and known.user_id != user.pk:
        raise IdentityBelongsToOther
    if known is not None:
        return _use(known, identity, now=now)
    return _add(user=user, identity=identity, now=now, notice=notice)


def _add(
    *, user: User, identity: VerifiedIdentity, now: datetime, notice: bool = True
) -> ExternalIdentity:
    """Write the link, end the provider's older ones, take over what it vouches for, tell the person."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if not user.is_active:
        raise IdentityAccountClosed
    _take_number(user, identity, now=now)
    if identity.vouched_number:
        older = user.identities.filter(provider=identity.provider, revoked_at=None)
        older.update(revoked_at=now)
    row = ExternalIdentity(
        user=user,
        provider=identity.provider,
        issuer=identity.issuer,
        subject_lookup=keyring.lookup(subject_text(identity), kind=SUBJECT_KIND),
        level=identity.level,
        linked_at=now,
        last_used_at=now,
    )
    row.sealed_subject = keyring.seal(identity.subject, place=subject_place_of(row))
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:  # linked by another request meanwhile
        raise IdentityBelongsToOther from error
    take_over_details(user=user, identity=identity)
    _record(user, row, AuthenticationEventKind.IDENTITY_LINKED, "identity_linked", identity.method)
    if notice:
        _tell(user, row, "identity_linked")
    return row


def _use(known: ExternalIdentity, identity: VerifiedIdentity, *, now: datetime) -> ExternalIdentity:
    _take_number(known.user, identity, now=now)
    known.last_used_at = now
    known.level = identity.level
    known.save(update_fields=["last_used_at", "level"])
    take_over_details(user=known.user, identity=identity)
    return known


def _take_number(user: User, identity: VerifiedIdentity, *, now: datetime) -> None:
    number = identity.vouched_number
    if not number:
        return
    own = number_of(user)
    if own and own != _digits(number):
        raise NationalNumberDiffers
    if not own:
        try:
            record_number(user=user, number=number, source=identity.source, now=now)
        except NationalNumberTaken as error:
            raise IdentityBelongsToOther from error


def _digits(number: str) -> str:
    facts = facts_of(number)
    return facts.number if facts else ""


@transaction.atomic
def take_over_details(*, user: User, identity: VerifiedIdentity) -> User:
    """Take the names that an identity vouches for into the account and lock them with their source.

    The citizen's profile follows. An identity below level substantial vouches for nothing.
    """
    if identity.level < Level.SUBSTANTIAL:
        return user
    values = {
        name: value
        for name in ("first_name", "last_name")
        if (value := getattr(identity, name).strip()[:150])
    }
    if not values:
        return user
    user = User.objects.select_for_update().get(pk=user.pk)
    locked = {**user.locked_fields, **dict.fromkeys(values, identity.source.value)}
    changed = [name for name, value in values.items() if getattr(user, name) != value]
    if not changed and locked == user.locked_fields:
        return user
    for name, value in values.items():
        setattr(user, name, value)
    user.locked_fields = locked
    user.save(update_fields=["first_name", "last_name", "locked_fields"])
    Profile.objects.update_or_create(
        user=user, defaults={"kind": ProfileKind.CITIZEN, "name": user.display_name}
    )
    if changed:
        journal.record(
            subject=user,
            event="details_taken_over",
            actor=None,
            side=Side.SYSTEM,
            data={"fields": changed, "source": identity.source.value},
        )
    return user


@transaction.atomic
def unlink(*, user: User, identity: ExternalIdentity, now: datetime | None = None) -> None:
    """End the link of an identity; it opens the account no more, and the person gets a notice.

    The verified number and names stay: they were proved. Raises NotFound for another's or an ended link,
    IdentityLastWay when the account has neither a password nor another identity.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    row = usable_identities(user).filter(pk=identity.pk).first()
    if row is None:
        raise NotFound
    others = usable_identities(user).exclude(pk=row.pk).exists()
    if not others and not user.has_usable_password():
        raise IdentityLastWay
    row.revoked_at = now or timezone.now()
    row.save(update_fields=["revoked_at"])
    _record(user, row, AuthenticationEventKind.IDENTITY_REMOVED, "identity_removed", None)
    _tell(user, row, "identity_removed")


def _record(
    user: User,
    row: ExternalIdentity,
    kind: AuthenticationEventKind,
    event: str,
    method: Method | None,
) -> None:
    """Write an act on a link into the journal and the person's security log."""
    data = {"provider": row.provider}
    journal.record(subject=user, event=event, actor=user, side=Side.CITIZEN, data=data)
    record_event(kind=kind, user=user, method=method, provider=row.provider, level=Level(row.level))


def _tell(user: User, row: ExternalIdentity, template: str) -> None:
    """Mail the person what happened to a link."""
    mails.send(
        template=template,
        to_user=user,
        key=f"{template}:{row.public_id}",
        context={"provider": row.provider},
        priority=40,
    )
