"""Two hundred decisions are mailed and printed while workers are killed: nothing is lost, nothing is told twice.

SMTP has no transactions: a worker that dies between the relay's "250 OK" and its own note sends that one letter again,
with the same Message-ID, so that mailboxes show one. No more than one such letter can come from one kill.
"""

import os
import re
import signal
from collections import Counter
from hashlib import sha256
from pathlib import Path

import pytest
import weasyprint  # noqa: F401  (loaded before the workers fork: each would take a second for it)
from django.db.models import Q
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from eservices.actions import mails, reviews
from eservices.enums import AnnexPurpose, DeliveryState, MailState, Outcome, SubmissionState
from eservices.models import Annex, Delivery, OutgoingMail, Submission
from eservices.worker import Limits, Worker
from tests.eservices.actions.test_decision_documents import make_template
from tests.eservices.test_worker import process, wait_until
from tests.factories.submissions import make_sent
from tests.factories.teams import make_team_agent

FILES = 200
#: How many letters have left, then how many documents are printed, when two workers are killed in the middle of a task.
LETTERS = (5, 90)
DOCUMENTS = (5, 60)
PATIENT = Limits(beat=1.0, attempts=60, first_wait=0.2, longest_wait=0.4)


def work() -> None:
    """Be a worker process."""
    Worker(interval=0.02, limits=PATIENT).run()


def letters(folder: Path) -> list[str]:
    """The Message-IDs of what a relay has taken; forked workers may name their files alike, and then share one."""
    texts = (path.read_text() for path in folder.glob("*.log"))
    return [name for text in texts for name in re.findall(r"^Message-ID: (\S+)", text, re.M)]


def decided_files() -> None:
    """Files of one person, decided in one go."""
    first = make_sent()
    agent = make_team_agent(first)
    make_template(Outcome.GRANTED, procedure=first.procedure, body="{{ name }}", closing="")
    copies = []
    for number in range(FILES - 1):
        copy = Submission.objects.get(pk=first.pk)
        copy.pk, copy._state.adding = None, True
        copy.public_id = Submission._meta.get_field("public_id").get_default()
        copy.reference = f"SUB-2026-{number:06d}"
        copies.append(copy)
    Submission.objects.bulk_create(copies)
    Submission.objects.update(state=SubmissionState.IN_REVIEW, assignee=agent)
    OutgoingMail.objects.all().delete()
    DBTaskResult.objects.all().delete()
    for row in Submission.objects.select_related("procedure", "profile", "acting_user", "team"):
        reviews.accept(submission=row, by=agent, note="Granted.")


@pytest.mark.feature("X15")
@pytest.mark.django_db(transaction=True)
def test_kill_9_in_the_middle_of_mailing_and_printing(tmp_path, settings, monkeypatch):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    monkeypatch.setattr(mails, "SENDING_LEASE", mails.SENDING_LEASE / 60)
    decided_files()
    decision_mails = OutgoingMail.objects.filter(template="submission_decided")
    assert decision_mails.count() == FILES, "there is something to lose"

    interrupted = 0
    begun = [lambda n=n: len(letters(tmp_path)) >= n for n in LETTERS]
    begun += [lambda n=n: decisions().count() >= n for n in DOCUMENTS]
    for enough in begun:
        with process(work) as one, process(work) as other:
            wait_until(enough, 120)
            wait_until(lambda: running().count() == 2, 10)
            for child in (one, other):
                os.kill(child.pid, signal.SIGKILL)
                child.join()
            interrupted += running().count()
    with process(work), process(work):
        wait_until(lambda: not unfinished().exists(), 300)

    assert interrupted >= len(begun), "killed workers left tasks: the test has teeth"
    assert not DBTaskResult.objects.filter(status=TaskResultStatus.FAILED).exists()
    sent = Counter(letters(tmp_path))
    assert set(sent) == set(OutgoingMail.objects.values_list("message_id", flat=True))
    assert sent.total() - len(sent) <= interrupted, "only a killed worker's letter leaves again"
    assert set(OutgoingMail.objects.values_list("state", flat=True)) == {MailState.SENT}
    told = Delivery.objects.filter(mail__template="submission_decided")
    assert told.count() == FILES
    assert set(told.values_list("state", flat=True)) == {DeliveryState.SENT}
    printed = decisions()
    assert set(printed.values_list("submission_id", flat=True)) == set(
        Submission.objects.values_list("pk", flat=True)
    )
    assert printed.count() == FILES, "each decision is printed once"
    for annex in printed:
        with annex.file.open() as file:
            content = file.read()
        assert content.startswith(b"%PDF")
        assert sha256(content).hexdigest() == annex.sha256


def decisions():
    """The documents of decisions."""
    return Annex.objects.filter(purpose=AnnexPurpose.DECISION)


def running():
    """The tasks that a worker has begun."""
    return DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING)


def unfinished():
    """The tasks that are not done."""
    return DBTaskResult.objects.exclude(
        Q(status=TaskResultStatus.SUCCESSFUL) | Q(status=TaskResultStatus.FAILED)
    )
