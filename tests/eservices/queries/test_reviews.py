"""What agents see: sent files of their teams, in as many queries for one as for many."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from eservices.enums import SubmissionState
from eservices.errors import NotFound
from eservices.models import Team
from eservices.queries.inbox import FileFilters, list_counts, page_of_files
from eservices.queries.reviews import deadline_of, file_for_agent
from tests.factories.eservices import make_user
from tests.factories.submissions import make_draft, make_file, make_procedure, make_sent
from tests.factories.teams import make_team_agent

pytestmark = pytest.mark.django_db


def shown(agent, **filters):
    """The first page of an agent's list."""
    return page_of_files(agent, FileFilters(**filters), start=0, size=50)


def test_agents_see_sent_files_of_their_teams_only():
    mine = make_sent()
    other_team = Team.objects.create(code="other", names={"fr": "Autre"})
    foreign = make_sent(procedure=make_procedure(team=other_team))
    draft = make_draft()
    agent = make_team_agent(mine)

    assert shown(agent) == [mine]
    for row in (foreign, draft):
        with pytest.raises(NotFound):
            file_for_agent(agent, row.reference)
    assert set(shown(make_team_agent(is_superuser=True))) == {mine, foreign}


def test_counts_follow_the_tabs():
    free = make_sent()
    agent = make_team_agent(free)
    taken = make_file(SubmissionState.IN_REVIEW, assignee=agent)
    done = make_file(SubmissionState.ACCEPTED, assignee=agent)

    numbers = list_counts(agent).tabs

    assert [numbers[tab].files for tab in ("unassigned", "mine", "done", "all")] == [1, 1, 1, 3]
    assert shown(agent, tab="unassigned") == [free]
    assert shown(agent, tab="mine") == [taken]
    assert shown(agent, tab="done") == [done]


def test_search_finds_reference_and_name_whatever_the_case():
    file, _other = make_sent(make_user(first_name="Zoé", last_name="Hélin")), make_sent()
    agent = make_team_agent(file)

    assert shown(agent, q=file.reference[-6:].lower()) == [file]
    assert shown(agent, q=file.profile.name.upper()) == [file]
    assert shown(agent, q="nobody at all") == []
    assert len(shown(agent, q="")) == 2


def test_the_most_urgent_file_comes_first():
    late, early = make_sent(), make_sent()
    today = timezone.localdate()
    type(late).objects.filter(pk=late.pk).update(due_on=today + timedelta(days=9))
    type(early).objects.filter(pk=early.pk).update(due_on=today - timedelta(days=1))

    assert shown(make_team_agent(late)) == [early, late]


@pytest.mark.parametrize(("days", "state"), [(-1, "late"), (0, "soon"), (3, "soon"), (4, "fine")])
def test_deadline_in_a_word(days, state):
    file, today = make_sent(), date(2026, 6, 15)
    file.due_on = today + timedelta(days=days)

    found = deadline_of(file, today=today)

    assert found is not None
    assert found.state == state


def test_decided_files_have_no_deadline():
    assert deadline_of(make_file(SubmissionState.ACCEPTED)) is None


def test_list_takes_as_many_queries_for_one_as_for_ten(django_assert_num_queries):
    procedure = make_procedure()
    agent = make_team_agent(make_sent(procedure=procedure))
    for expected in (1, 10):
        while len(shown(agent)) < expected:
            make_sent(procedure=procedure)
        with django_assert_num_queries(1):
            rows = [
                (r.procedure.title, r.profile.name, r.team.name, r.assignee) for r in shown(agent)
            ]
        assert len(rows) == expected
