"""The sender towards the federal e-Box, against a server that answers as its documentation says."""

from datetime import timedelta

import pytest
from django.utils import timezone

from eservices.actions import dispatches, mails
from eservices.actions.identifiers import record_number
from eservices.enums import DispatchState, FieldSource, NoticeKind
from eservices.models import EboxDispatch, Notice, OutgoingMail
from sandbox.federal_ebox import running
from tests.factories.ebox import PDF, activate, make_message
from tests.factories.eservices import make_user
from tests.factories.organisations import make_membership
from tests.factories.submissions import NATIONAL_NUMBER, make_sent
from tests.factories.teams import make_team_agent

pytestmark = [pytest.mark.django_db, pytest.mark.feature("C5")]


@pytest.fixture
def federal(settings):
    with running() as (address, registry):
        settings.FEDERAL_EBOX = {
            "base_url": address,
            "federation_url": address,
            "sender_number": "0207372174",
            "application_id": "guichet",
            "message_type": "decision",
            "token": registry.token,
            "timeout": 0.5,
        }
        registry.consents.add(NATIONAL_NUMBER)
        yield registry


@pytest.fixture
def claire():
    user = make_user(language="en")
    record_number(user=user, number=NATIONAL_NUMBER, source=FieldSource.EID)
    return user


def test_off_by_default_nothing_is_sent(claire):
    make_message(claire)

    assert not EboxDispatch.objects.exists()


def test_a_message_is_sent_with_its_documents(claire, federal):
    row = make_message(claire).dispatch

    dispatches.send(dispatch=row)

    assert (row.state, row.external_id) == (DispatchState.ACCEPTED, "EBX-000001")
    (message,) = federal.messages.values()
    assert message["recipient"] == {"eboxType": "citizen", "ssin": NATIONAL_NUMBER}
    assert message["subject"] == {"fr": "Décision : abattage d’un arbre"}
    assert list(federal.documents.values()) == [[PDF]]


def test_invariant_16_what_has_an_external_id_is_never_sent_again(claire, federal):
    row = make_message(claire).dispatch
    dispatches.send(dispatch=row)
    before = federal.requests

    dispatches.send(dispatch=row)
    dispatches.deliver.call(row.pk)
    dispatches.send_waiting(now=timezone.now() + timedelta(days=1))

    assert federal.requests == before


def test_an_answer_that_was_lost_is_asked_again_with_the_same_key(claire, federal):
    row = make_message(claire).dispatch
    federal.troubles = ["none", "drop"]  # the consent is answered, the message's answer is lost

    dispatches.send(dispatch=row)
    assert (row.state, row.external_id, row.attempts) == (DispatchState.QUEUED, None, 1)
    assert len(federal.messages) == 1, "it was taken there"
    dispatches.send(dispatch=row)

    assert (row.state, row.external_id) == (DispatchState.ACCEPTED, "EBX-000001")
    assert len(federal.messages) == 1


@pytest.mark.parametrize("trouble", [500, 503, 429, "hang"])
def test_invariant_16_after_the_last_try_a_letter_without_content_and_word_to_the_agents(
    claire, federal, trouble
):
    activate(claire)
    file = make_sent(user=claire)
    agent = make_team_agent(file)
    row = make_message(claire, file=file).dispatch
    moment = timezone.now()

    for number in range(dispatches.TRIES):
        assert row.state == DispatchState.QUEUED, number
        federal.troubles = [trouble]
        moment += timedelta(days=1)
        dispatches.send_waiting(now=moment)
        row.refresh_from_db()
    dispatches.send_waiting(now=moment + timedelta(days=1))

    assert (row.state, row.attempts) == (DispatchState.FAILED, dispatches.TRIES)
    assert not federal.messages
    letter = mails.compose(OutgoingMail.objects.get(template="ebox_document"))
    assert letter.to == [claire.email]
    assert "felling" not in f"{letter.subject}{letter.body}"
    assert Notice.objects.get(user=agent, kind=NoticeKind.TEAM).event == "delivery_failed"


def test_waits_between_tries_grow(claire, federal):
    row = make_message(claire).dispatch
    start = timezone.now()
    federal.troubles = [500]
    dispatches.send(dispatch=row, now=start)

    assert dispatches.send_waiting(now=start + timedelta(minutes=4)) == 0
    federal.troubles = [500]
    assert dispatches.send_waiting(now=start + timedelta(minutes=5)) == 1
    assert dispatches.send_waiting(now=start + timedelta(minutes=14)) == 0


def test_without_consent_nothing_leaves_and_nobody_is_alarmed(claire, federal):
    federal.consents.clear()
    row = make_message(claire).dispatch

    dispatches.send(dispatch=row)

    assert row.state == DispatchState.NO_CONSENT
    assert not federal.messages
    assert not Notice.objects.filter(event="delivery_failed").exists()


def test_without_a_verified_number_nobody_is_asked(federal):
    row = make_message(make_user()).dispatch

    dispatches.send(dispatch=row)

    assert (row.state, federal.requests) == (DispatchState.NO_CONSENT, 0)


def test_a_refusal_is_final(claire, federal):
    row = make_message(claire).dispatch
    federal.troubles = [422]

    dispatches.send(dispatch=row)

    assert (row.state, row.error) == (DispatchState.REFUSED, "http_422")
    assert OutgoingMail.objects.filter(template="ebox_document", to_user=claire).exists()


def test_an_enterprise_has_its_ebox_by_law(claire, federal):
    membership = make_membership(claire)
    row = make_message(claire, profile=membership.profile).dispatch

    dispatches.send(dispatch=row)

    (message,) = federal.messages.values()
    number = membership.profile.organisation.bce_number
    assert message["recipient"] == {"eboxType": "enterprise", "enterpriseNumber": number}
    assert row.state == DispatchState.ACCEPTED
