"""What an official source says and may be wrong: reported by the person, answered and corrected by the municipality."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from eservices.actions import journal, mails, ratelimits
from eservices.enums import FieldSource, ProfileKind, Side
from eservices.errors import (
    CorrectionMissing,
    FieldLocked,
    FieldNotLocked,
    Invalid,
    NotAdministrator,
    ReasonRequired,
    Refused,
    ReportAnswered,
    ReportAnswerMissing,
    ReportMessageMissing,
    ReportOpen,
)
from eservices.letterhead import municipality
from eservices.models import DetailsReport, Membership, Organisation, OutgoingMail, Profile, User
from eservices.queries.details import locks_of, organisation_locks_of
from eservices.queries.profiles import administers

#: What somebody of the municipality needs to answer reports and correct locked values.
CHANGE = "eservices.change_detailsreport"
#: What can be corrected by hand; the mail address and the national number have ways of their own.
CORRECTABLE = ("first_name", "last_name", "phone")
REPORTS_PER_DAY = 10


def report(
    *, user: User, field: str, message: str, membership: Membership | None = None
) -> DetailsReport:
    """Tell the municipality that a locked value is wrong: of the person, or of the organisation of `membership`.

    The municipality's mailbox gets a letter without the words, which wait in the back office. Raises
    ReportMessageMissing, FieldNotLocked, ReportOpen when the same value waits for an answer, TooMany above ten a day.
    """
    if not message.strip():
        raise ReportMessageMissing(field="message")
    locks = organisation_locks_of(_organisation(membership)) if membership else locks_of(user)
    if field not in locks:
        raise FieldNotLocked
    day = timedelta(days=1)
    key = str(user.public_id)
    ratelimits.allow(bucket="details-report", key=key, limit=REPORTS_PER_DAY, window=day)
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user.pk)
        profile = membership.profile if membership else None
        known = DetailsReport.objects.filter(user=user, profile=profile, field=field)
        if known.filter(handled_at=None).exists():
            raise ReportOpen
        row = DetailsReport.objects.create(
            user=user,
            profile=profile,
            field=field,
            source=locks[field],
            message=message.strip()[:1000],
        )
        journal.record(
            subject=user,
            event="details_reported",
            actor=user,
            side=Side.CITIZEN,
            data={"field": field},
        )
        mailbox = municipality(user.language).get("email")
        if mailbox:
            mails.send(
                template="details_report",
                address=str(mailbox),
                key=f"details-report:{row.public_id}",
                context={"field": field},
            )
    return row


@transaction.atomic
def answer(
    *, report: DetailsReport, by: User, answer: str, now: datetime | None = None
) -> DetailsReport:
    """Close a report with words that the person reads in the space; a mail says that they are there.

    Raises Refused without the right, ReportAnswerMissing, ReportAnswered when a colleague was faster.
    """
    _check_right(by)
    if not answer.strip():
        raise ReportAnswerMissing(field="answer")
    row = DetailsReport.objects.select_for_update().get(pk=report.pk)
    if row.handled_at is not None:
        raise ReportAnswered
    row.handled_at, row.handled_by = now or timezone.now(), by
    row.answer = answer.strip()
    row.save(update_fields=["handled_at", "handled_by", "answer"])
    journal.record(
        subject=row.user,
        event="details_answered",
        actor=by,
        side=Side.AGENT,
        data={"field": row.field},
    )
    mails.send(
        template="details_answered",
        to_user=row.user,
        key=f"details-answered:{row.public_id}",
        context={"report": str(row.public_id)},
    )
    return row


@transaction.atomic
def correct(*, user: User, field: str, value: str, by: User, reason: str) -> User:
    """Put a locked value of a person right, on the authority of the municipality, which becomes its source.

    `field` is one of CORRECTABLE, a phone number is in E.164. The person gets a mail. Raises Refused without the right
    and for one's own account, ReasonRequired, CorrectionMissing, FieldNotLocked, Invalid for another field.
    """
    _check_right(by)
    if by == user:
        raise Refused
    if field not in CORRECTABLE:
        raise Invalid(field="field")
    _check_correction(value, reason)
    user = User.objects.select_for_update().get(pk=user.pk)
    if field not in user.locked_fields:
        raise FieldNotLocked
    profile = Profile.objects.get(user=user)
    holder: User | Profile = profile if field == "phone" else user
    if getattr(holder, field) == value.strip():
        raise CorrectionMissing(field="value")
    setattr(holder, field, value.strip())
    user.locked_fields = {**user.locked_fields, field: FieldSource.AGENT.value}
    user.save(update_fields=["first_name", "last_name", "locked_fields"])
    profile.name = user.display_name
    profile.save(update_fields=["name", "phone"])
    _record_correction(user, field, by=by, reason=reason)
    return user


@transaction.atomic
def correct_organisation(
    *, organisation: Organisation, value: str, by: User, reason: str, person: User
) -> Organisation:
    """Put the name of an organisation right; the municipality becomes its source. `person` reported it and gets a mail.

    Raises Refused without the right, ReasonRequired, CorrectionMissing.
    """
    _check_right(by)
    _check_correction(value, reason)
    profile = Profile.objects.select_for_update().get(pk=organisation.profile_id)
    if profile.name == value.strip():
        raise CorrectionMissing(field="value")
    profile.name = value.strip()[:250]
    profile.save(update_fields=["name"])
    organisation.locked_fields = {**organisation.locked_fields, "name": FieldSource.AGENT.value}
    organisation.save(update_fields=["locked_fields"])
    _record_correction(person, "name", by=by, reason=reason)
    return organisation


@transaction.atomic
def update_organisation(
    *, membership: Membership, values: Mapping[str, Any], by: User
) -> Organisation:
    """Change what an organisation declares: `name`, `kind` (ProfileKind) and `is_vat_liable` (True, False, None).

    Only confirmed administrators of the space do. A value of an official source raises FieldLocked unless it is the
    same, whatever the route; an unknown key raises Invalid, and so does an empty name.
    """
    if not administers(by, membership.profile):
        raise NotAdministrator
    profile = Profile.objects.select_for_update().get(pk=membership.profile_id)
    organisation = profile.organisation
    changed = []
    for name, value in values.items():
        holder: Profile | Organisation = organisation if name == "is_vat_liable" else profile
        if name not in ("name", "kind", "is_vat_liable") or value in ("", ProfileKind.CITIZEN):
            raise Invalid(field=name)
        if getattr(holder, name) == value:
            continue
        if name in organisation.locked_fields:
            raise FieldLocked(field=name)
        setattr(holder, name, value)
        changed.append(name)
    if changed:
        profile.save(update_fields=["name", "kind"])
        organisation.save(update_fields=["is_vat_liable"])
        journal.record(
            subject=profile,
            event="details_changed",
            actor=by,
            side=Side.CITIZEN,
            data={"fields": changed},
        )
    return organisation


def _organisation(membership: Membership) -> Organisation:
    return Organisation.objects.get(profile=membership.profile_id)


def _check_right(by: User) -> None:
    if not by.has_perm(CHANGE):
        raise Refused


def _check_correction(value: str, reason: str) -> None:
    if not reason.strip():
        raise ReasonRequired(field="reason")
    if not value.strip():
        raise CorrectionMissing(field="value")


def _record_correction(user: User, field: str, *, by: User, reason: str) -> None:
    entry = journal.record(
        subject=user,
        event="details_corrected",
        actor=by,
        side=Side.AGENT,
        reason=reason.strip(),
        data={"field": field},
    )
    mails.send(
        template="details_corrected",
        to_user=user,
        key=f"details-corrected:{user.public_id}:{entry.sequence}",
    )


@mails.mail_extra("details_report")
def _report_words(mail: OutgoingMail) -> dict[str, Any]:
    return {"button_path": reverse("agent-reports")}


@mails.mail_extra("details_answered")
@mails.mail_extra("details_corrected")
def _details_words(mail: OutgoingMail) -> dict[str, Any]:
    return {"button_path": reverse("details")}
