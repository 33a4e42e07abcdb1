"""What has served its time goes, what somebody still needs stays."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from eservices.actions import housekeeping
from eservices.enums import InvitationState, MailState
from eservices.jobs import run_due
from eservices.models import Invitation, OutgoingMail, WorkerBeat
from tests.eservices.worker_tasks import leave
from tests.factories.eservices import make_invitation

pytestmark = pytest.mark.django_db


def test_old_successes_go_and_failures_stay():
    long_ago = timezone.now() - timedelta(days=15)
    for status in (TaskResultStatus.SUCCESSFUL, TaskResultStatus.FAILED, TaskResultStatus.READY):
        leave.enqueue("x", status)
        row = DBTaskResult.objects.get(args_kwargs__args__1=status)
        DBTaskResult.objects.filter(pk=row.pk).update(status=status, finished_at=long_ago)
    leave.enqueue("x", "new")
    DBTaskResult.objects.filter(args_kwargs__args__1="new").update(
        status=TaskResultStatus.SUCCESSFUL, finished_at=timezone.now()
    )
    assert housekeeping.prune_tasks() == 1
    left = {row.args_kwargs["args"][1] for row in DBTaskResult.objects.all()}
    assert left == {TaskResultStatus.FAILED, TaskResultStatus.READY, "new"}


def test_only_sent_mails_go():
    long_ago = timezone.now() - timedelta(days=100)
    for state in MailState:
        OutgoingMail.objects.create(
            key=state, template="x", address="a@b.be", state=state, sent_at=long_ago
        )
    assert housekeeping.prune_mails() == 1
    assert not OutgoingMail.objects.filter(state=MailState.SENT).exists()


def test_sessions_and_beats():
    now = timezone.now()
    for number, age in enumerate((timedelta(days=2), -timedelta(hours=1))):
        Session.objects.create(session_key=f"k{number}", session_data="x", expire_date=now - age)
        WorkerBeat.objects.create(worker_id=f"w{number}", seen_at=now - age, host="h", pid=1)
    assert (housekeeping.clear_sessions(), housekeeping.forget_workers()) == (1, 1)
    assert Session.objects.get().session_key == "k1"
    assert WorkerBeat.objects.get().worker_id == "w1"


def test_invitations_that_nobody_took_up():
    long_ago = timezone.now() - timedelta(days=31)
    make_invitation(expires_at=long_ago)
    kept = {
        make_invitation(expires_at=long_ago, state=InvitationState.ACCEPTED).pk,
        make_invitation(expires_at=timezone.now() - timedelta(days=5)).pk,
        make_invitation().pk,
    }
    assert housekeeping.clear_invitations() == 1
    assert set(Invitation.objects.values_list("pk", flat=True)) == kept


def test_all_of_it_runs_as_jobs():
    jobs = housekeeping.jobs()
    assert run_due(jobs) == [job.name for job in jobs]
