"""Messages and documents by API: the same rules as the pages."""

import pytest
from django.urls import reverse

from eservices.models import Annex, Message
from tests.factories.documents import letter
from tests.factories.eservices import log_in
from tests.factories.submissions import make_sent
from tests.factories.teams import make_team_agent

pytestmark = pytest.mark.django_db


@pytest.fixture
def file():
    return make_sent()


@pytest.fixture
def citizen(client, file):
    return log_in(client, file.acting_user)


def url(name, file, *more):
    return reverse(name, args=[file.reference, *more])


def write(client, file, body, key="k-1", name="api-messages", **more):
    return client.post(
        url(name, file),
        {"body": body, **more},
        content_type="application/json",
        headers={"Idempotency-Key": key},
    )


@pytest.mark.feature("A13")
def test_both_sides_write_read_and_mark_as_read(client, citizen, file):
    added = citizen.post(url("api-annexes", file), {"file": letter(), "purpose": "message"})
    assert added.status_code == 201
    first = write(citizen, file, "When?", annexes=[added.json()["id"]])
    assert first.status_code == 201
    assert [annex["name"] for annex in first.json()["annexes"]] == ["letter.pdf"]
    assert write(citizen, file, "When?").json()["id"] == first.json()["id"]

    log_in(client, make_team_agent(file))
    thread = client.get(url("api-agent-messages", file)).json()
    assert (thread["unread"], len(thread["messages"])) == (1, 1)
    assert client.post(url("api-agent-messages-read", file)).status_code == 204
    assert client.get(url("api-agent-messages", file)).json()["unread"] == 0
    assert write(client, file, "Monday.", name="api-agent-messages").status_code == 201
    assert Message.objects.count() == 2


def test_refusals_are_those_of_the_pages(citizen, file):
    assert write(citizen, file, " ").json()["code"] == "discussions.empty"
    assert write(citizen, file, "x" * 5001).json()["code"] == "discussions.too_long"
    assert write(citizen, file, "x", key="").status_code == 422
    assert write(citizen, make_sent(), "x").status_code == 404
    assert citizen.get(url("api-agent-notes", file)).status_code == 403


def test_ones_own_message_is_changed(citizen, file):
    message = write(citizen, file, "Wehn?").json()["id"]

    changed = citizen.patch(
        url("api-message", file, message), {"body": "When?"}, content_type="application/json"
    )

    assert (changed.json()["body"], changed.json()["edited_at"] is not None) == ("When?", True)


@pytest.mark.feature("A19")
def test_documents_are_added_replaced_deleted_and_listed_with_their_tombstones(citizen, file):
    old = citizen.post(url("api-annexes", file), {"file": letter("old.pdf")}).json()
    new = citizen.post(
        url("api-annexes", file), {"file": letter("new.pdf"), "replaces": old["id"]}
    ).json()
    assert new["replaces"] == old["id"]
    assert citizen.delete(url("api-annex", file, new["id"])).status_code == 204

    rows = {row["name"]: row for row in citizen.get(url("api-annexes", file)).json()}

    assert rows["old.pdf"]["deleted_at"] is None
    assert rows["new.pdf"]["deleted_at"]
    gone = citizen.get(url("api-annex", file, new["id"]))
    assert (gone.status_code, gone.json()["code"]) == (404, "annexes.gone")


def test_agents_send_take_and_take_back_documents(client, citizen, file):
    theirs = citizen.post(url("api-annexes", file), {"file": letter("plan.pdf")}).json()["id"]
    log_in(client, make_team_agent(file))

    sent = client.post(url("api-agent-annexes", file), {"file": letter("permit.pdf")})
    taken = client.post(url("api-agent-annex-take", file, theirs))

    assert (sent.status_code, sent.json()["purpose"]) == (201, "information")
    assert taken.json()["taken_at"]
    part = client.get(url("api-agent-annex", file, theirs), headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.content) == (206, b"%PDF")
    assert client.delete(url("api-agent-annex", file, sent.json()["id"])).status_code == 204
    assert Annex.objects.get(name="permit.pdf").deleted_at
