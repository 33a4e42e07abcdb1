"""Payments that an agent asks for: owed as long as they are asked, answered when they are recorded, never lost."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from eservices.actions import amounts, requests, reviews, submissions
from eservices.actions.mails import compose
from eservices.actions.wanted import Wanted, offered_kinds
from eservices.contract import EService, registry
from eservices.enums import (
    AmountState,
    RequestKind,
    RequestState,
    SignatureLevel,
    SubmissionState,
    TeamRoleKind,
)
from eservices.errors import (
    AmountDiffers,
    AmountNotDue,
    AmountPaid,
    NotFound,
    RequestAmountMissing,
    RequestElsewhere,
    RequestNotOffered,
    RoleTooLow,
)
from eservices.models import AmountDue, JournalEntry, OutgoingMail, TeamRole
from eservices.money import Money
from eservices.queries.amounts import amount_of
from eservices.queries.copies import file_copies
from tests.eservices.actions.test_requests import PLAN, asked, events, fresh, in_days, in_review
from tests.factories.eservices import log_in
from tests.factories.teams import make_team_agent

pytestmark = pytest.mark.django_db

COPY = Wanted(kind=RequestKind.PAYMENT, text="Copie du plan", amount=Money(750))


def owed(*items, days=10):
    """A file in which COPY is asked, and whatever else; with its agent and the amount."""
    file, agent, rows = asked(COPY, *items, days=days)
    return file, agent, rows[0].amount


def record(amount, by, **changes):
    return amounts.record_payment(amount=amount, by=by, **{"receipt": "R-1", **changes})


@pytest.mark.feature("X2")
def test_a_payment_is_owed_from_the_moment_it_is_asked():
    file, _agent, amount = owed()

    row = fresh(file)
    assert row.state == SubmissionState.AWAITING_CITIZEN
    assert (amount.amount_cents, amount.state, amount.profile) == (750, "due", file.profile)
    assert amount.titles == {file.locale: "Copie du plan"}
    assert amount.due_at == row.answer_due_at
    assert row.due_on is None, "the clock of the decision stands still"
    assert amount_of(row) is None, "it is no fee"


@pytest.mark.feature("X2")
def test_recording_the_payment_answers_the_request_and_the_clock_goes_on():
    file, agent, amount = owed()
    cashier = make_team_agent(file)

    record(amount, cashier, received=Money(750), receipt=" K-7 ")

    row, request = fresh(file), file.requests.get()
    assert (row.state, row.assignee) == (SubmissionState.IN_REVIEW, agent)
    assert row.due_on is not None
    assert row.answer_due_at is None
    assert (request.state, request.answered_by) == (RequestState.ANSWERED, None)
    amount.refresh_from_db()
    assert (amount.state, amount.recorded_by, amount.receipt) == ("paid", cashier, "K-7")
    entry = JournalEntry.objects.filter(subject_id=file.public_id).last()
    assert (entry.event, entry.side, entry.data["receipt"]) == ("paid", "agent", "K-7")
    assert OutgoingMail.objects.get(template="request_answered").to_user == agent
    letter = compose(OutgoingMail.objects.get(template="payment_received"))
    assert "K-7" in letter.body
    assert "7,50" in letter.body
    again = record(amount, cashier, receipt="K-7")
    assert again.pk == amount.pk
    with pytest.raises(AmountPaid):
        record(amount, cashier, receipt="K-8")


def test_a_file_goes_on_only_when_nothing_else_is_open():
    file, agent, amount = owed(PLAN)

    record(amount, agent)

    assert fresh(file).state == SubmissionState.AWAITING_CITIZEN
    assert "request_paid" in events(file)
    with override("en"):
        letter = compose(OutgoingMail.objects.get(template="payment_received"))
    assert "R-1" in letter.body
    requests.withdraw(request=file.requests.get(kind="document"), by=agent)
    assert fresh(file).state == SubmissionState.IN_REVIEW
    amount.refresh_from_db()
    assert amount.state == AmountState.PAID, "what is paid stays paid"


@pytest.mark.parametrize("end", ["withdrawn request", "withdrawn file", "no answer"])
def test_what_is_no_longer_asked_is_no_longer_owed(end):
    file, agent, amount = owed(days=2)
    (request,) = file.requests.all()
    if end == "withdrawn request":
        requests.withdraw(request=request, by=agent)
    elif end == "withdrawn file":
        submissions.withdraw(submission=fresh(file), by=file.acting_user)
    else:
        late = timezone.now() + timedelta(days=3)
        assert amounts.time_out_unpaid(now=late) == 0, (
            "the request ends the amount, not its own job"
        )
        assert requests.close_unanswered(now=late) == 1

    amount.refresh_from_db()
    assert amount.state == AmountState.CANCELLED
    with pytest.raises(AmountNotDue):
        record(amount, agent)
    assert file.requests.get().state != RequestState.ANSWERED


def test_a_wrong_amount_and_wrong_people_record_nothing():
    file, agent, amount = owed()
    reader = make_team_agent(file)
    TeamRole.objects.create(team=file.team, user=reader, role=TeamRoleKind.READER)

    for by, received, refusal in (
        (make_team_agent(), None, NotFound),
        (reader, None, RoleTooLow),
        (agent, Money(700), AmountDiffers),
    ):
        with pytest.raises(refusal):
            record(amount, by, received=received)
    with pytest.raises(RequestElsewhere):
        requests.answer(request=file.requests.get(), by=file.acting_user, text="Payé")

    assert AmountDue.objects.get().state == AmountState.DUE


@pytest.mark.parametrize("amount", [None, Money(0), Money(-100)])
def test_a_payment_needs_an_amount_above_zero(amount):
    file, agent = in_review()
    item = Wanted(kind=RequestKind.PAYMENT, text="Copie", amount=amount)

    with pytest.raises(RequestAmountMissing) as refusal:
        requests.ask(submission=file, by=agent, items=[PLAN, item], due_at=in_days(5))

    assert refusal.value.field == "amount-1"
    assert not AmountDue.objects.exists()
    assert fresh(file).state == SubmissionState.IN_REVIEW


def test_another_day_is_the_day_of_the_amount_too():
    file, agent, amount = owed()
    (request,) = file.requests.all()

    requests.change(request=request, by=agent, text="Copie du plan A3", due_at=in_days(20))

    amount.refresh_from_db()
    assert amount.due_at == fresh(file).answer_due_at
    assert amount.titles == {file.locale: "Copie du plan"}


def test_signatures_are_asked_only_where_a_service_signs():
    file, agent = in_review()
    item = Wanted(kind=RequestKind.SIGNATURE, text="Le contrat")

    with pytest.raises(RequestNotOffered):
        requests.ask(submission=file, by=agent, items=[item], due_at=in_days(5))

    class Signs(EService):
        slug = "signs"
        verbose_name = "Signs"
        signature_levels = frozenset({SignatureLevel.ADOPTED})

    assert RequestKind.SIGNATURE not in offered_kinds()
    with registry.temporarily(Signs()):
        (row,) = requests.ask(submission=file, by=agent, items=[item], due_at=in_days(5))
    assert (row.kind, row.amount) == ("signature", None)


def test_the_citizen_reads_how_to_pay_and_what_was_paid(client):
    file, agent, amount = owed()
    log_in(client, file.acting_user)
    page = reverse("submission", args=[file.reference])
    answer = reverse("submission-request", args=[file.reference, file.requests.get().public_id])

    before = client.get(page).content.decode()
    elsewhere = client.get(answer)
    record(amount, agent)
    after = client.get(page).content.decode()

    assert "7,50" in before
    assert amount.reference in before
    assert answer not in before, "there is nothing to answer on a page"
    assert elsewhere.url == page
    assert "7,50" in after
    assert "R-1" in after


def test_it_is_in_the_persons_copy_and_goes_with_the_file():
    file, agent, amount = owed()
    (guarded,) = file_copies(file.acting_user).content

    assert guarded.value["requests"][0]["amount"] == amount.reference
    assert guarded.value["amounts"][0]["euros"] == "7.50"
    record(amount, agent)
    reviews.close(submission=fresh(file), by=agent)
    assert submissions.purge(submission=file, today=timezone.localdate() + timedelta(days=9999))
    assert not AmountDue.objects.exists()
