"""Work that nobody asks for: what has served its time goes."""

from datetime import datetime, timedelta
from typing import Final

from django.contrib.sessions.models import Session
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from eservices.actions import client_keys, exports, idempotency, ratelimits, sessions
from eservices.contract import Job
from eservices.enums import InvitationState, MailState
from eservices.models import Invitation, OutgoingMail, WorkerBeat

#: Tasks that succeeded tell nothing any more. Failed ones stay until somebody decides about them.
KEEP_TASKS: Final = timedelta(days=14)
#: The rows of sent mails: long enough to answer "I never got it".
KEEP_MAILS: Final = timedelta(days=90)
#: Invitations that nobody took up hold an address without an account (GDPR art. 5.1 e).
KEEP_INVITATIONS: Final = timedelta(days=30)
KEEP_BEATS: Final = timedelta(days=1)


def prune_tasks(*, now: datetime | None = None) -> int:
    """Delete tasks that succeeded a fortnight ago; returns how many."""
    limit = (now or timezone.now()) - KEEP_TASKS
    done = DBTaskResult.objects.filter(status=TaskResultStatus.SUCCESSFUL, finished_at__lt=limit)
    count: int = done.delete()[0]
    return count


def prune_mails(*, now: datetime | None = None) -> int:
    """Delete the rows of mails sent three months ago; returns how many."""
    limit = (now or timezone.now()) - KEEP_MAILS
    return OutgoingMail.objects.filter(state=MailState.SENT, sent_at__lt=limit).delete()[0]


def clear_sessions(*, now: datetime | None = None) -> int:
    """Delete sessions whose time is over; returns how many."""
    return Session.objects.filter(expire_date__lt=now or timezone.now()).delete()[0]


def clear_invitations(*, now: datetime | None = None) -> int:
    """Delete invitations that ran out a month ago and were never accepted; returns how many."""
    limit = (now or timezone.now()) - KEEP_INVITATIONS
    old = Invitation.objects.filter(expires_at__lt=limit).exclude(state=InvitationState.ACCEPTED)
    return old.delete()[0]


def forget_workers(*, now: datetime | None = None) -> int:
    """Delete the beats of workers that have been gone for a day; returns how many."""
    limit = (now or timezone.now()) - KEEP_BEATS
    return WorkerBeat.objects.filter(seen_at__lt=limit).delete()[0]


def jobs() -> list[Job]:
    """Return this work as jobs of the scheduler."""
    day, hour = timedelta(days=1), timedelta(hours=1)
    return [
        Job(name="core.clear_invitations", every=day, run=clear_invitations),
        Job(name="core.clear_portal_sessions", every=hour, run=sessions.clear_old),
        Job(name="core.clear_security_log", every=day, run=sessions.clear_security_log),
        Job(name="core.clear_sessions", every=hour, run=clear_sessions),
        Job(name="core.forget_answers", every=hour, run=idempotency.forget_old),
        Job(name="core.forget_rate_limits", every=hour, run=ratelimits.forget_old),
        Job(name="core.forget_workers", every=hour, run=forget_workers),
        Job(name="core.delete_exports", every=hour, run=exports.tidy),
        Job(name="core.prune_mails", every=day, run=prune_mails),
        Job(name="core.prune_tasks", every=day, run=prune_tasks),
        Job(name="core.rotate_client_keys", every=day, run=client_keys.rotate_old),
    ]
