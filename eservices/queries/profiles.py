"""Answers about profiles: in whose name somebody may act, and how sure we are of it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from eservices.contract import Viewer
from eservices.enums import InvitationState, MembershipRole, MembershipState, ProfileKind
from eservices.errors import InOtherSpace, NotFound
from eservices.identifiers import normal_email
from eservices.models import ColleagueInvitation, Membership, PortalSession, Profile, User


class OfProfile(Protocol):
    """A file or a booking: whose it is, and who began it."""

    @property
    def profile(self) -> Profile:
        """Whose it is."""
        ...

    @property
    def acting_user_id(self) -> object:
        """Key of who began it."""
        ...


@dataclass(frozen=True, kw_only=True)
class Space:
    """In whose name a person may act, called as this person may read it."""

    profile: Profile
    name: str


def spaces_of(viewer: Viewer) -> list[Space]:
    """Return the spaces that a person may enter: one's own first, then the organisations by name; two queries at most.

    Nobody's for who has not logged in, and for somebody of the municipality who only looks.
    """
    if viewer.user is None or viewer.profile is None or viewer.agent is not None:
        return []
    own = viewer.user.citizen_profile if viewer.membership else viewer.profile
    rows = memberships_of(viewer.user)
    return [
        Space(profile=own, name=own.name),
        *(Space(profile=row.profile, name=row.shown_name) for row in rows),
    ]


def other_spaces(spaces: Collection[Space], viewer: Viewer, kinds: Collection[str]) -> list[Space]:
    """Return those of a person's `spaces` that are of one of the `kinds` and not in use now; no kinds: citizens."""
    wanted = kinds or (ProfileKind.CITIZEN,)
    return [s for s in spaces if s.profile != viewer.profile and s.profile.kind in wanted]


def memberships_of(user: User, *, today: date | None = None) -> QuerySet[Membership]:
    """Return the memberships that give a right today, by name of the organisation."""
    return (
        Membership.objects.filter(user=user)
        .exclude(state=MembershipState.REVOKED)
        .filter(Q(valid_until=None) | Q(valid_until__gte=today or timezone.localdate()))
        .select_related("profile", "profile__organisation")
        .order_by("profile__name", "pk")
    )


def right_as_kept(membership: Membership | None) -> dict[str, str]:
    """Return by which membership somebody acts for an organisation, as it stands now and is kept with what is sent.

    Nothing for what is sent in one's own name.
    """
    if membership is None:
        return {}
    return {
        "membership": str(membership.public_id),
        "state": membership.state,
        "role": membership.role,
        "function": membership.function,
        "function_words": membership.function_words,
    }


def acting_profile(session: PortalSession) -> tuple[Profile | None, Membership | None]:
    """Return in whose name a session acts, looked up now: a right that was ended is gone at once.

    The person's own profile when there is no (longer a) right to the chosen one.
    """
    if session.profile_id is not None:
        membership = memberships_of(session.user).filter(profile=session.profile_id).first()
        if membership is not None:
            return membership.profile, membership
    return Profile.objects.filter(user=session.user).first(), None


def entry_profile(user: User) -> Profile | None:
    """Return the organisation's profile that a person enters at login; None for oneself."""
    preference = getattr(user, "space_preference", None)
    wanted = preference.default_profile_id if preference else None
    if wanted is None:
        return None
    membership = memberships_of(user).filter(profile=wanted).first()
    return membership.profile if membership else None


def confirmed_members(profile: Profile, *, today: date | None = None) -> QuerySet[Membership]:
    """Return who acts for an organisation beyond doubt today, with the people."""
    return (
        Membership.objects.filter(profile=profile, state=MembershipState.CONFIRMED)
        .filter(Q(valid_until=None) | Q(valid_until__gte=today or timezone.localdate()))
        .select_related("user")
        .order_by("user__last_name", "user__first_name", "pk")
    )


def administers(user: User, profile: Profile, *, today: date | None = None) -> bool:
    """Whether somebody is a confirmed administrator of an organisation's space today."""
    members = confirmed_members(profile, today=today)
    return members.filter(user=user, role=MembershipRole.ADMIN).exists()


def suggested_role(membership: Membership) -> MembershipRole:
    """Return the role that a member gets by being confirmed: the first one administers the space."""
    others = confirmed_members(membership.profile).exclude(pk=membership.pk)
    taken = others.filter(role=MembershipRole.ADMIN).exists()
    return MembershipRole.MEMBER if taken else MembershipRole.ADMIN


