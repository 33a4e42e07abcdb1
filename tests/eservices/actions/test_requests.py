"""Requests to the citizen: asked together, answered one by one, the clock stands still, silence closes the file."""

import io
from datetime import timedelta

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from eservices.actions import requests, reviews, submissions
from eservices.actions.requests import Wanted
from eservices.enums import RequestKind, RequestState, SubmissionState, TeamRoleKind
from eservices.errors import (
    MoveRefused,
    NotFound,
    NotYourFile,
    RequestAnswerMissing,
    RequestDayRefused,
    RequestEnded,
    RequestNotOffered,
    RequestQuestionUnknown,
    RequestsMissing,
    RequestTextMissing,
    RoleTooLow,
    UploadRefused,
)
from eservices.models import InformationRequest, OutgoingMail, Submission, TeamRole
from eservices.queries.journal import entries_about
from eservices.queries.requests import awaited_in
from tests.factories.eservices import make_user
from tests.factories.submissions import make_sent
from tests.factories.teams import make_team_agent

pytestmark = pytest.mark.django_db

PLAN = Wanted(kind=RequestKind.DOCUMENT, text="Le plan de la rue")
WHEN = Wanted(kind=RequestKind.ANSWER, text="Quel jour ?")
NAME = Wanted(kind=RequestKind.CORRECTION, text="Le nom complet", question="q-name")


def in_days(days):
    return timezone.now() + timedelta(days=days)


def in_review():
    file = make_sent()
    agent = make_team_agent(file)
    reviews.claim(submission=file, by=agent)
    return file, agent


def asked(*items, days=10):
    file, agent = in_review()
    rows = requests.ask(submission=file, by=agent, items=items or (PLAN,), due_at=in_days(days))
    return file, agent, rows


def fresh(file):
    return Submission.objects.get(pk=file.pk)


def events(file):
    return [entry.event for entry in entries_about(file)]


def plan():
    content = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(content)
    return SimpleUploadedFile("plan.pdf", content.getvalue(), "application/pdf")


@pytest.mark.feature("X2")
def test_three_things_are_asked_at_once_and_the_clock_stands_still():
    file, _agent, rows = asked(PLAN, WHEN, NAME)

    row = fresh(file)
    assert row.state == SubmissionState.AWAITING_CITIZEN
    assert [item.kind for item in rows] == ["document", "answer", "correction"]
    assert (row.due_on, row.paused_on) == (None, timezone.localdate())
    assert row.answer_due_at == rows[0].due_at == awaited_in(row).at
    assert OutgoingMail.objects.filter(template="request_asked").count() == 1


@pytest.mark.feature("X2")
def test_the_last_answer_brings_the_file_back_and_tells_its_agent():
    file, agent, (first, second) = asked(PLAN, WHEN)
    person = file.acting_user

    requests.answer(request=first, by=person, files=[plan()])
    assert fresh(file).state == SubmissionState.AWAITING_CITIZEN
    requests.answer(request=second, by=person, text="Le 3 mai")

    row = fresh(file)
    assert (row.state, row.assignee) == (SubmissionState.IN_REVIEW, agent)
    assert row.due_on is not None
    assert (row.paused_on, row.answer_due_at) == (None, None)
    assert first.annexes.get().name == "plan.pdf"
    assert events(file).count("request_answered") == 2
    mail = OutgoingMail.objects.get(template="request_answered")
    assert mail.to_user == agent


def test_a_file_never_awaits_the_citizen_without_an_open_request():
    file, agent, (first, second) = asked(PLAN, WHEN)

    requests.withdraw(request=first, by=agent)
    assert fresh(file).state == SubmissionState.AWAITING_CITIZEN
    requests.withdraw(request=second, by=agent)

    assert fresh(file).state == SubmissionState.IN_REVIEW
    assert "withdraw_request" in events(file)


def test_more_can_be_asked_while_waiting_and_the_first_day_counts():
    file, agent, _rows = asked(PLAN, days=10)

    requests.ask(submission=file, by=agent, items=[WHEN], due_at=in_days(4))

    assert fresh(file).answer_due_at < in_days(5)
    assert InformationRequest.objects.filter(state=RequestState.OPEN).count() == 2


def test_other_words_and_another_day():
    file, agent, (row,) = asked(PLAN)
    later = in_days(20)

    requests.change(request=row, by=agent, text="Un croquis suffit", due_at=later)

    row.refresh_from_db()
    assert (row.text, fresh(file).answer_due_at) == ("Un croquis suffit", later)


