"""The citizen's side of requests: a panel, one page each, plain forms."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from eservices.actions import requests
from eservices.enums import RequestState, SubmissionState
from eservices.models import Submission
from tests.eservices.actions.test_requests import NAME, PLAN, WHEN, asked, plan
from tests.factories.eservices import log_in, make_user

pytestmark = pytest.mark.django_db


def page(file, row):
    return reverse("submission-request", args=[file.reference, row.public_id])


@pytest.mark.feature("X2")
def test_the_page_of_the_file_shows_each_request_with_its_button(client):
    file, _agent, rows = asked(PLAN, WHEN, NAME)
    log_in(client, file.acting_user)

    text = client.get(reverse("submission", args=[file.reference])).content.decode()

    for row in rows:
        assert page(file, row) in text
        assert row.text in text


@pytest.mark.feature("X2")
def test_documents_and_words_are_sent_by_plain_forms(client):
    file, _agent, (first, second) = asked(PLAN, WHEN)
    log_in(client, file.acting_user)

    client.post(page(file, first), {"files": [plan(), plan()]})
    answer = client.post(page(file, second), {"text": "Le 3 mai"})

    assert answer.url == reverse("submission", args=[file.reference])
    assert first.annexes.count() == 2
    assert Submission.objects.get(pk=file.pk).state == SubmissionState.IN_REVIEW


@pytest.mark.parametrize(("item", "field"), [(PLAN, "files"), (WHEN, "text"), (NAME, "text")])
def test_an_empty_answer_stays_on_the_page_with_its_error(client, item, field):
    file, _agent, (row,) = asked(item)
    log_in(client, file.acting_user)

    answer = client.post(page(file, row), {})

    assert answer.status_code == 422
    assert answer.context["form"].errors[field]


def test_a_request_that_is_over_leads_back_to_the_file(client):
    file, agent, (row,) = asked(WHEN)
    requests.withdraw(request=row, by=agent)
    log_in(client, file.acting_user)

    for answer in (client.get(page(file, row)), client.post(page(file, row), {"text": "x"})):
        assert answer.url == reverse("submission", args=[file.reference])


def test_requests_of_others_do_not_exist(client):
    file, _agent, (row,) = asked(WHEN)
    log_in(client, make_user())

    assert client.post(page(file, row), {"text": "x"}).status_code == 404
    row.refresh_from_db()
    assert row.state == RequestState.OPEN


@pytest.mark.feature("X1")
def test_list_tile_and_file_say_who_must_act_and_until_when(client):
    file, _agent, (row,) = asked(WHEN, days=9)
    log_in(client, file.acting_user)
    day = (timezone.localtime(row.due_at)).strftime("%Y")

    space = client.get(reverse("dashboard"))
    tile = space.context["waiting"][0]
    line = space.context["rows"][0]

    assert tile.due == row.due_at
    assert day in line["turn_label"]
    text = client.get(reverse("submission", args=[file.reference])).content.decode()
    assert line["turn_label"] in text
    assert row.due_at > timezone.now() + timedelta(days=8)