def membership_named(user: User, public_id: UUID) -> Membership:
    """Return a person's own right to act that counts today; raises NotFound otherwise."""
    row = memberships_of(user).filter(public_id=public_id).first()
    if row is None:
        raise NotFound
    return row


def invitations_for(user: User, *, now: datetime | None = None) -> QuerySet[ColleagueInvitation]:
    """Return the invitations into spaces that a person may answer: to the address of the account, still valid."""
    return (
        ColleagueInvitation.objects.filter(
            email=normal_email(user.email),
            state=InvitationState.PENDING,
            expires_at__gt=now or timezone.now(),
        )
        .select_related("profile__organisation", "invited_by")
        .order_by("created_at")
    )


def open_invitations(
    profile: Profile, *, now: datetime | None = None
) -> QuerySet[ColleagueInvitation]:
    """Return the invitations into a space that nobody has answered yet."""
    return profile.colleague_invitations.filter(
        state=InvitationState.PENDING, expires_at__gt=now or timezone.now()
    ).order_by("email")


def space_members(user: User, profile: Profile) -> QuerySet[Membership]:
    """Return the members of a space for its administrator; raises NotFound for anybody else.

    Declared members are not listed: what they typed is between them and the municipality.
    """
    if not administers(user, profile):
        raise NotFound
    return confirmed_members(profile)


def sender_name(*, profile: Profile, user: User | None) -> str:
    """Return what an organisation is called on papers of `user`: see Membership.shown_name."""
    if profile.kind == ProfileKind.CITIZEN or user is None:
        return profile.name
    membership = (
        Membership.objects.filter(user=user, profile=profile)
        .select_related("profile__organisation")
        .order_by("-created_at")
        .first()
    )
    return membership.shown_name if membership else profile.name


def profile_named(user: User, public_id: object) -> Profile | None:
    """Return the organisation's profile that a person may enter; None for the person's own.

    Raises NotFound for a profile that is not the person's, and for what is no id.
    """
    try:
        wanted = UUID(str(public_id))
    except ValueError:
        raise NotFound from None
    if Profile.objects.filter(user=user, public_id=wanted).exists():
        return None
    membership = memberships_of(user).filter(profile__public_id=wanted).first()
    if membership is None:
        raise NotFound
    return membership.profile


def missing(viewer: Viewer, row: OfProfile | None) -> NotFound:
    """Return the refusal for what is not in the viewer's space: it says so when another space of the person holds it.

    `row` is what has the wanted name, whosever it is. A declared member sees only what is the own.
    """
    user = viewer.user
    if row is None or user is None or viewer.agent is not None or row.profile == viewer.profile:
        return NotFound()
    if row.profile.user_id == user.pk:
        return InOtherSpace(name=row.profile.name, profile=row.profile.public_id)
    membership = memberships_of(user).filter(profile=row.profile).first()
    declared = membership is not None and membership.state == MembershipState.DECLARED
    if membership is None or (declared and row.acting_user_id != user.pk):
        return NotFound()
    return InOtherSpace(name=membership.shown_name, profile=row.profile.public_id)


def viewer_in_space(viewer: Viewer, public_id: object) -> Viewer:
    """Return the viewer acting in the name of another profile of theirs; the session stays in its own.

    Raises NotFound for a profile that is not theirs, and for what is no id.
    """
    if viewer.user is None:
        raise NotFound
    profile = profile_named(viewer.user, public_id)
    membership = None
    if profile is not None:
        membership = memberships_of(viewer.user).filter(profile=profile).first()
    return Viewer(
        user=viewer.user,
        profile=profile or viewer.user.citizen_profile,
        level=viewer.level,
        proofs=viewer.proofs,
        membership=membership,
        session=viewer.session,
        agent=viewer.agent,
    )


def spaces_copy(user: User) -> list[dict[str, Any]]:
    """Return all rights to act that a person had or has, for the copy of the data; without internal ids."""
    rows = Membership.objects.filter(user=user).select_related("profile__organisation")
    columns = (
        *("state", "role", "function", "function_words", "language", "landline", "mobile"),
        *("email", "notify_by_mail", "proof_name", "valid_until", "declared", "created_at"),
        *("confirmed_at", "confirmed_how", "ended_at", "end_reason"),
    )
    return [
        {
            "name": row.shown_name,
            "enterprise_number": row.profile.organisation.bce_number,
            "establishment_number": row.profile.organisation.establishment_number,
            **{name: getattr(row, name) for name in columns},
        }
        for row in rows.order_by("created_at")
    ]
