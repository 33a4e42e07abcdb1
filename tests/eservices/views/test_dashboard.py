"""The personal space."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from eservices.actions import discussions
from eservices.enums import Side, SubmissionState
from eservices.models import Submission
from tests.factories.eservices import log_in, make_user
from tests.factories.submissions import make_draft, make_file, make_procedure, make_sent
from tests.factories.teams import make_team_agent

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return make_user()


@pytest.fixture
def page(client, user):
    return log_in(client, user)


def rows(html: str) -> list[str]:
    return re.findall(r"SUB-\d{4}-\w{6}(?=</span></th>)", html)


@pytest.mark.feature("B2")
def test_dashboard_shows_my_files_and_what_waits(page, user):
    draft, sent, foreign = make_draft(user), make_sent(user), make_sent()

    html = page.get(reverse("dashboard")).content.decode()

    assert set(rows(html)) == {draft.reference, sent.reference}
    assert foreign.reference not in html
    assert html.count("eg-turn-card__body") == 1


@pytest.mark.parametrize(
    ("tab", "count"),
    [("all", 4), ("draft", 1), ("waiting", 1), ("progress", 1), ("decided", 1), ("?", 4)],
)
def test_tabs_divide_the_files(page, user, tab, count):
    make_draft(user)
    make_sent(user)
    make_file(SubmissionState.AWAITING_CITIZEN, user)
    make_file(SubmissionState.ACCEPTED, user)

    html = page.get(reverse("dashboard"), {"files": tab}).content.decode()

    assert len(rows(html)) == count


def test_empty_dashboard_says_what_to_do(page):
    html = page.get(reverse("dashboard")).content.decode()

    assert "eg-empty" in html
    assert reverse("procedures") in html


def test_number_of_queries_does_not_grow_with_the_files(page, user):
    procedure = make_procedure()
    make_draft(user, procedure)
    make_sent(user, procedure)
    page.get(reverse("dashboard"))

    with CaptureQueriesContext(connection) as few:
        page.get(reverse("dashboard"))
    template = Submission.objects.filter(state=SubmissionState.SUBMITTED).get()
    for number in range(98):
        template.pk, template._state.adding = None, True
        template.public_id = f"00000000-0000-4000-8000-{number:012d}"
        template.reference = f"SUB-2026-{number:06d}"
        template.save()

    with CaptureQueriesContext(connection) as many:
        html = page.get(reverse("dashboard")).content.decode()

    assert len(rows(html)) == 20
    assert len(many) == len(few)


@pytest.mark.feature("A13")
def test_new_messages_are_counted_in_the_list(client):
    file = make_sent()
    agent = make_team_agent(file)
    for number in range(2):
        discussions.post(submission=file, by=agent, side=Side.AGENT, body="Hello", key=f"k{number}")
    log_in(client, file.acting_user)
    rows = client.get(reverse("dashboard")).context["rows"]
    assert rows[0]["badge"].startswith("2 ")

    client.get(reverse("submission", args=[file.reference]))

    assert client.get(reverse("dashboard")).context["rows"][0]["badge"] == ""
