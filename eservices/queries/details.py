"""Answers about what the portal knows of a person or an organisation, and where each value comes from."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from eservices import formats
from eservices.enums import FieldSource
from eservices.models import DetailsReport, Membership, Organisation, Profile, User
from eservices.queries.identifiers import masked_number

#: The values of a person and of an organisation that may be locked and so be reported as wrong.
PERSON_FIELDS = ("first_name", "last_name", "phone", "email", "birth_date", "national_number")
ORGANISATION_FIELDS = ("name", "kind", "number")
#: What the values are called.
LABELS: Mapping[str, str | Promise] = {
    "first_name": gettext_lazy("First name"),
    "last_name": gettext_lazy("Last name"),
    "phone": gettext_lazy("Phone number"),
    "email": gettext_lazy("E-mail address"),
    "birth_date": gettext_lazy("Birth date"),
    "national_number": gettext_lazy("National register number"),
    "name": gettext_lazy("Name"),
    "kind": gettext_lazy("Kind"),
    "number": gettext_lazy("Enterprise number"),
}


@dataclass(frozen=True, kw_only=True)
class ReportCounts:
    """How many reports of wrong values wait for an answer, and how many have one."""

    open: int
    answered: int


def source_of(locked: Mapping[str, str], field: str) -> FieldSource | None:
    """Return where a locked value comes from; None for one that the person declares. Unknown words lock too."""
    if field not in locked:
        return None
    found = locked[field]
    known = found in FieldSource.values and found != FieldSource.DECLARED
    return FieldSource(found) if known else FieldSource.AGENT


def locks_of(user: User) -> dict[str, FieldSource]:
    """Return the locked values of a person with their sources; a verified national number is always locked."""
    found = {name: source_of(user.locked_fields, name) for name in PERSON_FIELDS}
    locks = {name: source for name, source in found.items() if source is not None}
    identifier = getattr(user, "identifier", None)
    if identifier is not None:
        locks["national_number"] = FieldSource(identifier.source)
    return locks


def organisation_locks_of(organisation: Organisation) -> dict[str, FieldSource]:
    """Return the locked values of an organisation; its number names it and is always the register's."""
    found = {name: source_of(organisation.locked_fields, name) for name in ORGANISATION_FIELDS}
    locks = {name: source for name, source in found.items() if source is not None}
    return {**locks, "number": FieldSource.KBO}


def open_reports_of(user: User, profile: Profile | None) -> dict[str, DetailsReport]:
    """Return by field what the person has reported and nobody has answered; `profile` is an organisation's or None."""
    rows = DetailsReport.objects.filter(user=user, profile=profile, handled_at=None)
    return {row.field: row for row in rows}


def reports(*, answered: bool) -> QuerySet[DetailsReport]:
    """Return the reports of wrong values for the back office, the oldest open or the newest answered first."""
    rows = DetailsReport.objects.select_related("user", "profile__organisation", "handled_by")
    if answered:
        return rows.exclude(handled_at=None).order_by("-handled_at", "-pk")
    return rows.filter(handled_at=None).order_by("created_at", "pk")


def report_counts() -> ReportCounts:
    """Return how many reports are open and answered, in one query."""
    found = DetailsReport.objects.aggregate(total=Count("pk"), answered=Count("handled_at"))
    return ReportCounts(open=found["total"] - found["answered"], answered=found["answered"])


def person_value(user: User, field: str) -> str:
    """Return a value of a person as it may be shown; the national number is masked."""
    if field == "national_number":
        return masked_number(user)
    if field == "phone":
        profile = getattr(user, "citizen_profile", None)
        return formats.phone(profile.phone) if profile and profile.phone else ""
    return str(getattr(user, field, "") or "")


def organisation_value(membership: Membership, field: str) -> str:
    """Return a value of an organisation as its member may see it."""
    if field == "number":
        return formats.bce(membership.profile.organisation.bce_number)
    return membership.shown_name if field == "name" else membership.profile.get_kind_display()
