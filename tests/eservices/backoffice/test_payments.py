"""Money at the counter: the agent records it on the page of the file, with the receipt."""

import pytest
from django.urls import reverse

from eservices.enums import SubmissionState
from eservices.models import Submission
from tests.eservices.actions.test_request_payments import owed
from tests.eservices.actions.test_requests import fresh, in_review
from tests.eservices.backoffice.test_agent_acts import lines
from tests.factories.eservices import log_in
from tests.factories.submissions import make_procedure, make_sent
from tests.factories.teams import make_team_agent

pytestmark = pytest.mark.django_db


def test_a_payment_is_recorded_with_its_receipt_and_the_right_amount(client):
    file = make_sent(procedure=make_procedure(fee_cents=1250))
    agent = make_team_agent(file)
    log_in(client, agent)
    at = reverse("agent-payment", args=[file.reference])

    shown = client.get(reverse("agent-file", args=[file.reference]))
    wrong = client.post(at, {"euros": "12.00", "receipt": "K-1"})
    without = client.post(at, {"euros": "12.50", "receipt": ""})
    right = client.post(at, {"euros": "12.50", "receipt": "K-1"})

    assert at in shown.content.decode()
    assert (wrong.status_code, without.status_code, right.status_code) == (422, 422, 302)
    assert wrong.context["form"].errors["euros"]
    assert Submission.objects.get(pk=file.pk).state == SubmissionState.SUBMITTED


@pytest.mark.feature("X2")
def test_a_payment_is_asked_on_the_page_and_a_missing_amount_keeps_what_was_typed(client):
    file, agent = in_review()
    log_in(client, agent)
    at = reverse("agent-ask", args=[file.reference])

    without = client.post(at, lines(("document", "Le plan", ""), ("payment", "La copie", "")))
    asked = client.post(at, lines(("payment", "La copie", ""), **{"item-0-euros": "7,50"}))

    assert without.status_code == 422
    assert "La copie" in without.content.decode()
    assert without.context["lines"].forms[1].errors["euros"]
    assert asked.status_code == 302
    assert file.requests.get().amount.amount_cents == 750


def test_a_requested_payment_is_recorded_from_its_line(client):
    file, agent, amount = owed()
    log_in(client, agent)
    at = reverse("agent-request-payment", args=[file.reference, file.requests.get().public_id])

    shown = client.get(reverse("agent-file", args=[file.reference])).content.decode()
    page = client.get(at).content.decode()
    wrong = client.post(at, {"euros": "7,00", "receipt": "K-1"})
    right = client.post(at, {"euros": "7,50", "receipt": "K-1"})

    assert at in shown
    assert amount.reference in page
    assert (wrong.status_code, right.status_code) == (422, 302)
    assert fresh(file).state == SubmissionState.IN_REVIEW
