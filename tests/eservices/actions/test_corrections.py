"""Changing what was sent: apart until it is sent, complete when it is, the history kept."""

from datetime import timedelta

import pytest
from django.utils import timezone

from eservices.actions import corrections, requests, submissions
from eservices.actions.mails import compose
from eservices.actions.submissions import move
from eservices.enums import (
    CorrectionState,
    Level,
    RequestKind,
    RequestState,
    RevisionKind,
    Side,
    SubmissionEvent,
    SubmissionState,
)
from eservices.errors import (
    AnswersIncomplete,
    CorrectionNotBegun,
    DraftClash,
    MoveRefused,
    NothingCorrected,
    StepUpRequired,
)
from eservices.models import Correction, JournalEntry, OutgoingMail, Submission
from eservices.queries.copies import file_copies
from eservices.queries.corrections import CORRECTABLE, open_correction_of, sent_corrections
from eservices.queries.journal import broken_entries
from eservices.queries.submissions import content_of, form_of
from tests.factories.submissions import (
    COMPLETE,
    NATIONAL_NUMBER,
    given,
    make_file,
    make_sent,
    make_version,
    viewer_of,
)
from tests.factories.teams import make_team_agent

pytestmark = pytest.mark.django_db


def begin(file):
    return corrections.begin(submission=file, viewer=viewer_of(file.acting_user))


def save(file, base=0, **answers):
    named = {name.replace("_", "-"): value for name, value in answers.items()}
    return corrections.save(
        submission=file, result=given(named), base_revision=base, by=file.acting_user
    )


def send(file, revision=1, **changes):
    call = {
        "submission": file,
        "viewer": viewer_of(file.acting_user),
        "revision": revision,
        "locale": "fr",
        **changes,
    }
    return corrections.send(**call)


def begun(**answers):
    file = make_sent(**answers)
    begin(file)
    return file


@pytest.mark.feature("A11")
def test_what_is_changed_changes_nothing_until_it_is_sent():
    file = begun()
    save(file, q_people="80")

    file.refresh_from_db()
    assert content_of(file).answers == COMPLETE
    sent = send(file)

    file.refresh_from_db()
    assert content_of(file).answers == COMPLETE | {"q-people": "80"}
    assert sent.state == SubmissionState.SUBMITTED
    assert sent.last_citizen_act_at > sent.submitted_at
    kept = file.revisions.get(number=file.revision)
    assert (kept.kind, content_of(kept).answers["q-people"]) == (RevisionKind.CORRECTION, "80")
    before = file.revisions.get(kind=RevisionKind.SUBMIT)
    assert content_of(before).answers["q-people"] == "120"


def test_journal_names_the_questions_and_no_answer():
    file = begun()
    save(file, q_people="80", q_name="Rue Haute")
    send(file)

    entry = JournalEntry.objects.get(event="correction_sent")
    assert entry.data["questions"] == ["q-name", "q-people"]
    assert "Rue Haute" not in str(entry.data)
    assert entry.data["method"] == "mail_code"
    assert broken_entries(file) == []


def test_sensitive_answers_are_sealed_there_too_and_nothing_of_it_is_left_afterwards():
    file = begun()
    correction = save(file, q_nn=NATIONAL_NUMBER)
    assert "q-nn" not in correction.answers
    assert content_of(correction).answers["q-nn"] == NATIONAL_NUMBER
    assert NATIONAL_NUMBER.encode() not in bytes(correction.sealed_answers)

    send(file)

    correction.refresh_from_db()
    assert correction.state == CorrectionState.SENT
    assert (correction.answers, bytes(correction.sealed_answers)) == ({}, b"")
    assert content_of(Submission.objects.get()).answers["q-nn"] == NATIONAL_NUMBER


def test_what_was_begun_comes_back():
    file = begun()
    save(file, q_people="80")

    again = begin(file)

    assert content_of(again).answers["q-people"] == "80"
    assert Correction.objects.count() == 1


def test_two_windows_are_merged_and_clash_on_the_same_question():
    file = begun()
    save(file, 0, q_people="80")
    merged = save(file, 0, q_name="Rue Haute")
    assert content_of(merged).answers["q-people"] == "80"

    with pytest.raises(DraftClash) as refusal:
        save(file, 0, q_people="90")

    assert refusal.value.params["clashes"]["q-people"].theirs == "80"
    assert refusal.value.params["revision"] == merged.revision == 2


def test_a_window_from_in_between_never_overwrites_unseen():
    file = begun()
    save(file, 0, q_people="80")
    save(file, 1, q_people="90")

    with pytest.raises(DraftClash):
        save(file, 7, q_people="100")

    assert content_of(open_correction_of(file)).answers["q-people"] == "90"


def test_incomplete_changes_are_not_sent():
    file = begun()
    save(file, q_name=None)

    with pytest.raises(AnswersIncomplete) as refusal:
        send(file)

    assert [error["pointer"] for error in refusal.value.params["errors"]] == ["/answers/q-name"]


