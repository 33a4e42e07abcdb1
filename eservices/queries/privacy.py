"""What the portal holds about a person, over all services: counts, readings, copy, erasure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from axes.models import AccessAttempt
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from eservices.contract import ErasureReport, HeldData, HeldItem, Reading, registry
from eservices.models import (
    AuthenticatorApp,
    BackupCode,
    EmailChange,
    Invitation,
    OutgoingMail,
    Passkey,
    PersonIdentifier,
    Profile,
    User,
)
from eservices.queries.identifiers import number_copy
from eservices.queries.journal import entries_about
from eservices.queries.login_methods import methods_copy
from eservices.queries.notices import notices_copy
from eservices.queries.preferences import preferences_copy
from eservices.queries.profiles import spaces_copy


@dataclass(frozen=True, kw_only=True)
class PrivacySummary:
    """What the page "Privacy" shows; `plan` is what an erasure would do now."""

    held: tuple[HeldData, ...]
    readings: tuple[Reading, ...]
    plan: ErasureReport


def privacy_summary(user: User) -> PrivacySummary:
    """Return everything that the page shows; the number of queries does not depend on how much."""
    held = [item for service in registry for item in service.held_personal_data(user)]
    readings = [item for service in registry for item in service.readings(user)]
    mails = HeldData(label=_("E-mails sent to you"), count=mails_to(user).count())
    return PrivacySummary(
        held=(*held, mails, *account_held(user)),
        readings=tuple(sorted(readings, key=lambda reading: reading.at, reverse=True)),
        plan=services_plan(user),
    )


def account_held(user: User) -> list[HeldData]:
    """Return how much belongs to the account itself, without what there is none of."""
    sources: list[tuple[str, QuerySet[Any]]] = [
        (_("Spaces"), user.memberships.all()),
        (_("National number"), PersonIdentifier.objects.filter(user=user)),
        (_("Digital identities"), user.identities.all()),
        (_("Passkeys"), Passkey.objects.filter(user=user)),
        (_("Authenticator app"), AuthenticatorApp.objects.filter(user=user)),
        (_("Backup codes"), BackupCode.objects.filter(codes__user=user)),
        (_("Wrong details"), user.details_reports.all()),
        (_("Sessions"), user.portal_sessions.all()),
        (_("Security log"), user.authentication_events.all()),
    ]
    counted = [HeldData(label=label, count=rows.count()) for label, rows in sources]
    return [row for row in counted if row.count]


def services_plan(user: User) -> ErasureReport:
    """Return what the services would erase and keep now, without the account."""
    return joined(service.plan_erasure(user) for service in registry)


def joined(reports: Iterable[ErasureReport]) -> ErasureReport:
    """Return several reports as one, in their order."""
    whole = list(reports)
    return ErasureReport(
        erased=tuple(item for report in whole for item in report.erased),
        kept=tuple(item for report in whole for item in report.kept),
    )


def with_account(report: ErasureReport) -> ErasureReport:
    """Return a report with the account itself: it goes when nothing else must stay."""
    account = HeldItem(
        what=_("Your account: name, e-mail address, phone number, password and devices")
    )
    if not report.kept:
        return replace(report, erased=(*report.erased, account))
    stays = replace(
        account,
        delete_on=None,
        rule=_("with the last of your files"),
        reason=_("You need it to follow the files that stay."),
    )
    return replace(report, kept=(*report.kept, stays))


def mails_to(user: User) -> QuerySet[OutgoingMail]:
    """Return the mails to a person, by account or by its address."""
    return OutgoingMail.objects.filter(Q(to_user=user) | Q(address=user.email))


def invitations_of(user: User) -> QuerySet[Invitation]:
    """Return the invitations that were for this person."""
    return Invitation.objects.filter(Q(user=user) | Q(email=user.email))


def account_copy(user: User) -> dict[str, Any]:
    """Return what the core holds beside the services, as JSON without internal ids.

    Messages belong to no part of the core: services that carry them export them.
    """
    profile = Profile.objects.filter(user=user).first()
    return {
        "account": {
            "email": user.email,
            "first_name": user.first_name,
            "last_name": user.last_name,
            "language": user.language,
            "since": user.date_joined,
            "last_login": user.last_login,
            "from_official_sources": user.locked_fields,
            "national_number": number_copy(user),
        },
        "profile": profile
        and {
            "kind": profile.kind,
            "name": profile.name,
            "phone": profile.phone,
            "since": profile.created_at,
        },
        "terms_accepted": [
            {"version": row.version.number, "language": row.language, "at": row.accepted_at}
            for row in user.terms.select_related("version").order_by("accepted_at")
        ],
        "security_events": [
            {"at": entry.at, "event": entry.event, "side": entry.side, "details": entry.data}
            for entry in entries_about(user)
        ],
        "sessions": list(
            user.portal_sessions.order_by("began_at").values(
                "began_at", "last_active_at", "ended_at", "end_reason", "browser", "network"
            )
        ),
        "security_log": list(
            user.authentication_events.order_by("at", "pk").values(
                "at", "kind", "method", "provider", "level", "code", "browser", "network"
            )
        ),
        "login_methods": methods_copy(user),
        "spaces": spaces_copy(user),
        "digital_identities": list(
            user.identities.order_by("linked_at").values(
                "provider", "level", "linked_at", "last_used_at", "revoked_at"
            )
        ),
        "failed_logins": list(
            AccessAttempt.objects.filter(username__iexact=user.email)
            .order_by("attempt_time")
            .values("attempt_time", "ip_address", "user_agent", "failures_since_start")
        ),
        "email_changes": list(
            EmailChange.objects.filter(user=user)
            .order_by("created_at")
            .values("old_email", "new_email", "created_at", "used_at", "undone_at")
        ),
        "invitations": list(
            invitations_of(user)
            .order_by("created_at")
            .values("email", "first_name", "last_name", "state", "created_at", "expires_at")
        ),
        "preferences": preferences_copy(user),
        "notices": notices_copy(user),
        "reports_of_wrong_values": list(
            user.details_reports.order_by("created_at").values(
                "field", "source", "message", "created_at", "handled_at", "answer"
            )
        ),
        "mails": list(
            mails_to(user).order_by("created_at").values("template", "created_at", "sent_at")
        ),
    }
