"""Documents among changes: apart until they are sent, named in the difference, never lost once they were used."""

import pytest
from django.urls import reverse

from eservices.actions import annexes, corrections, reviews, scans, submissions
from eservices.enums import AnnexState, ScanState, SubmissionState
from eservices.errors import MoveRefused, NotFound, UploadTooMany
from eservices.models import Annex, JournalEntry, Submission
from eservices.queries.annexes import annex_list
from eservices.queries.corrections import document_names, open_correction_of, sent_corrections
from eservices.queries.submissions import annexes_of, content_of, form_of
from eservices.scanning import Verdict
from tests.eservices.actions.test_corrections import begin, save, send
from tests.eservices.actions.test_requests import plan
from tests.factories.eservices import log_in, make_user
from tests.factories.submissions import COMPLETE, make_draft, viewer_of
from tests.factories.teams import make_team_agent

pytestmark = pytest.mark.django_db


@pytest.fixture
def file():
    """A file that was sent with one photo."""
    draft = make_draft(answers=COMPLETE)
    annexes.add(submission=draft, question="q-photo", uploaded=plan(), by=draft.acting_user)
    draft.refresh_from_db()
    return submissions.submit(
        submission=draft,
        viewer=viewer_of(draft.acting_user),
        revision=draft.revision,
        locale="fr",
    )


def attach(file, **changes):
    call = {"submission": file, "question": "q-photo", "uploaded": plan(), "by": file.acting_user}
    return corrections.attach(**call | changes)


def detach(file, annex):
    return corrections.detach(submission=file, annex_id=annex.public_id, by=file.acting_user)


def replaced(file):
    """Changes in which another photo stands in the place of the one that was sent."""
    old = file.annexes.get()
    begin(file)
    detach(file, old)
    return old, attach(file)


def events(file):
    rows = JournalEntry.objects.filter(subject_id=file.public_id).order_by("sequence")
    return [row.event for row in rows]


def photos(file):
    return content_of(Submission.objects.get(pk=file.pk)).answers.get("q-photo")


@pytest.mark.feature("A11")
def test_agents_see_the_old_documents_until_the_changes_are_sent(client, file):
    told = events(file)
    old, new = replaced(file)
    agent = log_in(client, make_team_agent(file))

    assert photos(file) == [str(old.public_id)]
    assert annexes_of(file) == [old]
    assert [item.annex for item in annex_list(file, form_of(file)).answers] == [old]
    page = reverse("agent-annex", args=[file.reference, new.public_id])
    assert agent.get(page).status_code == 404
    listed = agent.get(f"/api/v1/agent/submissions/{file.reference}/annexes/")
    assert str(new.public_id) not in listed.content.decode()
    assert [event for event in events(file) if event != "read"] == told


@pytest.mark.feature("A11")
def test_a_replaced_document_stays_as_the_former_version_and_the_difference_names_both(file):
    old, new = replaced(file)

    send(file)

    new.refresh_from_db()
    assert photos(file) == [str(new.public_id)]
    assert (new.replaces, new.correction) == (old, None)
    (version,) = annex_list(Submission.objects.get(pk=file.pk), form_of(file)).answers
    assert (version.annex, version.older) == (new, [old])
    (told,) = sent_corrections(file, form_of(file), annexes=document_names(file))
    (difference,) = told.differences
    assert (difference.old.items, difference.new.items) == (("plan.pdf",), ("plan.pdf",))
    assert events(file)[-2:] == ["annex_added", "correction_sent"]
    assert open_correction_of(file) is None


def test_a_document_that_is_only_taken_out_leaves_its_name(file):
    (old,) = file.annexes.all()
    begin(file)
    detach(file, old)

    send(file)

    old.refresh_from_db()
    assert (old.state, old.name, bool(old.file)) == (AnnexState.DELETED, "plan.pdf", False)
    found = annex_list(Submission.objects.get(pk=file.pk), form_of(file))
    assert (found.answers, found.gone) == ([], [old])
    (told,) = sent_corrections(file, form_of(file), annexes=document_names(file))
    assert told.differences[0].old.items == ("plan.pdf",)


@pytest.mark.parametrize("used", ["taken", "decided"])
def test_sending_never_loses_a_document_that_was_used(file, used):
    agent = make_team_agent(file)
    (old,) = file.annexes.all()
    if used == "taken":
        annexes.take_into_account(annex=old, by=agent)
    else:
        reviews.claim(submission=file, by=agent)
        reviews.reject(submission=file, by=agent, reason="Non")
        agent.is_superuser = True
        reviews.reconsider(submission=file, by=agent, reason="Encore")
    begin(file)
    detach(file, old)

    send(file)

    old.refresh_from_db()
    assert old.state == AnnexState.STORED
    with old.file.open("rb") as kept:
        assert kept.read(4) == b"%PDF"
    found = annex_list(Submission.objects.get(pk=file.pk), form_of(file))
    assert ([item.annex for item in found.earlier], found.answers) == ([old], [])


def test_dropped_changes_leave_the_file_as_it_was(file):
    old, new = replaced(file)
    name = new.file.name

    corrections.drop(submission=file, by=file.acting_user)

    assert list(Annex.objects.all()) == [old]
    assert photos(file) == [str(old.public_id)]
    assert name


def test_what_waits_goes_when_the_file_ends(file):
    _old, new = replaced(file)
    agent = make_team_agent(file)
    reviews.claim(submission=file, by=agent)

    reviews.reject(submission=Submission.objects.get(pk=file.pk), by=agent, reason="Non")

    assert not Annex.objects.filter(pk=new.pk).exists()
    with pytest.raises(MoveRefused):
        attach(Submission.objects.get(pk=file.pk))


def test_an_infected_document_is_no_longer_among_the_changes(file):
    _old, new = replaced(file)
    Annex.objects.filter(pk=new.pk).update(scan=ScanState.PENDING)

    scans.settle(annex=new, verdict=Verdict(state=ScanState.INFECTED, name="Eicar"))

    correction = open_correction_of(file)
    assert "q-photo" not in content_of(correction).answers
    assert photos(file)


def test_other_changes_go_on_with_documents_and_limits_hold(file):
    begin(file)
    attach(file)
    with pytest.raises(UploadTooMany):
        attach(file)
    with pytest.raises(NotFound):
        attach(file, question="q-name")
    save(file, q_people="80")  # a page that was open before the document came

    send(file, revision=open_correction_of(file).revision)

    row = Submission.objects.get(pk=file.pk)
    assert content_of(row).answers["q-people"] == "80"
    assert len(photos(file)) == 2
    assert row.state == SubmissionState.SUBMITTED


def test_documents_by_api(client, file):
    log_in(client, file.acting_user)
    begin(file)
    at = reverse("api-submission-correction-annexes", args=[file.reference])

    made = client.post(at, {"question": "q-photo", "file": plan()})
    stranger = log_in(type(client)(), make_user())
    assert stranger.post(at, {"question": "q-photo", "file": plan()}).status_code == 404
    one = reverse("api-submission-correction-annex", args=[file.reference, made.json()["id"]])
    assert (made.status_code, client.delete(one).status_code) == (201, 204)
    assert client.delete(one).status_code == 404
    assert Annex.objects.count() == 1
