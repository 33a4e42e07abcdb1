"""What agents see: sent files of their teams, in as many queries for one as for many."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from eservices.enums import SubmissionState
from eservices.errors import NotFound
from eservices.models import Team
from eservices.queries.reviews import agent_list, counts, deadline_of, file_for_agent
from tests.factories.submissions import make_draft, make_file, make_procedure, make_sent
from tests.factories.teams import make_team_agent

pytestmark = pytest.mark.django_db


def test_agents_see_sent_files_of_their_teams_only():
    mine = make_sent()
    other_team = Team.objects.create(code="other", names={"fr": "Autre"})
    foreign = make_sent(procedure=make_procedure(team=other_team))
    draft = make_draft()
    agent = make_team_agent(mine)

    assert list(agent_list(agent)) == [mine]
    for row in (foreign, draft):
        with pytest.raises(NotFound):
            file_for_agent(agent, row.reference)
    assert set(agent_list(make_team_agent(is_superuser=True))) == {mine, foreign}


def test_counts_follow_the_tabs():
    free = make_sent()
    agent = make_team_agent(free)
    taken = make_file(SubmissionState.IN_REVIEW, assignee=agent)
    done = make_file(SubmissionState.ACCEPTED, assignee=agent)

    numbers = counts(agent)

    assert (numbers.unassigned, numbers.mine, numbers.done, numbers.all) == (1, 1, 1, 3)
    assert list(agent_list(agent, tab="unassigned")) == [free]
    assert list(agent_list(agent, tab="mine")) == [taken]
    assert list(agent_list(agent, tab="done")) == [done]


def test_search_finds_reference_and_name_whatever_the_case():
    file, _other = make_sent(), make_sent()
    agent = make_team_agent(file)

    assert list(agent_list(agent, search=file.reference[-6:].lower())) == [file]
    assert list(agent_list(agent, search=file.profile.name.upper())) == [file]
    assert list(agent_list(agent, search="nobody at all")) == []
    assert agent_list(agent, search="\0").count() == 2


def test_the_most_urgent_file_comes_first():
    late, early = make_sent(), make_sent()
    today = timezone.localdate()
    type(late).objects.filter(pk=late.pk).update(due_on=today + timedelta(days=9))
    type(early).objects.filter(pk=early.pk).update(due_on=today - timedelta(days=1))

    assert list(agent_list(make_team_agent(late))) == [early, late]


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
        while agent_list(agent).count() < expected:
            make_sent(procedure=procedure)
        with django_assert_num_queries(1):
            rows = [
                (r.procedure.title, r.profile.name, r.team.name, r.assignee)
                for r in agent_list(agent)
            ]
        assert len(rows) == expected
