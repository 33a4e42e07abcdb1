"""Agents looking at a person's space: with a reason, for half an hour, read-only, and told to the person."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from eservices.actions import journal, mails, ratelimits, security
from eservices.contract import Viewer
from eservices.enums import AuthenticationEventKind, Side
from eservices.errors import ActingReadOnly, ActingReasonRequired, ActingRefused, LoginRequired
from eservices.models import ActingGrant, Profile, User
from eservices.queries.acting import may_look_at

#: So long a look lasts; a longer one needs a new reason.
LASTS = timedelta(minutes=30)
SHORTEST_REASON = 10
#: So many looks an hour: a counter helps people one after the other, a curious hand reads a street.
LOOKS_PER_HOUR = 20


def person_acting(viewer: Viewer) -> User:
    """Return the person who acts; raises LoginRequired for nobody and ActingReadOnly for an agent who looks.

    Every action that takes a viewer begins with it.
    """
    if viewer.agent is not None:
        raise ActingReadOnly
    if viewer.user is None:
        raise LoginRequired
    return viewer.user


def begin(
    *,
    agent: User,
    person: User,
    reason: str,
    reference: str = "",
    profile: Profile | None = None,
    now: datetime | None = None,
) -> ActingGrant:
    """Let an agent look at a person's space for half an hour; a look that still runs ends.

    The person reads it in the security log and under "who looked at my data", and gets a mail unless ACTING_NOTICE is
    off. `profile` is the space to look at, by default the person's own. Raises ActingRefused, ActingReasonRequired, and
    TooMany above twenty looks an hour.
    """
    now = now or timezone.now()
    reason = " ".join(reason.split())
    if not may_look_at(agent=agent, person=person):
        raise ActingRefused
    if len(reason) < SHORTEST_REASON:
        raise ActingReasonRequired(field="reason")
    key = str(agent.public_id)
    ratelimits.allow(bucket="acting", key=key, limit=LOOKS_PER_HOUR, window=timedelta(hours=1))
    with transaction.atomic():
        locked = User.objects.select_for_update().get(pk=person.pk)
        ActingGrant.objects.filter(agent=agent, ended_at=None).update(ended_at=now)
        grant = ActingGrant.objects.create(
            agent=agent,
            person=locked,
            profile=profile or locked.citizen_profile,
            reason=reason,
            reference=reference.strip(),
            began_at=now,
            expires_at=now + LASTS,
        )
        data = {"look": str(grant.public_id), "reference": grant.reference}
        journal.record(
            subject=locked,
            event="space_opened",
            actor=agent,
            side=Side.AGENT,
            reason=reason,
            data=data,
        )
        security.record_event(kind=AuthenticationEventKind.ACTING_BEGAN, user=locked, now=now)
        if settings.ACTING_NOTICE:
            mails.send(
                template="space_looked_at", to_user=locked, key=f"space-looked-at:{grant.public_id}"
            )
    return grant


@transaction.atomic
def note_page(*, grant: ActingGrant, page: str) -> ActingGrant:
    """Count and write down a page that the agent opened; `page` is the name of its address, without its values."""
    person = User.objects.select_for_update().get(pk=grant.person_id)
    ActingGrant.objects.filter(pk=grant.pk).update(pages=F("pages") + 1)
    data = {"look": str(grant.public_id), "page": page}
    journal.record(
        subject=person, event="space_page_read", actor=grant.agent, side=Side.AGENT, data=data
    )
    return grant


@transaction.atomic
def end(*, grant: ActingGrant, now: datetime | None = None) -> ActingGrant:
    """End a look before its time."""
    person = User.objects.select_for_update().get(pk=grant.person_id)
    ended = ActingGrant.objects.filter(pk=grant.pk, ended_at=None).update(
        ended_at=now or timezone.now()
    )
    if ended:
        data = {"look": str(grant.public_id)}
        journal.record(
            subject=person, event="space_closed", actor=grant.agent, side=Side.AGENT, data=data
        )
    grant.refresh_from_db()
    return grant
