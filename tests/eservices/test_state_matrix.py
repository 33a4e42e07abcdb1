"""Every state, every act, every role: pages and API answer alike, and as the table of moves says."""

import json

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from eservices.enums import (
    SUBMISSION_MOVES,
    MembershipState,
    Side,
    SubmissionState,
    TeamRoleKind,
)
from eservices.enums import SubmissionEvent as Event
from eservices.models import Submission, TeamRole
from eservices.queries.reviews import UNSENT
from tests.factories.eservices import log_in, make_user
from tests.factories.organisations import make_membership, make_organisation, make_space_file
from tests.factories.submissions import make_procedure, make_sent
from tests.factories.teams import make_team_agent

pytestmark = pytest.mark.django_db
ARROWS = {(m.source, m.event, side): m.target for m in SUBMISSION_MOVES for side in m.sides}
DONE = "done"
WORDS = {"reason": "Words"}

#: Acts of people in their own files: page, method and address of the API.
OWN = {
    Event.SUBMIT: ("submission-check", "post", "send/"),
    Event.DISCARD: ("submission-discard", "delete", ""),
    Event.WITHDRAW: ("submission-withdraw", "post", "withdraw/"),
}
#: Acts of agents; those without an address of the API are on pages only.
AGENT = {
    Event.CLAIM: ("agent-claim", "claim/"),
    Event.RELEASE: ("agent-release", "release/"),
    Event.ACCEPT: ("agent-accept", "accept/"),
    Event.REJECT: ("agent-reject", "reject/"),
    Event.CLOSE: ("agent-close", ""),
    Event.RECONSIDER: ("agent-reconsider", ""),
}
NEEDS_CHARGE = (Event.RELEASE, Event.ACCEPT, Event.REJECT)
OWNERS = ("owner", "sender", "confirmed colleague")


def answer_of(response):
    """What came back, as one word for pages and API."""
    if response.status_code in (200, 201, 204, 302):
        return DONE
    return response.status_code


class World:
    """A file of a person and one of an organisation, and everybody who may try something with them."""

    def __init__(self):
        procedure = make_procedure(kinds=["citizen", "association", "enterprise"])
        organisation = make_organisation()
        sender = make_membership(make_user(), organisation)
        colleague = make_membership(make_user(), organisation)
        declared = make_membership(make_user(), organisation, state=MembershipState.DECLARED)
        self.own = make_sent(procedure=procedure)
        self.shared = make_space_file(sender, procedure)
        agents = [make_team_agent(self.own) for _number in range(3)]
        TeamRole.objects.create(team=self.own.team, user=agents[2], role=TeamRoleKind.READER)
        supervisor = make_team_agent(self.own)
        TeamRole.objects.create(team=self.own.team, user=supervisor, role=TeamRoleKind.SUPERVISOR)
        self.in_charge = supervisor
        self.citizens = {
            "owner": (self.own, log_in(Client(), self.own.acting_user)),
            "stranger": (self.own, log_in(Client(), make_user())),
            "sender": (self.shared, self.member(sender)),
            "confirmed colleague": (self.shared, self.member(colleague)),
            "declared colleague": (self.shared, self.member(declared)),
        }
        self.agents = {
            "in charge": log_in(Client(), supervisor),
            "colleague": log_in(Client(), agents[1]),
            "reader": log_in(Client(), agents[2]),
            "other team": log_in(Client(), make_team_agent()),
        }

    @staticmethod
    def member(membership):
        return log_in(Client(), membership.user, profile=membership.profile)

    def put(self, file, state):
        """Put a file into a state by force."""
        columns = {"state": state, "assignee": None}
        if state in (SubmissionState.IN_REVIEW, SubmissionState.AWAITING_CITIZEN):
            columns["assignee"] = self.in_charge
        if state in UNSENT:
            columns |= {"submitted_at": None, "text": None}
        Submission.objects.filter(pk=file.pk).update(**columns)


