"""What always holds for files, one test for each of the twenty rules that the domain was designed by.

The others stand with their domains: 13 (signed bytes) comes with signing, 17 (guardians) and 19 (seats) with camps,
15, 16 and 18 with notices, the eBox and amounts due.
"""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from eservices.actions import (
    annexes,
    corrections,
    discussions,
    drafts,
    mails,
    memberships,
    notes,
    requests,
    reviews,
    submissions,
)
from eservices.actions.procedures import changed_frozen_rows
from eservices.actions.submissions import move
from eservices.enums import (
    TURN,
    AnnexState,
    Level,
    MembershipState,
    Method,
    RequestKind,
    ScanState,
    Side,
    SubmissionEvent,
    SubmissionState,
    Turn,
)
from eservices.errors import (
    DomainError,
    MoveRefused,
    NotFound,
    ReasonRequired,
    StepUpRequired,
)
from eservices.models import Annex, JournalEntry, OutgoingMail, ProcedureVersion, Submission
from eservices.queries.copies import file_copies
from eservices.queries.journal import broken_entries
from eservices.queries.retention import files_to_purge
from eservices.queries.submissions import file_for, form_of
from eservices.questions.structure import digest
from tests.eservices.actions.test_annexes import picture
from tests.factories.eservices import log_in, make_user
from tests.factories.organisations import make_membership, make_space_file
from tests.factories.submissions import (
    COMPLETE,
    STRUCTURE,
    given,
    make_draft,
    make_file,
    make_procedure,
    make_sent,
    make_version,
    viewer_of,
)
from tests.factories.teams import make_team_agent

pytestmark = pytest.mark.django_db
OURS = [state for state, turn in TURN.items() if turn == Turn.US]
SHORTER = {"format": 1, "chapters": STRUCTURE["chapters"][:1]}


def in_charge(state=SubmissionState.IN_REVIEW, **columns):
    """A file with the agent who has it in charge."""
    file = make_file(state, **columns)
    agent = make_team_agent(file)
    Submission.objects.filter(pk=file.pk).update(assignee=agent)
    file.refresh_from_db()
    return file, agent


def ask(file, agent, *kinds):
    return requests.ask(
        submission=file,
        by=agent,
        items=[requests.Wanted(kind=kind, text="Please") for kind in kinds],
        due_at=timezone.now() + timedelta(days=20),
    )


def test_invariant_01_a_published_form_never_changes():
    file = make_sent()
    frozen = file.version.structure

    current = make_version(file.procedure, SHORTER)

    version = ProcedureVersion.objects.get(pk=file.version_id)
    assert (version.structure, digest(version.structure)) == (frozen, version.sha256)
    assert current.number == version.number + 1
    assert changed_frozen_rows() == []
    ProcedureVersion.objects.filter(pk=version.pk).update(structure=SHORTER)
    assert changed_frozen_rows() != [], "a row changed behind our back is found"


def test_invariant_02_a_sent_file_is_always_read_on_the_version_on_which_it_was_sent():
    file = make_sent()
    version, text = file.version, file.text
    make_version(file.procedure, SHORTER)

    corrections.begin(submission=file, viewer=viewer_of(file.acting_user))
    corrections.save(
        submission=file, result=given({"q-people": "80"}), base_revision=0, by=file.acting_user
    )
    corrections.send(submission=file, viewer=viewer_of(file.acting_user), revision=1, locale="nl")
    with pytest.raises(MoveRefused):
        drafts.carry_over(submission=file, by=file.acting_user, locale="fr")

    file = Submission.objects.get(pk=file.pk)
    assert (file.version, file.text) == (version, text)
    assert form_of(file).version == version
    assert "I agree" in str(file_copies(file.acting_user).content[0].value["answers"])


def test_invariant_03_a_move_is_one_guarded_update_and_never_a_silent_success():
    file, agent = in_charge(SubmissionState.SUBMITTED)
    late = Submission.objects.get(pk=file.pk)
    reviews.claim(submission=file, by=agent)

    with pytest.raises(MoveRefused):
        reviews.claim(submission=late, by=agent)
    assert MoveRefused.status == 409


