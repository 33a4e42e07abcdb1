"""Sessions of people: begun by a proof of identity, kept alive by acts, ended for good."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from eservices.actions import mails, security
from eservices.actions.bounces import address_works
from eservices.contract import Proof
from eservices.enums import AuthenticationEventKind, Method, SessionEnd
from eservices.models import AuthenticationEvent, OutgoingMail, PortalSession, Profile, User
from eservices.queries.sessions import KEEP_EVENTS, is_new_device, why_over

#: A session's last act is written so often at most: every page would else write a row.
TOUCH_EVERY = timedelta(seconds=15)
#: So long after its longest time a browser still learns why its session ended, and finds what was typed.
REMEMBER_END = timedelta(hours=1)


def begin(
    *,
    user: User,
    proof: Proof,
    profile: Profile | None = None,
    browser: str = "",
    network: str = "",
    now: datetime | None = None,
) -> PortalSession:
    """Begin a session of `user` with its first proof; `profile` is an organisation's, None for oneself."""
    now = now or timezone.now()
    if proof.method == Method.MAIL_CODE:
        address_works(user)
    return PortalSession.objects.create(
        user=user,
        profile=profile,
        proofs=[_row(proof)],
        browser=browser,
        network=network,
        began_at=now,
        last_active_at=now,
    )


def tell_of_new_device(
    *, session: PortalSession, now: datetime | None = None
) -> OutgoingMail | None:
    """Mail the person of a session that has just begun when it is the first from its browser and network.

    Returns None where both are known, at the first login of an account, and when NEW_DEVICE_NOTICE is off.
    """
    if not settings.NEW_DEVICE_NOTICE or not is_new_device(session, now=now or timezone.now()):
        return None
    return mails.send(
        template="new_device",
        to_user=session.user,
        key=f"new-device:{session.public_id}",
        context={"session": str(session.public_id)},
    )


@transaction.atomic
def add_proof(
    *, session: PortalSession, proof: Proof, now: datetime | None = None
) -> PortalSession:
    """Add a proof to a session; one by the same method and provider replaces the older one."""
    row = PortalSession.objects.select_for_update().get(pk=session.pk)
    same = {"method": proof.method.value, "provider": proof.provider}
    kept = [old for old in row.proofs if {name: old.get(name, "") for name in same} != same]
    row.proofs = [*kept, _row(proof)]
    row.last_active_at = now or timezone.now()
    row.save(update_fields=["proofs", "last_active_at"])
    return row


def touch(
    *, session: PortalSession, now: datetime, every: timedelta = TOUCH_EVERY
) -> PortalSession:
    """Note that the person acted; written at most every 15 seconds.

    A session that ended meanwhile, or whose time was over at `now`, stays as it is: two tabs at the limit cannot bring
    it back. `session` then tells when and why it ended.
    """
    if now - session.last_active_at < every:
        return session
    alive = PortalSession.objects.filter(
        pk=session.pk,
        ended_at=None,
        last_active_at__gt=now - timedelta(seconds=settings.SESSION_IDLE_SECONDS),
        began_at__gt=now - timedelta(seconds=settings.SESSION_ABSOLUTE_SECONDS),
    )
    if not alive.filter(last_active_at__lt=now).update(last_active_at=now):
        session.refresh_from_db(fields=["last_active_at", "ended_at", "end_reason"])
    else:
        session.last_active_at = now
    return session


def expire(*, session: PortalSession, now: datetime) -> PortalSession:
    """End a session whose time was over at `now`, unless another tab has used it meanwhile.

    `session` is read again; ask `why_over` whether it is over.
    """
    reason = why_over(session, now=now)
    if reason is not None and session.ended_at is None:
        unchanged = PortalSession.objects.filter(
            pk=session.pk, ended_at=None, last_active_at=session.last_active_at
        )
        unchanged.update(ended_at=now, end_reason=reason)
        session.refresh_from_db(fields=["last_active_at", "ended_at", "end_reason"])
    return session


def end(
    *, session: PortalSession, reason: SessionEnd, now: datetime | None = None
) -> PortalSession:
    """End a session; one that has ended keeps its first reason."""
    now = now or timezone.now()
    PortalSession.objects.filter(pk=session.pk, ended_at=None).update(
        ended_at=now, end_reason=reason
    )
    session.refresh_from_db(fields=["ended_at", "end_reason"])
    return session


def end_all(
    *,
    user: User,
    reason: SessionEnd,
    but: PortalSession | None = None,
    now: datetime | None = None,
) -> int:
    """End every session of a person, all but one when `but` is given; returns how many ended."""
    rows = PortalSession.objects.filter(user=user, ended_at=None)
    if but is not None:
        rows = rows.exclude(pk=but.pk)
    return rows.update(ended_at=now or timezone.now(), end_reason=reason)


@transaction.atomic
def end_by_person(
    *,
    user: User,
    sessions: Iterable[PortalSession],
    browser: str = "",
    network: str = "",
    now: datetime | None = None,
) -> int:
    """End sessions that their person does not want any more, each with a line in the security log.

    `browser` and `network` tell from where the person did it. Returns how many ended; those of somebody else stay.
    """
    now = now or timezone.now()
    count = 0
    for session in sessions:
        mine = PortalSession.objects.filter(pk=session.pk, user=user, ended_at=None)
        if mine.update(ended_at=now, end_reason=SessionEnd.REVOKED):
            count += 1
            security.record_event(
                kind=AuthenticationEventKind.SESSION_ENDED,
                user=user,
                browser=browser,
                network=network,
                session=session.public_id,
                now=now,
            )
    return count


def clear_old(*, now: datetime | None = None) -> int:
    """Delete sessions that nobody can use any more and that no cookie names; returns how many."""
    now = now or timezone.now()
    longest = timedelta(seconds=settings.SESSION_ABSOLUTE_SECONDS) + REMEMBER_END
    return PortalSession.objects.filter(began_at__lt=now - longest).delete()[0]


def clear_security_log(*, now: datetime | None = None) -> int:
    """Delete the lines of security logs that are older than twelve months; returns how many."""
    limit = (now or timezone.now()) - KEEP_EVENTS
    return AuthenticationEvent.objects.filter(at__lt=limit).delete()[0]


def _row(proof: Proof) -> dict[str, object]:
    return {
        "method": proof.method.value,
        "level": int(proof.level),
        "at": proof.at.isoformat(),
        "provider": proof.provider,
    }
