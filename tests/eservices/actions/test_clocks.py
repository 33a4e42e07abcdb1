"""The clock of the decision through the life of a file."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from eservices.actions import clocks, submissions
from eservices.actions.submissions import move
from eservices.enums import DayUnit, Side, SubmissionEvent, SubmissionState
from eservices.errors import MoveRefused
from eservices.models import Submission
from tests.factories.submissions import make_file

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


def ask(file):
    return move(submission=file, event=SubmissionEvent.ASK_CITIZEN, by=None, side=Side.AGENT)


def reply(file):
    return move(submission=file, event=SubmissionEvent.REPLIED, by=None, side=Side.CITIZEN)


def in_review(**columns):
    return make_file(SubmissionState.IN_REVIEW, **columns)


def test_clock_stands_still_while_the_citizen_must_answer():
    file = ask(in_review(due_on=TODAY() + timedelta(days=9)))

    file.refresh_from_db()
    assert (file.due_on, file.paused_on, file.due_days_left) == (None, TODAY(), 9)


def test_the_days_that_were_left_count_from_the_answer():
    file = ask(in_review(due_on=TODAY() + timedelta(days=9)))
    Submission.objects.filter(pk=file.pk).update(paused_on=TODAY() - timedelta(days=30))
    file.refresh_from_db()

    file = reply(file)

    file.refresh_from_db()
    assert file.due_on == TODAY() + timedelta(days=9)
    assert (file.paused_on, file.due_days_left) == (None, None)


def test_working_days_are_counted_as_working_days():
    file = in_review()
    file.procedure.handling_unit = DayUnit.WORKING
    file.due_on = date(2026, 7, 13)  # a Monday

    thursday = clocks.clock_columns(
        file, target=SubmissionState.AWAITING_CITIZEN, today=date(2026, 7, 9)
    )
    for name, value in thursday.items():
        setattr(file, name, value)
    friday = clocks.clock_columns(file, target=SubmissionState.IN_REVIEW, today=date(2026, 7, 17))

    assert thursday["due_days_left"] == 2
    assert friday["due_on"] == date(2026, 7, 22), "Monday, then Wednesday: the 21st is a holiday"


def test_payment_pauses_and_the_time_out_ends_it():
    file = make_file(SubmissionState.SUBMITTED, due_on=TODAY() + timedelta(days=4))
    move(submission=file, event=SubmissionEvent.REQUEST_PAYMENT, by=None, side=Side.SYSTEM)
    assert (file.due_on, file.paused_on) == (None, TODAY())

    move(submission=file, event=SubmissionEvent.TIMEOUT, by=None, side=Side.SYSTEM)

    file.refresh_from_db()
    assert (file.due_on, file.paused_on) == (None, None)


def test_a_file_taken_up_again_after_silence_has_the_days_that_were_left():
    file = ask(in_review(due_on=TODAY() + timedelta(days=5)))
    move(submission=file, event=SubmissionEvent.DEADLINE, by=None, side=Side.SYSTEM)
    assert (file.paused_on, file.due_days_left) == (None, 5)

    move(submission=file, event=SubmissionEvent.RECONSIDER, by=None, side=Side.AGENT)

    file.refresh_from_db()
    assert (file.due_on, file.due_days_left) == (TODAY() + timedelta(days=5), None)


def test_a_limit_that_was_over_is_due_on_the_day_of_the_answer():
    file = reply(ask(in_review(due_on=TODAY() - timedelta(days=3))))

    assert file.due_on == TODAY()


def test_a_procedure_without_limit_has_no_clock():
    file = ask(in_review(due_on=None))
    assert (file.paused_on, file.due_days_left) == (None, None)

    assert reply(file).due_on is None


def test_each_side_leaves_the_time_of_its_last_act():
    file = make_file(SubmissionState.SUBMITTED)
    sent = file.last_citizen_act_at
    assert sent is not None
    assert file.last_agent_act_at is None

    move(submission=file, event=SubmissionEvent.CLAIM, by=None, side=Side.AGENT)
    claimed = file.last_agent_act_at
    ask(file)
    file.refresh_from_db()

    assert file.last_citizen_act_at == sent
    assert file.last_agent_act_at > claimed

    move(submission=file, event=SubmissionEvent.DEADLINE, by=None, side=Side.SYSTEM)
    assert file.last_citizen_act_at == sent, "time alone is no act"


def test_a_decision_on_answers_that_changed_meanwhile_is_refused():
    file = in_review()
    Submission.objects.filter(pk=file.pk).update(revision=file.revision + 1)

    with pytest.raises(MoveRefused):
        move(submission=file, event=SubmissionEvent.ACCEPT, by=None, side=Side.AGENT)

    file.refresh_from_db()
    assert file.state == SubmissionState.IN_REVIEW
    assert submissions.withdraw(submission=file, by=file.acting_user).state == "withdrawn"
