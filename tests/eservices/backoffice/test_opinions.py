"""Agents see what other teams ask of theirs: on their first page and beside their files, the most urgent first."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from eservices.actions import opinions, reviews
from eservices.models import Submission, Team
from tests.factories.eservices import log_in
from tests.factories.submissions import make_sent
from tests.factories.teams import make_team_agent

pytestmark = [pytest.mark.django_db, pytest.mark.feature("A23")]


@pytest.fixture
def expert():
    return make_team_agent(language="en")


@pytest.fixture
def team(expert):
    row = Team.objects.create(code="green", names={"en": "Parks", "fr": "Espaces verts"})
    row.members.add(expert)
    return row


@pytest.fixture
def page(client, expert):
    return log_in(client, expert)


def asked(team, text, *, days):
    """A question about a file that must be decided in so many days."""
    file = make_sent()
    agent = make_team_agent(file)
    reviews.claim(submission=file, by=agent)
    Submission.objects.filter(pk=file.pk).update(due_on=timezone.localdate() + timedelta(days=days))
    return opinions.ask(submission=file, by=agent, team=team, text=text)


def test_questions_are_listed_by_urgency_with_the_time_limit_in_words(page, team):
    asked(team, "Is the lime tree healthy?", days=9)
    late = asked(team, "Is the oak healthy?", days=-2)

    shown = page.get(reverse("agent-opinions"))

    assert [row["opinion"].text for row in shown.context["rows"]] == [
        "Is the oak healthy?",
        "Is the lime tree healthy?",
    ]
    words = shown.content.decode()
    assert "Late by 2 days" in words
    assert reverse("agent-file", args=[late.submission.reference]) in words


def test_the_tab_and_the_first_page_count_what_waits_and_end_with_the_answer(page, team, expert):
    question = asked(team, "Is the oak healthy?", days=2)
    tab = page.get(reverse("agent-files")).context["tabs"][-1]
    assert (tab["url"], tab["count"]) == (reverse("agent-opinions"), 1)
    assert "Is the oak healthy?" in page.get("/admin/").content.decode()

    answer = page.post(
        reverse("agent-opine", args=[question.submission.reference]), {"text": "It is."}
    )

    assert answer["Location"] == reverse("agent-opinions")
    assert page.get(reverse("agent-opinions")).context["rows"] == []
    assert "asked-opinions" not in page.get("/admin/").content.decode()


def test_others_do_not_read_the_question(client, team):
    asked(team, "Is the oak healthy?", days=2)
    other = log_in(client, make_team_agent(make_sent(), language="en"))

    assert "Is the oak healthy?" not in other.get(reverse("agent-opinions")).content.decode()
    assert "Is the oak healthy?" not in other.get("/admin/").content.decode()


def test_the_page_costs_the_same_with_one_question_and_with_three(page, team):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            page.get(reverse("agent-opinions"))
        return len(queries)

    asked(team, "First?", days=2)
    page.get(reverse("agent-opinions"))
    one = cost()
    asked(team, "Second?", days=3), asked(team, "Third?", days=4)

    assert cost() == one
