"""National numbers on the page of a file: masked, shown once to those who have the right, never in silence."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse
from wagtail import hooks

from eservices.actions import identifiers
from eservices.enums import FieldSource
from eservices.models import AuthenticationEvent, JournalEntry
from eservices.permissions import ensure_groups
from tests.addresses import at
from tests.factories.eservices import log_in
from tests.factories.submissions import make_sent
from tests.factories.teams import make_team_agent

pytestmark = pytest.mark.django_db
NUMBER = "85073003328"
SHOWN = "85.07.30-033.28"
MASKED = "85.07.30-***.**"


@pytest.fixture
def file():
    file = make_sent()
    identifiers.record_number(user=file.acting_user, number=NUMBER, source=FieldSource.EID)
    return file


@pytest.fixture
def agent(file):
    return make_team_agent(file, language="en")


@pytest.fixture
def _right(agent):
    group = Group.objects.create(name="Population")
    group.permissions.add(Permission.objects.get(codename="reveal_personidentifier"))
    agent.groups.add(group)


def ask(client, file, reason):
    return client.post(reverse("agent-number", args=[file.reference]), {"reason": reason})


@pytest.mark.usefixtures("_right")
@pytest.mark.feature("B7")
def test_with_the_right_and_a_reason_it_is_shown_once_and_the_person_reads_it(client, file, agent):
    log_in(client, agent)

    before = client.get(reverse("agent-file", args=[file.reference])).content.decode()
    shown = ask(client, file, "Compares with the register.")
    after = client.get(reverse("agent-file", args=[file.reference])).content.decode()

    assert MASKED in before
    assert SHOWN not in before
    assert SHOWN in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    assert SHOWN not in after
    person = client.__class__()
    log_in(person, file.acting_user)
    page = person.get(at("privacy", "fr")).content.decode()
    assert "Compares with the register." in page
    assert file.reference in page
    assert NUMBER not in page.replace(".", "").replace("-", "")
    assert AuthenticationEvent.objects.filter(user=file.acting_user, kind="number_shown").exists()


def test_without_the_right_there_is_the_mask_and_no_way(client, file, agent):
    log_in(client, agent)

    page = client.get(reverse("agent-file", args=[file.reference])).content.decode()
    answer = ask(client, file, "Curious.")

    assert MASKED in page
    assert reverse("agent-number", args=[file.reference]) not in page
    assert answer.status_code == 403
    assert SHOWN not in answer.content.decode()
    assert not JournalEntry.objects.filter(event="number_shown").exists()


@pytest.mark.usefixtures("_right")
def test_without_a_reason_nothing_is_shown(client, file, agent):
    log_in(client, agent)

    answer = ask(client, file, "  ")

    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Give the reason: the citizen will read it." in text
    assert SHOWN not in text
    assert not JournalEntry.objects.filter(event="number_shown").exists()


@pytest.mark.usefixtures("_right")
def test_the_number_of_another_teams_file_is_not_there(client, agent):
    other = make_sent()
    other.team = other.team.__class__.objects.create(code="other", names={"fr": "Autre"})
    other.save()
    identifiers.record_number(user=other.acting_user, number="85031499701", source=FieldSource.EID)
    log_in(client, agent)

    assert ask(client, other, "Curious.").status_code == 404
    assert not JournalEntry.objects.filter(event="number_shown").exists()


def test_administrators_can_give_the_right_to_a_group():
    offered = {
        permission.codename
        for found in hooks.get_hooks("register_permissions")
        for permission in found()
    }
    assert "reveal_personidentifier" in offered


def test_agents_do_not_have_it_by_default():
    agents = ensure_groups()["Agents"]
    assert agents.permissions.filter(codename="view_submission").exists()
    assert not agents.permissions.filter(codename="reveal_personidentifier").exists()
