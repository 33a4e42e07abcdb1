"""Choosing the space to begin in and the channel of notices."""

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from eservices.actions import journal
from eservices.enums import LEGAL_NOTICES, Channel, NoticeKind, Side
from eservices.errors import NoticeAlwaysByMail, NoticeNotThere, SpaceNotUsable
from eservices.models import NoticeChoice, SpacePreference, User
from eservices.queries.preferences import Preferences, preferences_of


@transaction.atomic
def save(
    *,
    user: User,
    default_space: UUID | None,
    channels: Mapping[tuple[UUID, NoticeKind], Channel],
) -> Preferences:
    """Store which space a person enters at login, and the channel of notices by (space, kind).

    Spaces are named by the public id of their profile; None, or one's own, begins as oneself. What is not mentioned
    stays as it is. Raises SpaceNotUsable for a space that the person may not use today, NoticeAlwaysByMail when a
    notice with legal effect is to stay in the space, NoticeNotThere for a kind that never comes in that space.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    spaces = {space.profile.public_id: space for space in preferences_of(user).spaces}
    if default_space is not None and default_space not in spaces:
        raise SpaceNotUsable(field="space")
    for (wanted, kind), channel in channels.items():
        if wanted not in spaces:
            raise SpaceNotUsable
        if kind in LEGAL_NOTICES and channel != Channel.MAIL:
            raise NoticeAlwaysByMail
        if kind not in spaces[wanted].channels:
            raise NoticeNotThere
    chosen = spaces[default_space] if default_space else None
    SpacePreference.objects.update_or_create(
        user=user,
        defaults={"default_profile": chosen.profile if chosen and chosen.membership else None},
    )
    for (wanted, kind), channel in channels.items():
        if kind not in LEGAL_NOTICES:
            NoticeChoice.objects.update_or_create(
                user=user,
                profile=spaces[wanted].profile,
                kind=kind,
                defaults={"channel": channel},
            )
    journal.record(subject=user, event="preferences_changed", actor=user, side=Side.CITIZEN)
    return preferences_of(user)