def test_invariant_04_a_move_and_its_row_and_its_mails_are_one(monkeypatch):
    draft = make_draft(answers=COMPLETE)
    before = JournalEntry.objects.count()

    def fails(**_arguments):
        raise ConnectionError

    monkeypatch.setattr(submissions, "notify", fails)
    with pytest.raises(ConnectionError):
        submissions.submit(
            submission=draft,
            viewer=viewer_of(draft.acting_user),
            revision=draft.revision,
            locale="fr",
        )

    draft.refresh_from_db()
    assert (draft.state, JournalEntry.objects.count()) == (SubmissionState.DRAFT, before)
    mails.send(template="submission_received", to_user=draft.acting_user, key="once")
    mails.send(template="submission_received", to_user=draft.acting_user, key="once")
    assert OutgoingMail.objects.count() == 1


def test_invariant_05_a_refusal_has_a_reason_that_the_citizen_reads(client):
    file, agent = in_charge()

    with pytest.raises(ReasonRequired):
        reviews.reject(submission=file, by=agent, reason="  ")
    reviews.reject(submission=file, by=agent, reason="Zu hoch für diese Straße.")

    assert JournalEntry.objects.get(event="reject").reason == "Zu hoch für diese Straße."
    log_in(client, file.acting_user)
    page = client.get(reverse("submission", args=[file.reference])).content.decode()
    assert "Zu hoch für diese Straße." in page


@pytest.mark.parametrize("state", OURS)
def test_invariant_06_what_waits_for_the_municipality_is_never_deleted(state):
    long_ago = timezone.localdate() - timedelta(days=4000)
    file = make_file(state, purge_on=long_ago)

    assert not files_to_purge(timezone.localdate()).exists()
    assert not submissions.purge(submission=file, today=timezone.localdate())
    assert Submission.objects.filter(pk=file.pk).exists()


def test_invariant_07_the_clock_stands_still_while_the_citizen_must_act():
    file, agent = in_charge(due_on=timezone.localdate() + timedelta(days=7))

    (asked,) = ask(file, agent, RequestKind.ANSWER)

    file.refresh_from_db()
    assert (file.due_on, file.paused_on, file.due_days_left) == (None, timezone.localdate(), 7)
    requests.answer(request=asked, by=file.acting_user, text="Here it is")
    file.refresh_from_db()
    assert (file.due_on, file.paused_on) == (timezone.localdate() + timedelta(days=7), None)


def test_invariant_08_a_file_awaits_the_citizen_as_long_as_something_is_asked():
    file, agent = in_charge()
    with pytest.raises(DomainError):
        ask(file, agent)
    first, second = ask(file, agent, RequestKind.ANSWER, RequestKind.ANSWER)

    requests.answer(request=first, by=file.acting_user, text="One")
    file.refresh_from_db()
    assert file.state == SubmissionState.AWAITING_CITIZEN
    requests.answer(request=second, by=file.acting_user, text="Two")
    file.refresh_from_db()
    assert file.state == SubmissionState.IN_REVIEW


def test_invariant_09_only_who_owns_a_file_sees_it_and_nobody_of_them_its_notes(client):
    file, agent = in_charge()
    notes.write(submission=file, by=agent, body="Secret-of-the-team")

    assert file_for(viewer_of(file.acting_user), file.reference) == file
    with pytest.raises(NotFound):
        file_for(viewer_of(make_user()), file.reference)

    log_in(client, file.acting_user)
    api = f"/api/v1/submissions/{file.reference}/"
    for url in (reverse("submission", args=[file.reference]), reverse("dashboard"), api):
        assert "Secret-of-the-team" not in client.get(url).content.decode()
    assert "Secret-of-the-team" not in str(file_copies(file.acting_user).content)


