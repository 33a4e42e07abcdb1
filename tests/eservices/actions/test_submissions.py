"""Sending, moving and taking back files."""

import threading
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connections
from django.urls import reverse
from django.utils import timezone, translation

from eservices.actions import submissions
from eservices.actions.mails import compose
from eservices.enums import (
    FINAL_STATES,
    SUBMISSION_MOVES,
    Level,
    ProcedureState,
    RevisionKind,
    Side,
    SubmissionEvent,
    SubmissionState,
)
from eservices.errors import (
    AnswersIncomplete,
    DraftClash,
    MoveRefused,
    ProcedureClosed,
    StepUpRequired,
)
from eservices.models import JournalEntry, OutgoingMail, Submission
from eservices.queries.submissions import content_of
from tests.factories.eservices import make_user
from tests.factories.submissions import (
    COMPLETE,
    NATIONAL_NUMBER,
    make_draft,
    make_file,
    make_procedure,
    make_sent,
    viewer_of,
)

pytestmark = pytest.mark.django_db


def send(draft, **changes):
    call = {
        "submission": draft,
        "viewer": viewer_of(draft.acting_user),
        "revision": draft.revision,
        "locale": "fr",
        **changes,
    }
    return submissions.submit(**call)


def test_sent_file_is_pinned_and_complete():
    draft = make_draft(answers=COMPLETE | {"q-nn": NATIONAL_NUMBER})
    now = datetime(2026, 7, 6, 20, 5, tzinfo=ZoneInfo("Europe/Brussels"))

    sent = send(draft, locale="de", now=now)

    sent.refresh_from_db()
    assert sent.state == SubmissionState.SUBMITTED
    assert (sent.text.locale, sent.locale, sent.level_used) == ("de", "de", Level.LOW)
    assert sent.submitted_at == now
    assert sent.due_on == date(2026, 7, 21)
    assert sent.purge_on is None
    assert content_of(sent).answers == COMPLETE | {"q-nn": NATIONAL_NUMBER}
    assert sent.revisions.get(number=sent.revision).kind == RevisionKind.SUBMIT


def test_hidden_answers_are_not_sent():
    draft = make_draft(answers=COMPLETE | {"q-garden": False, "q-note": "An oak"})

    sent = send(draft)

    assert "q-note" not in content_of(sent).answers
    assert content_of(sent).answers["q-garden"] is False


def test_incomplete_draft_is_not_sent_and_every_gap_is_named():
    draft = make_draft(answers={"q-name": "Rue Neuve"})

    with pytest.raises(AnswersIncomplete) as refusal:
        send(draft)

    pointers = [error["pointer"] for error in refusal.value.params["errors"]]
    assert pointers == ["/answers/q-people", "/answers/q-agree"]
    draft.refresh_from_db()
    assert draft.state == SubmissionState.DRAFT
    assert not OutgoingMail.objects.exists()


def test_sending_twice_sends_once():
    draft = make_draft(answers=COMPLETE)

    first, second = send(draft), send(draft)

    assert first.pk == second.pk
    assert JournalEntry.objects.filter(event="submit").count() == 1
    assert OutgoingMail.objects.count() == 1


def test_answers_that_changed_since_they_were_read_are_not_sent():
    draft = make_draft(answers=COMPLETE)

    with pytest.raises(DraftClash):
        send(draft, revision=draft.revision - 1)


def test_level_is_asked_again_when_sending():
    draft = make_draft(answers=COMPLETE)
    draft.procedure.required_level = Level.HIGH
    draft.procedure.save()

    with pytest.raises(StepUpRequired):
        send(draft)


@pytest.mark.parametrize(
    ("state", "sent"), [(ProcedureState.CLOSED, True), (ProcedureState.WITHDRAWN, False)]
)
def test_drafts_of_a_closed_procedure_may_finish_those_of_a_withdrawn_one_not(state, sent):
    draft = make_draft(answers=COMPLETE)
    draft.procedure.state = state
    draft.procedure.save()

    if sent:
        assert send(draft).submitted_at
    else:
        with pytest.raises(ProcedureClosed):
            send(draft)


@pytest.mark.parametrize("language", ["fr", "nl", "de", "en"])
def test_confirmation_is_in_the_persons_language_and_holds_no_answer(language):
    user = make_user(language=language)
    sent = make_sent(user, **{"q-nn": NATIONAL_NUMBER})

    with translation.override("fr"):
        letter = compose(OutgoingMail.objects.get())

    whole = letter.subject + letter.body + letter.alternatives[0][0]
    assert sent.procedure.texts[language]["title"] in letter.subject
    with translation.override(language):
        assert reverse("submission", args=[sent.reference]) in whole
    assert sent.reference in letter.body
    assert "Rue Neuve" not in whole
    assert NATIONAL_NUMBER not in whole


@pytest.mark.parametrize("state", SubmissionState)
@pytest.mark.parametrize("event", SubmissionEvent)
def test_moves_follow_the_table_and_nothing_else(state, event, shared_file):
    file = shared_file(state)
    arrow = next((m for m in SUBMISSION_MOVES if (m.source, m.event) == (state, event)), None)
    for side in Side:
        before = JournalEntry.objects.count()
        if arrow and side in arrow.sides:
            continue
        with pytest.raises(MoveRefused):
            submissions.move(submission=file, event=event, by=None, side=side)
        assert JournalEntry.objects.count() == before
    if arrow:
        moved = submissions.move(submission=file, event=event, by=None, side=arrow.sides[0])
        assert moved.state == arrow.target
        entry = JournalEntry.objects.order_by("-sequence").first()
        assert (entry.event, entry.data) == (event, {"from": state, "to": arrow.target})


@pytest.fixture
def shared_file(db):
    """One file, put into a state by force: building one for each pair of state and event is slow."""
    file = make_draft()

    def put(state: SubmissionState) -> Submission:
        Submission.objects.filter(pk=file.pk).update(state=state)
        file.refresh_from_db()
        return file

    return put


def test_stale_move_is_refused_and_writes_nothing():
    file = make_sent()
    stale = Submission.objects.get(pk=file.pk)
    submissions.withdraw(submission=file, by=file.acting_user)
    count = JournalEntry.objects.count()

    with pytest.raises(MoveRefused):
        submissions.withdraw(submission=stale, by=file.acting_user)

    assert JournalEntry.objects.count() == count


def test_file_that_waits_for_the_municipality_has_no_day_of_deletion():
    file = make_sent()
    assert file.purge_on is None

    submissions.withdraw(submission=file, by=file.acting_user)

    expected = timezone.localdate() + timedelta(days=file.procedure.retention_days)
    assert file.purge_on == expected


@pytest.mark.parametrize("state", sorted(FINAL_STATES))
def test_ended_file_cannot_be_withdrawn(state):
    file = make_file(state)

    with pytest.raises(MoveRefused):
        submissions.withdraw(submission=file, by=file.acting_user)


@pytest.mark.django_db(transaction=True)
def test_sending_at_the_same_moment_sends_once():
    draft = make_draft(procedure=make_procedure(), answers=COMPLETE)
    start = threading.Barrier(4)
    results: list[object] = []

    def press() -> None:
        try:
            start.wait()
            results.append(send(Submission.objects.get(pk=draft.pk)).state)
        except Exception as error:  # noqa: BLE001  told by the assertion below
            results.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert results == [SubmissionState.SUBMITTED] * 4
    assert JournalEntry.objects.filter(event="submit").count() == 1
    assert OutgoingMail.objects.filter(template="submission_received").count() == 1