def tried(file, call):
    """Do something and undo it; returns the answer and the state that it led to."""
    with transaction.atomic():
        answer = answer_of(call())
        state = Submission.objects.get(pk=file.pk).state
        transaction.set_rollback(True)
    return answer, state


def body(client, method, url, data):
    return getattr(client, method)(url, json.dumps(data), content_type="application/json")


def wanted_of_citizen(role, state, event):
    if role not in OWNERS or state == SubmissionState.DISCARDED:
        return 404, state
    target = ARROWS.get((state, event, Side.CITIZEN))
    if target is None and event == Event.SUBMIT and state not in UNSENT:
        return DONE, state  # sent already: sending twice sends once
    return (DONE, target) if target else (409, state)


def wanted_of_agent(role, state, event):
    if role == "other team" or state in UNSENT:
        return 404, state
    if role == "reader":
        return 403, state
    assigned = state in (SubmissionState.IN_REVIEW, SubmissionState.AWAITING_CITIZEN)
    in_review_only = event == Event.CLOSE and state == SubmissionState.IN_REVIEW
    if role == "colleague" and assigned and (event in NEEDS_CHARGE or in_review_only):
        return 403, state
    if role == "colleague" and event == Event.RECONSIDER:
        return 403, state
    if event == Event.CLOSE and state == SubmissionState.ACCEPTED:
        event = Event.DELIVER
    target = ARROWS.get((state, event, Side.AGENT))
    return (DONE, target) if target else (409, state)


@pytest.mark.parametrize("state", SubmissionState)
def test_people_can_do_what_the_table_says_and_nothing_else(state):
    world, wrong = World(), []
    for role, (file, client) in world.citizens.items():
        world.put(file, state)
        revision = Submission.objects.get(pk=file.pk).revision
        data = {"revision": revision}
        for event, (page, method, address) in OWN.items():
            wanted = wanted_of_citizen(role, state, event)
            url = reverse(page, args=[file.reference])
            form = data | {"confirm": "on"}
            found = {
                "page": tried(file, lambda c=client, u=url, f=form: c.post(u, f)),
                "api": tried(
                    file,
                    lambda c=client, m=method, a=address, f=file, d=data: body(
                        c, m, f"/api/v1/submissions/{f.reference}/{a}", d
                    ),
                ),
            }
            wrong += [
                (role, event, way, wanted, got) for way, got in found.items() if got != wanted
            ]
    assert wrong == []


@pytest.mark.parametrize("state", SubmissionState)
def test_agents_can_do_what_the_table_says_and_nothing_else(state):
    world, wrong = World(), []
    file = world.own
    world.put(file, state)
    for role, client in world.agents.items():
        for event, (page, address) in AGENT.items():
            wanted = wanted_of_agent(role, state, event)
            url = reverse(page, args=[file.reference])
            found = {"page": tried(file, lambda c=client, u=url: c.post(u, WORDS))}
            if address:
                api = f"/api/v1/agent/submissions/{file.reference}/{address}"
                found["api"] = tried(file, lambda c=client, u=api: body(c, "post", u, WORDS))
            wrong += [
                (role, event, way, wanted, got) for way, got in found.items() if got != wanted
            ]
    assert wrong == []


@pytest.mark.parametrize("state", SubmissionState)
def test_nobody_but_agents_gets_to_the_acts_of_agents(state):
    file = make_sent()
    Submission.objects.filter(pk=file.pk).update(state=state)
    client = log_in(Client(), file.acting_user)
    for page, address in AGENT.values():
        client.post(reverse(page, args=[file.reference]), WORDS)
        if address:
            api = f"/api/v1/agent/submissions/{file.reference}/{address}"
            assert body(client, "post", api, WORDS).status_code == 403
            assert Client().post(api).status_code in (401, 403)
    assert Submission.objects.get(pk=file.pk).state == state
