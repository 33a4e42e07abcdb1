"""Documents and viruses: nobody else gets what was not checked, nothing of an infected one is kept."""

from datetime import timedelta

import pytest
from django.utils import timezone

from eservices.actions import annexes, scans
from eservices.enums import AnnexState, ScanState
from eservices.errors import AnnexGone, AnnexNotChecked, ScannerUnavailable
from eservices.models import Annex, JournalEntry, OutgoingMail
from eservices.queries.annexes import check_readable
from eservices.queries.submissions import content_of
from eservices.worker import Worker
from tests.eservices.actions.test_annexes import stored_files
from tests.factories.documents import infected, letter, scanner_running
from tests.factories.submissions import make_draft, make_sent
from tests.factories.teams import make_team_agent

pytestmark = pytest.mark.django_db


@pytest.fixture
def clamd(settings):
    with scanner_running() as found:
        settings.VIRUS_SCANNER = found
        yield


@pytest.fixture
def no_answer(settings):
    settings.VIRUS_SCANNER = {
        "BACKEND": "eservices.scanning.clamd.Clamd",
        "OPTIONS": {"path": "/nowhere/clamd.sock"},
    }


def send(file, uploaded=None):
    return annexes.send(submission=file, uploaded=uploaded or letter(), by=file.acting_user)


def work():
    Worker().drain()


def test_without_a_scanner_a_document_says_that_only_its_kind_was_checked():
    file = make_sent()

    annex = send(file)

    annex.refresh_from_db()
    assert annex.scan == ScanState.UNSCANNED
    check_readable(annex, make_team_agent(file))


def test_others_get_a_document_after_its_check_and_the_sender_at_once(clamd):
    file = make_sent()
    agent = make_team_agent(file)
    annex = send(file)
    assert annex.scan == ScanState.PENDING
    check_readable(annex, file.acting_user)
    with pytest.raises(AnnexNotChecked):
        check_readable(annex, agent)

    work()

    annex.refresh_from_db()
    assert (annex.scan, annex.scanned_at is not None) == (ScanState.CLEAN, True)
    check_readable(annex, agent)


def test_an_infected_document_goes_leaves_its_name_and_both_sides_are_told(
    clamd, django_capture_on_commit_callbacks
):
    file = make_sent()
    agent = make_team_agent(file)
    with django_capture_on_commit_callbacks(execute=True):
        annex = send(file, infected())
        assert stored_files(file)
        work()

    annex.refresh_from_db()
    assert (annex.scan, annex.state) == (ScanState.INFECTED, AnnexState.DELETED)
    assert annex.name == "invoice.pdf"
    assert stored_files(file) == []
    entry = JournalEntry.objects.get(subject_id=file.public_id, event="annex_infected")
    assert entry.data["virus"] == "Eicar-Signature"
    told = {mail.template: mail.to_user for mail in OutgoingMail.objects.all()}
    assert told["annex_infected"] == file.acting_user
    assert told["annex_infected_team"] == agent
    with pytest.raises(AnnexGone):
        check_readable(annex, file.acting_user)


def test_an_infected_answer_leaves_the_draft_that_can_then_be_answered_again(clamd):
    draft = make_draft()
    annexes.add(
        submission=draft, question="q-photo", uploaded=infected("a.pdf"), by=draft.acting_user
    )

    work()

    draft.refresh_from_db()
    assert content_of(draft).answers == {}
    assert not OutgoingMail.objects.filter(template="annex_infected_team").exists()


def test_while_the_scanner_is_silent_a_document_waits_and_is_asked_about_again(no_answer, settings):
    file = make_sent()
    annex = send(file)
    with pytest.raises(ScannerUnavailable):
        scans.scan_annex.func(str(annex.public_id))
    annex.refresh_from_db()
    assert annex.scan == ScanState.PENDING

    later = timezone.now() + timedelta(minutes=20)
    assert scans.scan_waiting() == 0, "its own task is still trying"
    assert scans.scan_waiting(now=later) == 1

    with scanner_running() as found:
        settings.VIRUS_SCANNER = found
        scans.scan_annex.func(str(annex.public_id))
    annex.refresh_from_db()
    assert annex.scan == ScanState.CLEAN
    assert scans.scan_waiting(now=later) == 0


def test_the_first_verdict_stands(clamd):
    annex = send(make_sent(), infected())
    scans.scan_annex.func(str(annex.public_id))
    scans.scan_annex.func(str(annex.public_id))

    assert OutgoingMail.objects.filter(template="annex_infected").count() == 1
    assert JournalEntry.objects.filter(event="annex_infected").count() == 1


def test_a_document_of_the_municipality_is_announced_once_it_can_be_opened(clamd):
    file = make_sent()
    agent = make_team_agent(file)
    annexes.inform(submission=file, uploaded=letter(), by=agent)
    assert not OutgoingMail.objects.filter(template="document_from_us").exists()

    work()

    mail = OutgoingMail.objects.get(template="document_from_us")
    assert mail.to_user == file.acting_user
    assert Annex.objects.get().scan == ScanState.CLEAN