def test_invariant_10_the_level_of_sending_is_checked_stored_and_never_computed_anew():
    procedure = make_procedure(required_level=Level.SUBSTANTIAL, level_at="send")
    draft = make_draft(procedure=procedure, answers=COMPLETE)
    call = {"submission": draft, "revision": draft.revision, "locale": "fr"}

    with pytest.raises(StepUpRequired):
        submissions.submit(viewer=viewer_of(draft.acting_user), **call)
    sure = viewer_of(draft.acting_user, Level.HIGH, Method.EID)
    sent = submissions.submit(viewer=sure, **call)
    procedure.required_level = Level.LOW
    procedure.save()

    sent = Submission.objects.get(pk=sent.pk)
    assert (sent.level_used, sent.method_used) == (Level.HIGH, Method.EID)
    assert sent.level_used >= Level.SUBSTANTIAL


def test_invariant_11_the_right_to_act_stays_with_the_file_and_its_end_ends_reading():
    member = make_membership(make_user())
    file = make_space_file(member, make_procedure(kinds=["association", "enterprise"]))
    held = dict(Submission.objects.get(pk=file.pk).acted_as)

    memberships.end(membership=member, by=member.user)

    member.refresh_from_db()
    assert member.state == MembershipState.REVOKED
    assert held["state"] == MembershipState.CONFIRMED
    assert (held["role"], held["function"]) == ("member", "secretary")
    assert Submission.objects.get(pk=file.pk).acted_as == held
    with pytest.raises(NotFound):
        file_for(viewer_of(member.user), file.reference)


def test_invariant_11_an_own_file_names_no_right():
    assert make_sent().acted_as == {}


def test_invariant_12_only_clean_documents_are_handed_out_and_a_deleted_one_keeps_its_hash(client):
    draft = make_draft()
    annex = annexes.add(
        submission=draft, question="q-photo", uploaded=picture(), by=draft.acting_user
    )
    draft.refresh_from_db()
    draft = drafts.save(
        submission=draft, result=given(COMPLETE), base_revision=draft.revision, by=draft.acting_user
    )
    sent = submissions.submit(
        submission=draft, viewer=viewer_of(draft.acting_user), revision=draft.revision, locale="fr"
    )
    log_in(client, make_team_agent(sent))
    url = reverse("agent-annex", args=[sent.reference, annex.public_id])

    for state in (ScanState.PENDING, ScanState.INFECTED):
        Annex.objects.filter(pk=annex.pk).update(scan=state)
        assert client.get(url).status_code >= 400, state
    Annex.objects.filter(pk=annex.pk).update(scan=ScanState.CLEAN)
    assert b"".join(client.get(url).streaming_content) != b""

    other = make_draft()
    gone = annexes.delete(
        annex=annexes.add(
            submission=other, question="q-photo", uploaded=picture(), by=other.acting_user
        ),
        by=other.acting_user,
    )
    gone.refresh_from_db()
    assert (gone.state, len(gone.sha256), gone.file.name) == (AnnexState.DELETED, 64, "")


@pytest.mark.parametrize(
    "state", [SubmissionState.SUBMITTED, SubmissionState.REJECTED, SubmissionState.CLOSED]
)
def test_invariant_14_both_sides_write_after_sending_after_a_refusal_too(state):
    file, agent = in_charge(state)

    discussions.post(submission=file, by=file.acting_user, side=Side.CITIZEN, body="Why?", key="a")
    discussions.post(submission=file, by=agent, side=Side.AGENT, body="Because", key="b")

    assert file.messages.count() == 2


def test_invariant_20_every_chain_verifies_and_a_gap_is_found():
    file, agent = in_charge(SubmissionState.SUBMITTED)
    reviews.claim(submission=file, by=agent)
    move(submission=file, event=SubmissionEvent.RELEASE, by=agent, side=Side.AGENT)
    assert broken_entries(file) == []

    rows = JournalEntry.objects.filter(subject_id=file.public_id).order_by("sequence")
    JournalEntry.objects.filter(pk=rows[1].pk).delete()

    assert broken_entries(file) != []
