"""Agents' acts by API: same refusals as the pages, problem documents, nobody else's files."""

import pytest
from django.urls import reverse

from eservices.actions import reviews
from eservices.enums import SubmissionState
from eservices.models import Submission
from tests.factories.eservices import log_in
from tests.factories.submissions import NATIONAL_NUMBER, make_draft, make_sent
from tests.factories.teams import make_team_agent

pytestmark = pytest.mark.django_db


def post(client, act, file, data=None):
    address = reverse(f"api-agent-{act}", args=[file.reference])
    return client.post(address, data or {}, content_type="application/json")


def test_agent_lists_reads_and_decides(client):
    file = make_sent(**{"q-nn": NATIONAL_NUMBER})
    log_in(client, make_team_agent(file))

    listed = client.get(reverse("api-agent-files"), {"tab": "unassigned"}).json()
    read = client.get(reverse("api-agent-file", args=[file.reference])).json()
    claimed = post(client, "claim", file).json()
    refused = post(client, "reject", file, {"reason": ""})
    accepted = post(client, "accept", file, {"reason": "Until 30 June."}).json()

    assert [row["reference"] for row in listed["results"]] == [file.reference]
    assert "Rue Neuve" in str(read["chapters"])
    assert NATIONAL_NUMBER not in str(read).replace(".", "").replace("-", "")
    assert claimed["state"] == SubmissionState.IN_REVIEW
    assert (refused.status_code, refused.json()["code"]) == (422, "submissions.reason_required")
    assert accepted["state"] == SubmissionState.ACCEPTED


def test_refusals_have_codes(client):
    file = make_sent()
    agent, colleague = make_team_agent(file), make_team_agent(file)
    reviews.claim(submission=file, by=colleague)
    log_in(client, agent)

    again = post(client, "claim", file)
    foreign = post(client, "accept", file)

    assert (again.status_code, again.json()["code"]) == (409, "submissions.move_refused")
    assert (foreign.status_code, foreign.json()["code"]) == (403, "submissions.not_yours")
    assert again["Content-Type"] == "application/problem+json"
    assert Submission.objects.get(pk=file.pk).assignee == colleague


def test_drafts_and_unknown_files_are_not_found(client):
    file, draft = make_sent(), make_draft()
    log_in(client, make_team_agent(file))

    for reference in (draft.reference, "SUB-2026-NOBODY"):
        assert client.get(reverse("api-agent-file", args=[reference])).status_code == 404
    assert client.get(reverse("api-agent-files"), {"tab": "nowhere"}).status_code == 422


def test_citizens_and_strangers_are_refused(client):
    file = make_sent()
    address = reverse("api-agent-files")

    stranger = client.get(address)
    log_in(client, file.acting_user)
    citizen = client.get(address)

    assert (stranger.status_code, stranger.json()["code"]) == (403, "accounts.login_required")
    assert (citizen.status_code, citizen.json()["code"]) == (403, "refused")


def test_the_list_is_narrowed_by_api_as_on_the_page(client):
    mine, other = make_sent(), make_sent()
    agent = make_team_agent(mine)
    log_in(client, agent)

    def listed(**asked):
        found = client.get("/api/v1/agent/submissions/", asked).json()
        return {row["reference"] for row in found["results"]}, found["count"]

    code = mine.procedure.code
    assert listed() == ({mine.reference, other.reference}, 2)
    assert listed(procedure=code) == ({mine.reference}, 1)
    assert listed(turn="you") == (set(), 0)
    assert listed(turn="us", order="newest")[1] == 2
    for wrong in ({"tab": "x"}, {"order": "x"}, {"due": "x"}, {"state": "draft"}):
        assert client.get("/api/v1/agent/submissions/", wrong).status_code == 422
