"""Fees: due after sending, paid at the counter, given up in time, never lost in silence."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from eservices.actions import amounts, reviews, submissions
from eservices.actions.mails import compose
from eservices.contract import registry
from eservices.enums import AmountState, SubmissionState
from eservices.errors import AmountNotDue, AmountPaid, MoveRefused, NotFound, ReceiptMissing
from eservices.models import AmountDue, JournalEntry, OutgoingMail, Submission
from eservices.queries.copies import file_copies
from tests.factories.eservices import log_in, make_agent, make_user
from tests.factories.submissions import make_procedure, make_sent, viewer_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def file():
    return make_sent(make_user(language="en"), make_procedure(fee_cents=1250, payment_days=10))


def the_amount():
    return AmountDue.objects.get()


def colleague(file):
    """An agent of the team that handles a file."""
    agent = make_agent()
    file.team.members.add(agent)
    return agent


def events(file):
    rows = JournalEntry.objects.filter(subject_id=file.public_id).order_by("sequence")
    return list(rows.values_list("event", "side"))


def paid(**changes):
    amount = the_amount()
    by = changes.get("by") or colleague(Submission.objects.get(public_id=amount.subject_id))
    call = {"amount": amount, "receipt": "R-1", **changes, "by": by}
    return amounts.record_payment(**call)


def test_an_agent_of_another_team_records_no_payment(file):
    with pytest.raises(NotFound):
        paid(by=make_agent())

    assert the_amount().state == "due"


@pytest.mark.feature("X3")
def test_a_file_with_a_fee_waits_for_the_money_after_sending(file):
    amount = the_amount()

    assert file.state == SubmissionState.AWAITING_PAYMENT
    assert events(file)[-2:] == [("submit", "citizen"), ("request_payment", "system")]
    assert (amount.amount_cents, amount.state, amount.profile) == (1250, "due", file.profile)
    day = timezone.localdate() + timedelta(days=10)
    assert timezone.localtime(amount.due_at).date() == day
    assert file.answer_due_at == amount.due_at
    assert file.due_on is None, "the clock of the decision stands still"
    with pytest.raises(MoveRefused):
        reviews.claim(submission=file, by=colleague(file))


def test_sending_twice_charges_once(file):
    again = submissions.submit(
        submission=file, viewer=viewer_of(file.acting_user), revision=file.revision, locale="fr"
    )

    assert again.state == SubmissionState.AWAITING_PAYMENT
    assert AmountDue.objects.count() == 1


def test_a_file_without_a_fee_costs_nothing():
    assert make_sent().state == SubmissionState.SUBMITTED
    assert not AmountDue.objects.exists()


def test_a_payment_brings_the_file_to_the_municipality_and_starts_the_clock(file):
    agent = colleague(file)

    amount = paid(by=agent, receipt=" R-2026-7 ")

    file.refresh_from_db()
    assert file.state == SubmissionState.SUBMITTED
    assert file.due_on == timezone.localdate() + timedelta(days=15)
    assert file.answer_due_at is None
    assert (amount.state, amount.paid_by, amount.receipt) == ("paid", "counter", "R-2026-7")
    assert amount.recorded_by == agent
    assert events(file)[-1] == ("paid", "agent")
    entry = JournalEntry.objects.filter(subject_id=file.public_id).last()
    assert entry.data["receipt"] == "R-2026-7"
    assert OutgoingMail.objects.filter(template="payment_received").count() == 1
    assert reviews.claim(submission=file, by=agent).state == SubmissionState.IN_REVIEW


def test_the_same_receipt_twice_is_one_payment_and_another_one_is_refused(file):
    paid()

    assert paid().receipt == "R-1"
    with pytest.raises(AmountPaid) as refusal:
        paid(receipt="R-2")
    assert refusal.value.params["receipt"] == "R-1"
    assert [event for event, _side in events(file)].count("paid") == 1


@pytest.mark.parametrize("receipt", ["", "   "])
def test_a_payment_needs_the_number_of_its_receipt(file, receipt):
    with pytest.raises(ReceiptMissing):
        paid(receipt=receipt)
    assert the_amount().state == AmountState.DUE


def test_a_withdrawn_file_owes_nothing_and_late_money_is_refused_with_what_to_do(file):
    submissions.withdraw(submission=file, by=file.acting_user)

    assert the_amount().state == AmountState.CANCELLED
    with override("en"), pytest.raises(AmountNotDue) as refusal:
        paid()
    with override("en"):
        assert "Give the money back" in str(refusal.value)
    assert the_amount().paid_at is None


@pytest.mark.feature("X3")
def test_unpaid_files_are_cancelled_after_the_last_day_and_not_before(file):
    due = the_amount().due_at

    assert amounts.time_out_unpaid(now=due) == 0
    assert amounts.time_out_unpaid(now=due + timedelta(seconds=1)) == 1
    assert amounts.time_out_unpaid(now=due + timedelta(days=1)) == 0

    file.refresh_from_db()
    assert (file.state, the_amount().state) == ("cancelled", "cancelled")
    assert events(file)[-1] == ("timeout", "system")
    assert file.purge_on is not None
    assert OutgoingMail.objects.filter(template="payment_too_late").count() == 1
    with pytest.raises(AmountNotDue):
        paid()


def test_a_reminder_goes_once_three_days_before(file):
    due = the_amount().due_at

    assert amounts.remind_unpaid(now=due - timedelta(days=3, minutes=1)) == 0
    assert amounts.remind_unpaid(now=due - timedelta(days=3) + timedelta(minutes=1)) == 1
    assert amounts.remind_unpaid(now=due - timedelta(days=1)) == 0


def test_who_has_three_days_only_is_not_reminded_at_once():
    make_sent(None, make_procedure(fee_cents=500, payment_days=3))

    assert amounts.remind_unpaid() == 0


def test_what_it_costs_stays_as_it_was_when_the_fee_changes(file):
    file.procedure.fee_cents = 9900
    file.procedure.save()

    assert the_amount().amount_cents == 1250


def test_an_amount_of_a_service_that_is_switched_off_is_not_recorded(file):
    AmountDue.objects.update(service="gone", subject_type="gone.thing")
    with pytest.raises(NotFound):
        amounts.record_payment(amount=AmountDue.objects.get(), by=make_agent(), receipt="R-1")


def test_the_letters_name_the_sum_and_the_day(file):
    paid()
    with override("en"):
        for row in OutgoingMail.objects.filter(template__in=["payment_received"]):
            letter = compose(row)
            assert "€12.50" in letter.body
            assert "R-1" in letter.body
    assert not mail.outbox


def test_the_citizen_sees_what_to_pay_where_and_until_when(client, file):
    log_in(client, file.acting_user)
    amount = the_amount()

    with override("en"):
        page = client.get(reverse("submission", args=[file.reference])).content.decode()
    assert "€12.50 to pay" in page
    assert amount.reference in page
    api = client.get(f"/api/v1/submissions/{file.reference}/").json()["amount"]
    assert (api["euros"], api["state"]) == ("12.50", "due")
    viewer = viewer_of(file.acting_user)
    (tile,) = [t for t in registry["procedures"].tiles(viewer) if t.key == file.reference]
    assert tile.due == amount.due_at


def test_a_paid_amount_is_in_the_persons_copy_and_goes_with_the_file(file):
    paid()
    (guarded,) = file_copies(file.acting_user).content

    (copy,) = guarded.value["amounts"]
    assert (copy["euros"], copy["receipt"]) == ("12.50", "R-1")
    file.refresh_from_db()
    submissions.withdraw(submission=file, by=file.acting_user)
    assert the_amount().state == AmountState.PAID, "what is paid stays paid"
    assert submissions.purge(submission=file, today=timezone.localdate() + timedelta(days=9999))
    assert not AmountDue.objects.exists()
