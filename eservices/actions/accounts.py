"""Opening accounts and changing what people say about themselves."""

import hashlib
import json
from collections.abc import Mapping

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django_otp.plugins.otp_email.models import EmailDevice

from eservices.actions import journal
from eservices.enums import ProfileKind, Side
from eservices.errors import Conflict, FieldLocked, Invalid, PasswordRefused, TermsNotAccepted
from eservices.identifiers import normal_email
from eservices.models import Profile, TermsAcceptance, TermsVersion, User

#: What people may change about themselves: field to the model that holds it.
DETAILS = ("first_name", "last_name", "language", "phone")


def ensure_device(user: User) -> EmailDevice:
    """Return the device that mails codes to the account's own address; make it where it is missing.

    Every account has one, always: an account without a device would be asked for no second factor. Its address is
    left empty, so that it follows the account's.
    """
    device, _made = EmailDevice.objects.get_or_create(
        user=user, name="default", defaults={"confirmed": True}
    )
    return device


def check_password_criteria(*, password: str, user: User) -> None:
    """Raise PasswordRefused with the reasons when the password does not meet the criteria."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise PasswordRefused(field="password", reasons=" ".join(error.messages)) from error


@transaction.atomic
def register(
    *,
    email: str,
    password: str,
    first_name: str = "",
    last_name: str = "",
    language: str = settings.LANGUAGE_CODE,
    staff: bool = False,
    active: bool = True,
) -> User:
    """Open an account with its citizen profile and its device for mailed codes.

    `active=False` waits for the first right code (see actions.invitations.activate). Raises PasswordRefused, and
    Conflict when the address has an account already.
    """
    address = normal_email(email)
    if User.objects.filter(email=address).exists():
        raise Conflict(field="email")
    user = User(
        email=address,
        first_name=first_name.strip(),
        last_name=last_name.strip(),
        language=language,
        is_staff=staff,
        is_active=active,
    )
    check_password_criteria(password=password, user=user)
    user.set_password(password)
    user.save(force_insert=True)
    Profile.objects.create(kind=ProfileKind.CITIZEN, user=user, name=user.display_name)
    ensure_device(user)
    journal.record(subject=user, event="account_opened", actor=user, side=Side.CITIZEN)
    return user


@transaction.atomic
def update_details(*, user: User, values: Mapping[str, str], by: User) -> User:
    """Change name, language or phone number (E.164) of an account; the citizen profile takes the name.

    `values` may hold any of DETAILS; another key raises Invalid. A field whose value comes from an authoritative
    source raises FieldLocked unless the value is the same, whatever the route. The language is always the person's own
    choice.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    profile, _made = Profile.objects.get_or_create(
        user=user, defaults={"kind": ProfileKind.CITIZEN, "name": user.display_name}
    )
    current = {**{name: getattr(user, name) for name in DETAILS[:3]}, "phone": profile.phone}
    changed = []
    for name, value in values.items():
        if name not in DETAILS:
            raise Invalid(field=name)
        if value == current[name]:
            continue
        if name in user.locked_fields and name != "language":
            raise FieldLocked(field=name)
        setattr(profile if name == "phone" else user, name, value)
        changed.append(name)
    if changed:
        profile.name = user.display_name
        user.save(update_fields=["first_name", "last_name", "language"])
        profile.save(update_fields=["name", "phone"])
        side = Side.CITIZEN if by == user else Side.AGENT
        journal.record(
            subject=user, event="details_changed", actor=by, side=side, data={"fields": changed}
        )
    return user


def publish_terms(*, texts: Mapping[str, str]) -> TermsVersion:
    """Publish a new version of the terms of use; `texts` is plain HTML by language.

    Publishing the same texts again returns the version in force.
    """
    content = json.dumps(dict(texts), sort_keys=True, ensure_ascii=False)
    digest = hashlib.sha256(content.encode()).hexdigest()
    with transaction.atomic():
        last = TermsVersion.objects.select_for_update().order_by("-number").first()
        if last and last.sha256 == digest:
            return last
        return TermsVersion.objects.create(
            number=last.number + 1 if last else 1, texts=dict(texts), sha256=digest
        )


def accept_terms(
    *, user: User, version: TermsVersion | None, accepted: bool, language: str
) -> TermsAcceptance | None:
    """Record that the person accepted `version` in `language` (GDPR art. 7.1).

    Raises TermsNotAccepted. Without any published version there is nothing to accept.
    """
    if version is None:
        return None
    if not accepted:
        raise TermsNotAccepted(field="terms")
    acceptance, _made = TermsAcceptance.objects.update_or_create(
        user=user, version=version, defaults={"language": language, "accepted_at": timezone.now()}
    )
    return acceptance
