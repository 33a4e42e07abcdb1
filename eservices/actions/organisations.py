"""Spaces of enterprises and associations: declared by a person, entered, kept apart from one another.

Enterprise numbers are public: whoever types one gets a declared membership, which shows own files only, and learns
nothing about other people who typed it.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from eservices.actions import journal, ratelimits
from eservices.actions.mandates import Mandate, attach_mandate
from eservices.actions.memberships import end
from eservices.directory import DirectoryRecord
from eservices.enums import MembershipFunction, MembershipState, ProfileKind, Side
from eservices.errors import (
    FunctionWordsMissing,
    Invalid,
    OrganisationNameMissing,
    SpaceExists,
    SpaceTermsNotAccepted,
    ValidityOver,
)
from eservices.models import Membership, Organisation, Profile, User
from eservices.queries.organisations import (
    checked_numbers,
    lapsed_memberships,
    membership_for_number,
    organisation_for,
    register_record,
)

#: So many spaces can one person declare in a day.
DECLARATIONS_A_DAY = 20


@dataclass(frozen=True, kw_only=True)
class Contact:
    """How a member is reached in this space; phone numbers in E.164 or empty."""

    language: str = settings.LANGUAGE_CODE
    landline: str = ""
    mobile: str = ""
    email: str = ""
    notify_by_mail: bool = True


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """What a person says about an organisation and about the own function in it; numbers as they were typed."""

    kind: ProfileKind
    number: str
    establishment: str = ""
    terms: bool = False
    name: str = ""
    is_vat_liable: bool | None = None
    function: MembershipFunction
    function_words: str = ""
    valid_until: date | None = None
    contact: Contact = field(default_factory=Contact)


def check_function(
    *, function: str, words: str, valid_until: date | None, today: date | None = None
) -> None:
    """Raise FunctionWordsMissing or ValidityOver when what is said about a function cannot stand."""
    if function == MembershipFunction.OTHER and not words.strip():
        raise FunctionWordsMissing(field="function_words")
    if valid_until and valid_until < (today or timezone.localdate()):
        raise ValidityOver(field="valid_until")


def declare(
    *,
    user: User,
    declaration: Declaration,
    mandate: Mandate | None = None,
    now: datetime | None = None,
) -> Membership:
    """Record that `user` acts for an organisation; two people with one number at once share one Organisation.

    What the register knows (name, kind) is locked to it; an organisation that exists keeps its name, kind and VAT
    liability. Raises SpaceTermsNotAccepted, EnterpriseNumberInvalid, EstablishmentNumberInvalid, EnterpriseInactive,
    SpaceExists, OrganisationNameMissing, FunctionWordsMissing, ValidityOver, Invalid for a citizen's kind, and TooMany
    after 20 tries in a day.
    """
    now = now or timezone.now()
    ratelimits.allow(
        bucket="space-declared",
        key=str(user.public_id),
        limit=DECLARATIONS_A_DAY,
        window=timedelta(days=1),
        now=now,
    )
    if not declaration.terms:
        raise SpaceTermsNotAccepted(field="terms")
    if declaration.kind == ProfileKind.CITIZEN:
        raise Invalid(field="kind")
    number, establishment = checked_numbers(
        number=declaration.number, establishment=declaration.establishment
    )
    if membership_for_number(user, number=number, establishment=establishment):
        raise SpaceExists(field="number")
    record = register_record(number)
    if not declaration.name.strip() and not (record and record.names):
        raise OrganisationNameMissing(field="name")
    check_function(
        function=declaration.function,
        words=declaration.function_words,
        valid_until=declaration.valid_until,
        today=timezone.localdate(now),
    )
    with transaction.atomic():
        organisation = _organisation(number, establishment, declaration, record)
        return _declared(user, organisation, declaration, mandate, now)


def _organisation(
    number: str, establishment: str, declaration: Declaration, record: DirectoryRecord | None
) -> Organisation:
    """Return the row of a number, made where it is missing; the unique number decides between two at once."""
    known = organisation_for(number=number, establishment=establishment)
    if known is None:
        try:
            with transaction.atomic():
                return _new_organisation(number, establishment, declaration, record)
        except IntegrityError:
            known = Organisation.objects.select_related("profile").get(
                bce_number=number, establishment_number=establishment
            )
    if record and record.names and "name" not in known.locked_fields:
        known.profile.name = record.name_in(settings.LANGUAGE_CODE)
        known.profile.kind = record.kind
        known.profile.save(update_fields=["name", "kind"])
        known.locked_fields = dict(REGISTER_LOCKS)
        known.save(update_fields=["locked_fields"])
    return known


#: What the register of enterprises decides, by field.
REGISTER_LOCKS = {"name": "kbo", "kind": "kbo"}


def _new_organisation(
    number: str, establishment: str, declaration: Declaration, record: DirectoryRecord | None
) -> Organisation:
    named = record if record and record.names else None
    profile = Profile.objects.create(
        kind=named.kind if named else declaration.kind,
        name=named.name_in(settings.LANGUAGE_CODE) if named else declaration.name.strip(),
    )
    organisation = Organisation.objects.create(
        profile=profile,
        bce_number=number,
        establishment_number=establishment,
        is_vat_liable=declaration.is_vat_liable,
        locked_fields=dict(REGISTER_LOCKS) if named else {},
    )
    journal.record(
        subject=profile,
        event="organisation_opened",
        actor=None,
        side=Side.SYSTEM,
        data={"kind": profile.kind, "register": named is not None},
    )
    return organisation


def _declared(
    user: User,
    organisation: Organisation,
    declaration: Declaration,
    mandate: Mandate | None,
    now: datetime,
) -> Membership:
    for lapsed in lapsed_memberships(user, organisation):
        end(membership=lapsed, by=None, now=now)
    contact = declaration.contact
    row = Membership(
        user=user,
        profile=organisation.profile,
        function=declaration.function,
        function_words=_words(declaration.function, declaration.function_words),
        valid_until=declaration.valid_until,
        language=contact.language,
        landline=contact.landline,
        mobile=contact.mobile,
        email=contact.email or user.email,
        notify_by_mail=contact.notify_by_mail,
        declared=_said(declaration, now),
        created_at=now,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:  # the second press of the button
        raise SpaceExists(field="number") from None
    if mandate is not None:
        attach_mandate(membership=row, mandate=mandate)
    journal.record(
        subject=row,
        event="membership_declared",
        actor=user,
        side=Side.CITIZEN,
        data={"profile": str(row.profile.public_id), "mandate": mandate is not None},
    )
    return row


def _said(declaration: Declaration, now: datetime) -> dict[str, Any]:
    return {
        "name": declaration.name.strip()[:250],
        "kind": declaration.kind.value,
        "is_vat_liable": declaration.is_vat_liable,
        "terms_accepted_at": now.isoformat(),
    }


def _words(function: str, words: str) -> str:
    return words.strip()[:100] if function == MembershipFunction.OTHER else ""


@transaction.atomic
def update_contact(
    *,
    membership: Membership,
    by: User,
    function: MembershipFunction,
    function_words: str,
    contact: Contact,
) -> Membership:
    """Change one's own function and contact details in a space; the right itself stays as it is.

    Raises FunctionWordsMissing.
    """
    check_function(function=function, words=function_words, valid_until=None)
    row = Membership.objects.select_for_update().get(
        pk=membership.pk, user=by, state__in=(MembershipState.DECLARED, MembershipState.CONFIRMED)
    )
    row.function, row.function_words = function, _words(function, function_words)
    row.language, row.landline, row.mobile = contact.language, contact.landline, contact.mobile
    row.email, row.notify_by_mail = contact.email or by.email, contact.notify_by_mail
    row.save()
    journal.record(subject=row, event="membership_details_changed", actor=by, side=Side.CITIZEN)
    return row
