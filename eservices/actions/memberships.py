"""Rights to act for an organisation: confirmed, changed and ended, each by whom it may be."""

from datetime import date, datetime
from types import EllipsisType

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from eservices.actions import journal, mails
from eservices.enums import ConfirmedBy, MembershipRole, MembershipState, Side
from eservices.errors import (
    LastAdministrator,
    MembershipSettled,
    NotAdministrator,
    OwnMembership,
    ReasonRequired,
    Refused,
    ValidityOver,
)
from eservices.models import ColleagueInvitation, Membership, Profile, User
from eservices.queries.profiles import administers, confirmed_members, suggested_role

#: What somebody of the municipality needs to confirm or end memberships.
CHANGE = "eservices.change_membership"


@transaction.atomic
def confirm(
    *,
    membership: Membership,
    by: User | None,
    how: ConfirmedBy,
    role: MembershipRole | None = None,
    valid_until: date | None | EllipsisType = ...,
    now: datetime | None = None,
) -> Membership:
    """Confirm that a person acts for an organisation: from now on the person sees all its files.

    `how` says what it rests on: AGENT and MANDATE need the right `change_membership` of `by`, who must be somebody
    else; COLLEAGUE needs an administrator of the space; PROVIDER has no `by`. Without a `role` the first confirmed
    member becomes the administrator. `valid_until` replaces the declared last day, None takes the limit away.

    The first confirmation also makes the declared name the organisation's, unless the register locked it. The person
    gets a mail. Raises Refused, OwnMembership, NotAdministrator, ValidityOver, and MembershipSettled when the
    membership is not waiting any more.
    """
    now = now or timezone.now()
    row = _locked(membership)
    _check_confirmer(row, by, how)
    if row.state != MembershipState.DECLARED:
        raise MembershipSettled
    if not isinstance(valid_until, EllipsisType):
        row.valid_until = valid_until
    if row.valid_until and row.valid_until < timezone.localdate(now):
        raise ValidityOver(field="valid_until")
    row.role = role or suggested_role(row)
    _adopt_declared_name(row)
    row.state = MembershipState.CONFIRMED
    row.confirmed_by, row.confirmed_at, row.confirmed_how = by, now, how
    row.save()
    journal.record(
        subject=row,
        event="membership_confirmed",
        actor=by,
        side=_side(row, by),
        data={"how": how.value, "role": row.role},
    )
    _tell(row, "membership_confirmed")
    return row


@transaction.atomic
def end(
    *, membership: Membership, by: User | None, reason: str = "", now: datetime | None = None
) -> Membership:
    """End a right to act: at the next request the person acts for oneself; files stay with the organisation.

    `by` is the person (leaves), an administrator of the space, somebody of the municipality with the right
    `change_membership` (gives a `reason`, which the person reads), or None for the system. Everybody but the person
    makes a mail leave. Raises Refused, LastAdministrator (never for the municipality), ReasonRequired, and
    MembershipSettled for one that has ended.
    """
    row = _locked(membership)
    side = _side(row, by)
    colleague = side == Side.CITIZEN and by != row.user
    if colleague and not (by and administers(by, row.profile)):
        raise NotAdministrator
    if side == Side.AGENT and not reason.strip():
        raise ReasonRequired(field="reason")
    if row.state == MembershipState.REVOKED:
        raise MembershipSettled
    if side == Side.CITIZEN:
        _keep_an_administrator(row)
    row.state = MembershipState.REVOKED
    row.ended_by, row.ended_at, row.end_reason = by, now or timezone.now(), reason.strip()[:300]
    row.save(update_fields=["state", "ended_by", "ended_at", "end_reason"])
    journal.record(
        subject=row, event="membership_ended", actor=by, side=side, reason=row.end_reason
    )
    if by != row.user:
        _tell(row, "membership_ended")
    return row


