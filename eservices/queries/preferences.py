"""Answers about how a person wants to use the portal: which space first, and where notices are read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from eservices.enums import LEGAL_NOTICES, Channel, NoticeKind
from eservices.models import Membership, NoticeChoice, Profile, SpacePreference, User
from eservices.queries.profiles import memberships_of


@dataclass(frozen=True, kw_only=True)
class SpaceNotices:
    """One space that a person may use today, and the channel of each kind of notice that can come in it.

    Work of a team comes in one's own space, and only to its members.
    """

    profile: Profile
    membership: Membership | None
    channels: Mapping[NoticeKind, Channel]


@dataclass(frozen=True, kw_only=True)
class Preferences:
    """What a person has chosen; `default_space` is the public id of an organisation's profile, None for oneself."""

    default_space: UUID | None
    spaces: Sequence[SpaceNotices]


def channel_for(*, user: User, profile: Profile | None, kind: NoticeKind) -> Channel:
    """Return where a person wants to read a kind of notice about the files of `profile`.

    Notices with legal effect (LEGAL_NOTICES) always go by mail as well. Without a choice, a member of an organisation
    has what was said when the space was made; all others get mail.
    """
    if kind in LEGAL_NOTICES:
        return Channel.MAIL
    return chosen_channel(user=user, profile=profile, kind=kind)


def chosen_channel(*, user: User, profile: Profile | None, kind: NoticeKind) -> Channel:
    """Return what a person has chosen for a kind of notice, whatever its effect; see `channel_for`.

    Notices about nobody's file (work of a team) follow the choices of one's own space.
    """
    choices = NoticeChoice.objects.filter(user=user, kind=kind)
    choice = (
        choices.filter(profile=profile) if profile else choices.filter(profile__user=user)
    ).first()
    if choice is not None:
        return Channel(choice.channel)
    if profile is None:
        return Channel.MAIL
    return _default(memberships_of(user).filter(profile=profile).first())


def preferences_of(user: User) -> Preferences:
    """Return all choices of a person, for the spaces that may be used today; one's own space comes first."""
    memberships: list[Membership | None] = [None, *memberships_of(user)]
    own = Profile.objects.filter(user=user).first()
    chosen = {
        (row.profile_id, row.kind): Channel(row.channel)
        for row in NoticeChoice.objects.filter(user=user)
    }
    in_team = user.teams.exists()
    spaces = []
    for membership in memberships:
        profile = membership.profile if membership else own
        if profile is None:
            continue
        channels = {
            kind: Channel.MAIL
            if kind in LEGAL_NOTICES
            else chosen.get((profile.pk, kind.value), _default(membership))
            for kind in NoticeKind
            if kind != NoticeKind.TEAM or (in_team and membership is None)
        }
        spaces.append(SpaceNotices(profile=profile, membership=membership, channels=channels))
    preference = SpacePreference.objects.filter(user=user).select_related("default_profile").first()
    wanted = preference.default_profile if preference else None
    usable = wanted is not None and wanted.pk in {space.profile.pk for space in spaces}
    return Preferences(
        default_space=wanted.public_id if wanted is not None and usable else None, spaces=spaces
    )


def preferences_copy(user: User) -> dict[str, object]:
    """Return the choices of a person as JSON, for the copy of their data; names are those of the person's spaces."""
    names = {
        space.profile.pk: space.membership.shown_name if space.membership else space.profile.name
        for space in preferences_of(user).spaces
    }
    preference = SpacePreference.objects.filter(user=user).first()
    return {
        "space_at_login": names.get(preference.default_profile_id or 0) if preference else None,
        "notices": [
            {"space": names.get(row.profile_id), "kind": row.kind, "channel": row.channel}
            for row in NoticeChoice.objects.filter(user=user).order_by("profile", "kind")
        ],
    }


def _default(membership: Membership | None) -> Channel:
    return Channel.SPACE if membership and not membership.notify_by_mail else Channel.MAIL
