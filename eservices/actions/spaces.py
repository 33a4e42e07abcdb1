"""Which space a session is in: chosen by the person, lost with the right to it."""

from django.db import transaction

from eservices.errors import NotFound
from eservices.models import Membership, PortalSession, Profile, User
from eservices.queries.profiles import memberships_of


@transaction.atomic
def enter(*, session: PortalSession, user: User, profile: Profile | None) -> Membership | None:
    """Let a session act for an organisation from the next request on; None leads back to oneself.

    Returns the right that allows it. Raises NotFound for a space that is not the person's.
    """
    membership = None
    if profile is not None:
        membership = memberships_of(user).filter(profile=profile).first()
        if membership is None:
            raise NotFound
    PortalSession.objects.filter(pk=session.pk, user=user).update(profile=profile)
    session.profile = profile
    return membership


def leave_lost(*, session: PortalSession) -> bool:
    """Lead a session back to oneself whose chosen space is not the person's any more; True when it was so.

    Of two requests at once one gets True: the person is told once.
    """
    lost = PortalSession.objects.filter(pk=session.pk, profile=session.profile_id)
    changed = lost.update(profile=None)
    session.profile = None
    return bool(changed)
