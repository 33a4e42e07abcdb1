"""The agents' list over 10,000 files: indexes are used, pages stay quick, queries stay few."""

import json
import time

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from eservices.models import Submission, User
from eservices.queries.inbox import DueFilter, FileFilters, Order, Tab, list_counts, page_of_files
from tests.factories.eservices import log_in
from tests.factories.many import make_many, mark_read
from tests.factories.teams import make_team_agent

FILES = 10_000


@pytest.fixture(scope="module")
def agent(django_db_setup, django_db_blocker):
    """An agent of one team of twenty; the rows are taken away again at the end."""
    from django.db import transaction

    with django_db_blocker.unblock():
        atomic = transaction.atomic()
        atomic.__enter__()
        teams = make_many(FILES)
        user = make_team_agent(language="en")
        teams[3].members.add(user)
        mark_read(user, 200)
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":  # as autovacuum does
                for index in ("eservices_sub_name_parts", "eservices_sub_reference_parts"):
                    cursor.execute("SELECT gin_clean_pending_list(%s)", [index])
            cursor.execute("ANALYZE")
        yield user
        transaction.set_rollback(True)
        atomic.__exit__(None, None, None)


# One process for all: each would write the rows anew.
pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("ten thousand files")]


def nodes(plan):
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)


def plans_of(work):
    """Return the nodes of PostgreSQL's plans of all queries."""
    with CaptureQueriesContext(connection) as queries:
        work()
    found = []
    for query in queries:
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN (FORMAT JSON) " + query["sql"])
            answer = cursor.fetchone()[0]
        plan = json.loads(answer) if isinstance(answer, str) else answer
        found += nodes(plan[0]["Plan"])
    return found


FILTERS = [
    FileFilters(tab=Tab.UNASSIGNED),
    FileFilters(tab=Tab.MINE),
    FileFilters(tab=Tab.DONE),
    FileFilters(tab=Tab.UNASSIGNED, due=DueFilter.LATE, turn="us"),
    FileFilters(q="hennaut"),
    FileFilters(unread=True, order=Order.ACTIVE),
]


@pytest.mark.postgres_only
@pytest.mark.parametrize("filters", FILTERS, ids=str)
def test_the_table_of_files_is_read_by_an_index(agent, filters):
    def look():
        page_of_files(agent, filters, start=0, size=25)
        list_counts(agent, filters)

    table = Submission._meta.db_table
    whole = [
        node
        for node in plans_of(look)
        if node["Node Type"] == "Seq Scan" and node.get("Relation Name") == table
    ]
    assert whole == []


@pytest.mark.postgres_only
def test_a_part_of_a_name_is_found_by_its_index(agent):
    chief = User.objects.create(email="chief@example.org", is_superuser=True, is_active=True)
    plans = plans_of(lambda: page_of_files(chief, FileFilters(q="hennaut 4321"), start=0, size=25))

    assert "eservices_sub_name_parts" in {node.get("Index Name") for node in plans}


def test_a_page_of_ten_thousand_takes_few_queries_and_little_time(agent):
    client = log_in(Client(), agent)
    client.get(reverse("agent-files"))
    costs, slowest = [], 0.0
    for filters in FILTERS:
        began = time.perf_counter()
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(reverse("agent-files"), filters.parameters())
        slowest = max(slowest, time.perf_counter() - began)
        assert answer.status_code == 200
        costs.append(len(queries))
    assert max(costs) <= 12, costs
    assert slowest < 3, "a page must not grow with the table"