def test_changes_that_change_nothing_are_not_sent():
    file = begun()
    save(file, q_people="80")
    save(file, 1, q_people="120")

    with pytest.raises(NothingCorrected):
        send(file, 2)


def test_changes_are_sent_as_they_were_read():
    file = begun()
    save(file, q_people="80")

    with pytest.raises(DraftClash):
        send(file, 0)


def test_a_file_stays_on_its_version():
    file = begun()
    version = file.version
    make_version(file.procedure)
    save(file, q_people="80")

    assert send(file).version == version


def test_sending_asks_for_the_identification_of_the_procedure():
    file = begun()
    save(file, q_people="80")
    file.procedure.required_level = Level.HIGH
    file.procedure.save()

    with pytest.raises(StepUpRequired):
        send(file)

    assert open_correction_of(file) is not None


def test_documents_are_not_changed():
    file = begun()

    correction = save(file, q_photo=["5f7f8a3e-7a51-4d9f-9a06-111111111111"], q_people="80")

    assert "q-photo" not in content_of(correction).answers


@pytest.mark.parametrize("state", SubmissionState.values)
def test_only_undecided_files_are_corrected(state):
    file = make_file(SubmissionState(state))

    if state in CORRECTABLE:
        assert begin(file).state == CorrectionState.OPEN
    else:
        with pytest.raises(MoveRefused):
            begin(file)


def test_nothing_is_saved_without_beginning():
    with pytest.raises(CorrectionNotBegun):
        save(make_sent(), q_people="80")


def test_dropped_changes_leave_nothing():
    file = begun()
    save(file, q_people="80")

    dropped = corrections.drop(submission=file, by=file.acting_user)

    assert (dropped.state, dropped.answers) == (CorrectionState.DROPPED, {})
    assert content_of(Submission.objects.get()).answers == COMPLETE
    assert open_correction_of(file) is None


def test_the_end_of_a_file_puts_changes_away():
    file = begun()
    save(file, q_people="80")

    submissions.withdraw(submission=file, by=file.acting_user)

    correction = Correction.objects.get()
    assert (correction.state, correction.answers) == (CorrectionState.DROPPED, {})


def test_an_agent_does_not_decide_on_answers_that_changed_since_they_were_read():
    file = make_file(SubmissionState.IN_REVIEW)
    begin(file)
    read = Submission.objects.get(pk=file.pk)
    save(file, q_people="80")
    send(file)

    with pytest.raises(MoveRefused):
        move(submission=read, event=SubmissionEvent.ACCEPT, by=None, side=Side.AGENT)


def test_differences_are_told_in_words_with_sensitive_ones_masked():
    file = begun()
    save(file, q_people="80", q_nn=NATIONAL_NUMBER, q_garden=True, q_note="An oak")
    send(file)
    file.refresh_from_db()

    (told,) = sent_corrections(file, form_of(file))

    shown = {item.id: (str(item.old), str(item.new)) for item in told.differences}
    assert shown["q-people"] == ("120", "80")
    assert shown["q-note"] == ("", "An oak")
    assert NATIONAL_NUMBER not in str(shown)
    assert told.by == file.acting_user.display_name


def test_changes_that_were_forgotten_are_reminded_of_once():
    file = begun()
    save(file, q_people="98765")
    OutgoingMail.objects.all().delete()
    later = timezone.now() + timedelta(hours=49)

    assert corrections.remind_unsent(now=timezone.now() + timedelta(hours=47)) == 0
    assert corrections.remind_unsent(now=later) == 1
    assert corrections.remind_unsent(now=later) == 0

    letter = compose(OutgoingMail.objects.get(template="correction_unsent"))
    assert file.reference in letter.body
    assert "98765" not in letter.subject
    assert "Rue Neuve" not in letter.body + letter.alternatives[0][0]


def test_changes_without_a_single_save_are_not_reminded_of():
    begun()

    assert corrections.remind_unsent(now=timezone.now() + timedelta(days=9)) == 0


def test_changes_that_wait_are_in_the_copy_of_ones_data():
    file = begun()
    save(file, q_people="81")

    (copied,) = file_copies(file.acting_user).content

    assert [row["stored"] for row in copied.value["unsent_changes"]] == ["81"]
    assert "unsent_changes" not in copied.instead


def test_a_correction_that_was_asked_for_is_answered_by_sending_it():
    file = make_file(SubmissionState.IN_REVIEW)
    agent = make_team_agent(file)
    due_at = timezone.now() + timedelta(days=9)
    item = requests.Wanted(kind=RequestKind.CORRECTION, text="How many?", question="q-people")
    requests.ask(submission=file, by=agent, items=[item], due_at=due_at)
    begin(file)
    save(file, q_people="80")

    sent = send(file)

    file.refresh_from_db()
    assert sent.state == file.state == SubmissionState.IN_REVIEW
    assert file.requests.get().state == RequestState.ANSWERED