def test_a_correction_that_was_sent_answers_what_was_asked_to_correct():
    file, _agent, _rows = asked(NAME)

    requests.corrected(submission=file, by=file.acting_user, questions=["q-people"])
    assert fresh(file).state == SubmissionState.AWAITING_CITIZEN
    requests.corrected(submission=file, by=file.acting_user, questions=["q-name"])

    assert fresh(file).state == SubmissionState.IN_REVIEW


def test_an_answer_counts_once():
    file, _agent, (row,) = asked(WHEN)
    requests.answer(request=row, by=file.acting_user, text="Le 3 mai")

    with pytest.raises(RequestEnded):
        requests.answer(request=row, by=file.acting_user, text="Le 4 mai")

    assert events(file).count("replied") == 1


@pytest.mark.parametrize("item", [PLAN, WHEN, NAME])
def test_an_empty_answer_is_refused(item):
    file, _agent, (row,) = asked(item)

    with pytest.raises(RequestAnswerMissing):
        requests.answer(request=row, by=file.acting_user, text=" ")

    assert fresh(file).state == SubmissionState.AWAITING_CITIZEN


@pytest.mark.parametrize(
    ("items", "days", "error"),
    [
        ([], 5, RequestsMissing),
        ([PLAN] * 21, 5, RequestsMissing),
        ([Wanted(kind=RequestKind.ANSWER, text="  ")], 5, RequestTextMissing),
        (
            [Wanted(kind=RequestKind.CORRECTION, text="?", question="nope")],
            5,
            RequestQuestionUnknown,
        ),
        ([Wanted(kind=RequestKind.SIGNATURE, text="Sign")], 5, RequestNotOffered),
        ([PLAN], 0, RequestDayRefused),
        ([PLAN], 400, RequestDayRefused),
    ],
)
def test_what_cannot_be_asked_moves_nothing(items, days, error):
    file, agent = in_review()

    with pytest.raises(error):
        requests.ask(submission=file, by=agent, items=items, due_at=in_days(days))

    assert fresh(file).state == SubmissionState.IN_REVIEW
    assert not InformationRequest.objects.exists()


def test_only_who_has_the_file_in_charge_asks():
    file, _agent = in_review()
    colleague, stranger = make_team_agent(file), make_user(is_staff=True)
    reader = make_team_agent(file)
    TeamRole.objects.create(team=file.team, user=reader, role=TeamRoleKind.READER)

    for person, error in ((colleague, NotYourFile), (stranger, NotFound), (reader, RoleTooLow)):
        with pytest.raises(error):
            requests.ask(submission=file, by=person, items=[PLAN], due_at=in_days(5))


def test_a_decided_file_asks_nothing():
    file, agent = in_review()
    reviews.accept(submission=file, by=agent)

    with pytest.raises(MoveRefused):
        requests.ask(submission=file, by=agent, items=[PLAN], due_at=in_days(5))


@pytest.mark.feature("X2")
def test_reminders_leave_three_days_and_one_day_before_once_each():
    file, _agent, _rows = asked(PLAN, days=10)
    due = fresh(file).answer_due_at

    numbers = []
    for left in (timedelta(days=4), timedelta(days=2), timedelta(days=2), timedelta(hours=5)):
        requests.remind(now=due - left)
        numbers.append(OutgoingMail.objects.filter(template="request_reminder").count())

    assert numbers == [0, 1, 1, 2]


@pytest.mark.feature("X2")
def test_silence_closes_the_file_with_a_reason_in_the_citizens_language():
    file, _agent, (row,) = asked(PLAN)
    due = fresh(file).answer_due_at

    assert requests.close_unanswered(now=due) == 0
    assert requests.close_unanswered(now=due + timedelta(seconds=1)) == 1
    assert requests.close_unanswered(now=due + timedelta(days=1)) == 0

    after = fresh(file)
    assert after.state == SubmissionState.CLOSED_NO_REPLY
    assert after.decision_reason
    assert after.answer_due_at is None
    row.refresh_from_db()
    assert row.state == RequestState.EXPIRED
    assert OutgoingMail.objects.filter(template="request_closed").count() == 1


def test_a_request_taken_back_by_the_citizen_ends_what_was_asked():
    file, _agent, (row,) = asked(PLAN)

    submissions.withdraw(submission=fresh(file), by=file.acting_user)

    row.refresh_from_db()
    assert row.state == RequestState.WITHDRAWN


def test_a_file_that_cannot_be_stored_answers_nothing(own_files):
    file, _agent, (row,) = asked(PLAN)

    with pytest.raises(UploadRefused):
        requests.answer(
            request=row,
            by=file.acting_user,
            files=[plan(), SimpleUploadedFile("virus.exe", b"MZ", "application/pdf")],
        )

    assert not row.annexes.exists()
    assert fresh(file).state == SubmissionState.AWAITING_CITIZEN
    assert not list(own_files.rglob("*.pdf"))