@transaction.atomic
def change_role(*, membership: Membership, by: User, role: MembershipRole) -> Membership:
    """Make a confirmed member an administrator or an ordinary member.

    Raises NotAdministrator, LastAdministrator, MembershipSettled for one that is not confirmed.
    """
    row = _locked(membership)
    if not administers(by, row.profile):
        raise NotAdministrator
    if row.state != MembershipState.CONFIRMED:
        raise MembershipSettled
    if row.role == role:
        return row
    if role != MembershipRole.ADMIN:
        _keep_an_administrator(row)
    row.role = role
    row.save(update_fields=["role"])
    entry = journal.record(
        subject=row,
        event="membership_role_changed",
        actor=by,
        side=Side.CITIZEN,
        data={"role": role.value},
    )
    if by != row.user:
        _tell(row, "membership_role", again=str(entry.sequence))
    return row


def end_lapsed(*, now: datetime | None = None) -> int:
    """End memberships whose last day is over, each with a mail; they gave no right since that day."""
    today = timezone.localdate(now)
    lapsed = Membership.objects.filter(valid_until__lt=today).exclude(state=MembershipState.REVOKED)
    for row in (rows := list(lapsed)):
        end(membership=row, by=None, now=now)
    return len(rows)


@transaction.atomic
def forget(*, user: User) -> None:
    """Take what the person said in spaces from an erased account: rights end, contact details and mandates go.

    The rows stay for the journal; an organisation's files stay with the organisation. Nobody gets a mail.
    """
    for row in (rows := list(Membership.objects.filter(user=user))):
        if row.state != MembershipState.REVOKED:
            row.state, row.ended_at = MembershipState.REVOKED, timezone.now()
            journal.record(subject=row, event="membership_ended", actor=None, side=Side.SYSTEM)
        if row.proof:
            row.proof.delete(save=False)
        row.proof_name = row.proof_sha256 = row.function_words = ""
        row.landline = row.mobile = row.email = row.end_reason = ""
        row.declared = {}
    names = ("state", "ended_at", "proof", "proof_name", "proof_sha256", "function_words")
    contact = ("landline", "mobile", "email", "end_reason", "declared")
    Membership.objects.bulk_update(rows, [*names, *contact])
    invited = Q(user=user) | Q(email=user.email)
    ColleagueInvitation.objects.filter(invited).delete()


def _locked(membership: Membership) -> Membership:
    """Return the row as it stands; all who change members of one space wait for each other at its profile."""
    Profile.objects.select_for_update().get(pk=membership.profile_id)
    return Membership.objects.select_related("profile__organisation", "user").get(pk=membership.pk)


def _side(row: Membership, by: User | None) -> Side:
    """Return in which quality `by` acts; whoever is neither the system nor the municipality is a citizen."""
    if by is None:
        return Side.SYSTEM
    return Side.AGENT if by != row.user and by.has_perm(CHANGE) else Side.CITIZEN


def _check_confirmer(row: Membership, by: User | None, how: ConfirmedBy) -> None:
    if how == ConfirmedBy.PROVIDER:
        return
    if by is None:
        raise Refused
    if by == row.user:
        raise OwnMembership
    if how == ConfirmedBy.COLLEAGUE:
        if not administers(by, row.profile):
            raise NotAdministrator
    elif not by.has_perm(CHANGE):
        raise Refused


def _keep_an_administrator(row: Membership) -> None:
    """Raise LastAdministrator when other confirmed members would be left without any administrator."""
    if row.state != MembershipState.CONFIRMED or row.role != MembershipRole.ADMIN:
        return
    others = confirmed_members(row.profile).exclude(pk=row.pk)
    if others.exists() and not others.filter(role=MembershipRole.ADMIN).exists():
        raise LastAdministrator


def _adopt_declared_name(row: Membership) -> None:
    """Take the name of the first member who is confirmed: whoever typed the number before proved nothing."""
    profile, organisation = row.profile, row.profile.organisation
    name = str(row.declared.get("name") or "")
    if not name or "name" in organisation.locked_fields:
        return
    if profile.memberships.exclude(confirmed_at=None).exists():
        return
    profile.name = name
    profile.save(update_fields=["name"])


def _tell(row: Membership, template: str, *, again: str = "") -> None:
    mails.send(
        template=template,
        to_user=row.user,
        key=f"{template}:{row.public_id}:{again}",
        context={"membership": str(row.public_id)},
    )
