"""Saved lists, exports and statistics of agents by API: as the pages have them, with the same refusals."""

import uuid

import pytest
from django.urls import reverse

from eservices.actions import exports
from eservices.actions.lists import MAX_SAVED
from eservices.enums import ExportState
from eservices.models import Export, SavedList
from tests.factories.eservices import log_in
from tests.factories.submissions import make_procedure, make_sent
from tests.factories.teams import make_team_agent

pytestmark = [pytest.mark.django_db, pytest.mark.feature("B8")]


def send(client, method, name, body=None, *args):
    address = reverse(f"api-agent-{name}", args=args)
    return getattr(client, method)(address, body or {}, content_type="application/json")


@pytest.fixture
def file():
    return make_sent()


@pytest.fixture
def agent(client, file):
    agent = make_team_agent(file)
    log_in(client, agent)
    return agent


def test_a_list_is_kept_renamed_and_forgotten(client, agent):
    filters = {"tab": "mine", "due": "late"}
    made = send(client, "post", "lists", {"name": "  Late   ones ", "filters": filters})
    assert (made.status_code, made.json()["name"]) == (201, "Late ones")
    assert SavedList.objects.get(user=agent).filters == filters, "as the page keeps it"

    renamed = send(client, "patch", "list", {"name": "Urgent"}, made.json()["id"])
    assert (renamed.status_code, renamed.json()["filters"]) == (200, filters)
    assert client.get(reverse("api-agent-lists")).json() == [renamed.json()]

    assert send(client, "delete", "list", None, renamed.json()["id"]).status_code == 204
    assert client.get(reverse("api-agent-lists")).json() == []


def test_refusals_of_lists_are_those_of_the_page(client, agent):
    first = send(client, "post", "lists", {"name": "one"}).json()["id"]
    send(client, "post", "lists", {"name": "two"})
    other = SavedList.objects.create(user=make_team_agent(), list="files", name="theirs")

    codes = [
        send(client, "post", "lists", {"name": "  "}).status_code,
        send(client, "post", "lists", {"name": "x" * 61}).json()["code"],
        send(client, "patch", "list", {"name": "two"}, first).json()["code"],
        send(client, "patch", "list", {"name": "mine"}, other.public_id).json()["code"],
        send(client, "delete", "list", None, uuid.uuid4()).status_code,
    ]

    assert codes == [422, "lists.name_missing", "lists.name_taken", "not_found", 404]
    SavedList.objects.bulk_create(
        SavedList(user=agent, list="files", name=f"list {number}") for number in range(MAX_SAVED)
    )
    assert send(client, "post", "lists", {"name": "new"}).json()["code"] == "lists.full"


def test_an_export_is_asked_for_followed_taken_and_deleted(client, agent, file):
    body = {"format": "csv", "columns": ["reference"], "filters": {"tab": "all"}}
    asked = send(client, "post", "exports", body)
    assert asked.status_code == 202
    told = asked.json()
    assert (told["state"], told["total"], told["file"]) == ("waiting", 1, None)
    early = client.get(reverse("api-agent-export-file", args=[told["id"]]))
    assert (early.status_code, early.json()["code"]) == (409, "exports.not_ready")

    exports.make.call(told["id"])

    now = client.get(reverse("api-agent-export", args=[told["id"]])).json()
    assert (now["state"], now["done"]) == (ExportState.READY, 1)
    taken = client.get(now["file"])
    assert file.reference in b"".join(taken.streaming_content).decode()
    assert client.get(reverse("api-agent-exports")).json() == [now]
    assert send(client, "delete", "export", None, told["id"]).status_code == 204
    assert not Export.objects.exists()


def test_exports_of_others_and_wrong_columns_are_refused(client, agent, file):
    foreign = make_team_agent(file)
    theirs = exports.ask_for_files(user=foreign, format="csv", filters={}, language="fr")

    assert client.get(reverse("api-agent-export", args=[theirs.public_id])).status_code == 404
    wrong = send(client, "post", "exports", {"columns": ["salary"], "filters": {"tab": "all"}})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "exports.column_unknown")
    typo = send(client, "post", "exports", {"filters": {"tab": "everything"}})
    assert typo.status_code == 422, "a filter that does not exist never exports more than was meant"
    empty = send(client, "post", "exports", {"filters": {"tab": "all", "q": "nobody"}})
    assert (empty.status_code, empty.json()["code"]) == (422, "exports.empty")


def test_statistics_are_the_numbers_of_the_page(client, agent, file):
    make_sent(procedure=make_procedure(team=type(file.team).objects.create(code="elsewhere")))

    told = client.get(reverse("api-agent-statistics"), {"procedure": file.procedure.code}).json()

    page = client.get(reverse("agent-statistics"), {"procedure": file.procedure.code})
    numbers = page.context["numbers"]
    assert told["received"] == numbers.received == 1, "files of other teams are not counted"
    assert [row["count"] for row in told["by_state"]] == [row.count for row in numbers.by_state]
    assert len(told["by_month"]) == len(numbers.by_month)
    assert told["times"] == {"decided": 0, "median": None, "ninetieth": None}
    turned = client.get(
        reverse("api-agent-statistics"), {"since": "2026-02-01", "until": "2026-01-01"}
    )
    assert turned.status_code == 422


def test_citizens_are_refused(client, file):
    log_in(client, file.acting_user)

    for name in ("lists", "exports", "statistics"):
        assert client.get(reverse(f"api-agent-{name}")).status_code == 403
