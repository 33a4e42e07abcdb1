"""Requests, opinions and assignments by API: the same acts and refusals as the pages."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from eservices.enums import SubmissionState, TeamRoleKind
from eservices.models import Submission, Team, TeamRole
from tests.eservices.actions.test_assignments import other_team
from tests.eservices.actions.test_requests import PLAN, WHEN, asked, in_review, plan
from tests.factories.eservices import log_in, make_user
from tests.factories.submissions import make_procedure, make_sent
from tests.factories.teams import make_team_agent

pytestmark = pytest.mark.django_db


def at(name, file, *more):
    return reverse(f"api-{name}", args=[file.reference, *more])


def send(client, name, file, data, *more, method="post"):
    return getattr(client, method)(at(name, file, *more), data, content_type="application/json")


def asking(*items):
    return {"items": items, "due_at": (timezone.now() + timedelta(days=9)).isoformat()}


@pytest.mark.feature("X2")
def test_agents_ask_and_citizens_answer_by_api(client):
    file, agent = in_review()
    log_in(client, agent)
    made = send(
        client,
        "agent-requests",
        file,
        asking({"kind": "document", "text": "Le plan"}, {"kind": "answer", "text": "Quand ?"}),
    ).json()["results"]
    log_in(client, file.acting_user)

    listed = client.get(at("requests", file)).json()["results"]
    read = client.get(reverse("api-submission", args=[file.reference])).json()
    first, second = (item["id"] for item in listed)
    client.post(at("request-answer", file, first), {"files": [plan()]})
    done = send(client, "request-answer", file, {"text": "Le 3 mai"}, second).json()["results"]

    assert [item["id"] for item in made] == [first, second]
    assert (read["turn"], read["answer_due_at"]) == ("you", listed[0]["due_at"])
    assert [item["state"] for item in done] == ["answered", "answered"]
    assert done[0]["annexes"][0]["name"] == "plan.pdf"
    assert Submission.objects.get(pk=file.pk).state == SubmissionState.IN_REVIEW


def test_requests_are_changed_and_withdrawn(client):
    file, agent, (first, second) = asked(PLAN, WHEN)
    log_in(client, agent)
    later = (timezone.now() + timedelta(days=20)).isoformat()

    send(
        client, "agent-request", file, {"text": "x", "due_at": later}, first.public_id, method="put"
    )
    answer = client.delete(at("agent-request", file, second.public_id)).json()["results"]

    assert [(item["text"], item["state"]) for item in answer] == [
        ("x", "open"),
        (WHEN.text, "withdrawn"),
    ]


def test_opinions_assignments_and_transfers(client):
    file, agent = in_review()
    expert, colleague = make_team_agent(), make_team_agent(file)
    team = other_team(expert)
    log_in(client, agent)
    opinion = send(client, "agent-opinions", file, {"team": team.code, "text": "?"}).json()
    log_in(client, expert)
    given = send(client, "agent-opinion", file, {"text": "Yes."}, opinion["results"][0]["id"])
    log_in(client, agent)
    moved = send(client, "agent-assign", file, {"agent": str(colleague.public_id)})
    log_in(client, colleague)
    away = send(client, "agent-transfer", file, {"team": team.code, "text": "Theirs"})

    assert (given.status_code, moved.status_code, away.status_code) == (204, 200, 204)
    assert Submission.objects.get(pk=file.pk).team == team


def test_refusals_carry_their_codes(client):
    file, agent = in_review()
    reader = make_team_agent(file)
    TeamRole.objects.create(team=file.team, user=reader, role=TeamRoleKind.READER)
    stranger = make_team_agent()
    Team.objects.create(code="green").members.add(stranger)
    ask = asking({"kind": "answer", "text": "?"})
    found = []
    for person in (reader, stranger, file.acting_user, make_user()):
        log_in(client, person)
        answer = send(client, "agent-requests", file, ask)
        found.append((answer.status_code, answer.json()["code"]))

    assert found[0] == (403, "agents.role_too_low")
    assert found[1] == (404, "not_found")
    assert [status for status, _code in found[2:]] == [403, 403]
    log_in(client, agent)
    assert send(client, "agent-requests", file, asking()).json()["code"] == "requests.missing"
    assert send(client, "agent-reconsider", file, {"reason": "x"}).json()["code"] == (
        "agents.role_too_low"
    )


def test_requests_of_strangers_do_not_exist(client):
    file, _agent, (row,) = asked(WHEN)
    log_in(client, make_user())

    assert client.get(at("requests", file)).status_code == 404
    assert send(client, "request-answer", file, {"text": "x"}, row.public_id).status_code == 404


@pytest.mark.feature("X2")
def test_payments_are_asked_and_recorded_by_api(client):
    file, agent = in_review()
    log_in(client, agent)
    bad = send(client, "agent-requests", file, asking({"kind": "payment", "text": "Copie"}))
    sign = send(client, "agent-requests", file, asking({"kind": "signature", "text": "Ici"}))
    item = {"kind": "payment", "text": "Copie", "euros": "7.50"}
    (made,) = send(client, "agent-requests", file, asking(item)).json()["results"]

    paid = [
        send(client, "agent-request-payment", file, {"euros": euros, "receipt": "K-1"}, made["id"])
        for euros in ("7.00", "7.50", "7.50")
    ]

    assert bad.json()["code"] == "requests.amount_missing"
    assert sign.json()["code"] == "requests.not_offered"
    assert (made["amount"]["euros"], made["amount"]["state"]) == ("7.50", "due")
    assert [answer.status_code for answer in paid] == [422, 200, 200]
    assert paid[0].json()["code"] == "amounts.differs"
    assert paid[1].json()["results"][0]["amount"]["receipt"] == "K-1"
    assert Submission.objects.get(pk=file.pk).state == SubmissionState.IN_REVIEW


def test_a_fee_is_recorded_by_api(client):
    file = make_sent(procedure=make_procedure(fee_cents=1250))
    log_in(client, make_team_agent(file))

    nothing = send(client, "agent-payment", make_sent(), {"euros": "12.50", "receipt": "K-1"})
    paid = send(client, "agent-payment", file, {"euros": "12.50", "receipt": "K-1"})

    assert nothing.status_code == 404
    assert paid.json()["state"] == "submitted"
