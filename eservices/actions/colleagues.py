"""Colleagues: an administrator of a space invites by mail address, the owner of the address answers."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation

from eservices.actions import invitations, journal, mails, ratelimits
from eservices.actions.memberships import confirm
from eservices.enums import (
    ConfirmedBy,
    InvitationState,
    MembershipFunction,
    MembershipRole,
    MembershipState,
    Side,
)
from eservices.errors import (
    ColleagueInvitationInvalid,
    ColleagueInvited,
    ColleagueIsMember,
    NotAdministrator,
    NotFound,
)
from eservices.identifiers import normal_email
from eservices.models import ColleagueInvitation, Membership, Profile, User
from eservices.queries.profiles import administers, confirmed_members, memberships_of

#: So many invitations may one administrator send in a day.
INVITATIONS_A_DAY = 30


def invite(
    *,
    profile: Profile,
    email: str,
    by: User,
    role: MembershipRole = MembershipRole.MEMBER,
    function: MembershipFunction = MembershipFunction.OTHER,
    language: str = settings.LANGUAGE_CODE,
    now: datetime | None = None,
) -> ColleagueInvitation:
    """Invite the owner of a mail address into a space, for as long as an account's invitation lasts.

    Who has an account gets a mail that leads to "My spaces", anybody else the ordinary invitation to open one; the
    answer is the same, so that nobody learns who has an account. Raises NotAdministrator, ColleagueIsMember,
    ColleagueInvited, and TooMany after 30 in a day.
    """
    now = now or timezone.now()
    ratelimits.allow(
        bucket="colleague-invited",
        key=str(by.public_id),
        limit=INVITATIONS_A_DAY,
        window=timedelta(days=1),
        now=now,
    )
    address = normal_email(email)
    with transaction.atomic():
        Profile.objects.select_for_update().get(pk=profile.pk)
        if not administers(by, profile):
            raise NotAdministrator
        if confirmed_members(profile).filter(user__email=address).exists():
            raise ColleagueIsMember(field="email")
        row = _new_invitation(profile, address, by, role, function, now)
        journal.record(
            subject=row,
            event="colleague_invited",
            actor=by,
            side=Side.CITIZEN,
            data={"profile": str(profile.public_id), "role": row.role},
        )
        _call(row, by, language)
    return row


def _new_invitation(
    profile: Profile,
    address: str,
    by: User,
    role: MembershipRole,
    function: MembershipFunction,
    now: datetime,
) -> ColleagueInvitation:
    pending = profile.colleague_invitations.filter(email=address, state=InvitationState.PENDING)
    pending.filter(expires_at__lte=now).update(state=InvitationState.REVOKED)
    try:
        with transaction.atomic():
            return ColleagueInvitation.objects.create(
                profile=profile,
                email=address,
                role=role,
                function=function,
                invited_by=by,
                created_at=now,
                expires_at=now + timedelta(days=settings.INVITATION_DAYS),
            )
    except IntegrityError:
        raise ColleagueInvited(field="email") from None


def _call(row: ColleagueInvitation, by: User, language: str) -> None:
    """Mail whoever owns the address; the account's own invitation leads to "My spaces" when it is activated."""
    known = User.objects.filter(email=row.email, is_active=True).first()
    if known is None:
        with translation.override(language):
            destination = reverse("spaces")
        invitations.invite(email=row.email, by=by, language=language, destination=destination)
        return
    mails.send(
        template="colleague_invited",
        to_user=known,
        key=f"colleague-invited:{row.public_id}",
        context={"invitation": str(row.public_id)},
        priority=40,
    )


@transaction.atomic
def withdraw(*, invitation: ColleagueInvitation, by: User) -> ColleagueInvitation:
    """Take an invitation back. Raises NotAdministrator, ColleagueInvitationInvalid for an answered one."""
    if not administers(by, invitation.profile):
        raise NotAdministrator
    return _close(invitation, by, event="colleague_invitation_withdrawn")


@transaction.atomic
def decline(*, invitation: ColleagueInvitation, by: User) -> ColleagueInvitation:
    """Say no; the administrator who invited gets a mail. Raises NotFound, ColleagueInvitationInvalid."""
    _check_owner(invitation, by)
    row = _close(invitation, by, event="colleague_invitation_declined")
    _answer(row)
    return row


@transaction.atomic
def accept(*, invitation: ColleagueInvitation, by: User, now: datetime | None = None) -> Membership:
    """Join a space: the membership is confirmed by the administrator who invited.

    A membership that the person had declared is confirmed by it. Raises NotFound for somebody else's invitation,
    ColleagueInvitationInvalid for one that was answered, is too old or whose sender no longer administers the space.
    """
    now = now or timezone.now()
    _check_owner(invitation, by)
    Profile.objects.select_for_update().get(pk=invitation.profile_id)
    free = ColleagueInvitation.objects.filter(
        pk=invitation.pk, state=InvitationState.PENDING, expires_at__gt=now
    )
    row = free.select_related("profile", "invited_by").first()
    if row is None or row.invited_by is None or not administers(row.invited_by, row.profile):
        raise ColleagueInvitationInvalid
    free.update(state=InvitationState.ACCEPTED, user=by)
    row.refresh_from_db()
    journal.record(subject=row, event="colleague_invitation_accepted", actor=by, side=Side.CITIZEN)
    membership = _joined(row, by, now)
    _answer(row)
    return membership


def _joined(row: ColleagueInvitation, by: User, now: datetime) -> Membership:
    open_rows = Membership.objects.filter(user=by, profile=row.profile).exclude(
        state=MembershipState.REVOKED
    )
    membership = open_rows.first()
    if membership is None:
        membership = Membership.objects.create(
            user=by,
            profile=row.profile,
            function=row.function,
            language=by.language,
            email=by.email,
            created_at=now,
        )
    elif not memberships_of(by).filter(pk=membership.pk).exists():
        membership.valid_until = None  # it had lapsed: the invitation opens it again
        membership.save(update_fields=["valid_until"])
    if membership.state == MembershipState.CONFIRMED:
        return membership
    return confirm(
        membership=membership,
        by=row.invited_by,
        how=ConfirmedBy.COLLEAGUE,
        role=MembershipRole(row.role),
        now=now,
    )


def _check_owner(invitation: ColleagueInvitation, by: User) -> None:
    if normal_email(by.email) != invitation.email:
        raise NotFound


def _close(invitation: ColleagueInvitation, by: User, *, event: str) -> ColleagueInvitation:
    changed = ColleagueInvitation.objects.filter(
        pk=invitation.pk, state=InvitationState.PENDING
    ).update(state=InvitationState.REVOKED)
    if not changed:
        raise ColleagueInvitationInvalid
    invitation.refresh_from_db()
    journal.record(subject=invitation, event=event, actor=by, side=Side.CITIZEN)
    return invitation


def _answer(row: ColleagueInvitation) -> None:
    if row.invited_by is not None:
        mails.send(
            template="colleague_answered",
            to_user=row.invited_by,
            key=f"colleague-answered:{row.public_id}",
            context={"invitation": str(row.public_id), "accepted": row.state == "accepted"},
        )
