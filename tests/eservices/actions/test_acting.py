"""Agents looking at a person's space: who may, how long, and that nothing can be done that way."""

import importlib
import inspect
import pkgutil
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.utils import timezone

import eservices.actions
from eservices.actions import acting
from eservices.contract import Viewer
from eservices.enums import AuthenticationEventKind, Level
from eservices.errors import ActingReadOnly, ActingReasonRequired, ActingRefused, TooMany
from eservices.models import ActingGrant, AuthenticationEvent, JournalEntry, OutgoingMail
from eservices.queries.acting import looks_at, running_grant
from tests.factories.eservices import make_agent, make_user

pytestmark = pytest.mark.django_db
REASON = "She calls about her draft and cannot find it."


def make_looker(**fields):
    """An agent who has the right to look."""
    agent = make_agent(**fields)
    agent.user_permissions.add(Permission.objects.get(codename="act_for_citizen"))
    return type(agent).objects.get(pk=agent.pk)


def test_a_look_is_written_down_and_told_to_the_person():
    agent, person = make_looker(), make_user()

    grant = acting.begin(agent=agent, person=person, reason=f"  {REASON} ", reference="SUB-1")

    entry = JournalEntry.objects.get(event="space_opened")
    assert (entry.actor, entry.reason, entry.subject_id) == (agent, REASON, person.public_id)
    event = AuthenticationEvent.objects.get(user=person)
    assert event.kind == AuthenticationEventKind.ACTING_BEGAN
    assert OutgoingMail.objects.get(to_user=person).template == "space_looked_at"
    (reading,) = looks_at(person)
    assert (reading.at, reading.reference) == (grant.began_at, "SUB-1")
    assert REASON in str(reading.what)


def test_a_municipality_may_do_without_the_mail(settings):
    settings.ACTING_NOTICE = False
    person = make_user()

    acting.begin(agent=make_looker(), person=person, reason=REASON)

    assert not OutgoingMail.objects.filter(to_user=person).exists()
    assert AuthenticationEvent.objects.filter(user=person).exists()


def test_only_agents_with_the_right_look_and_never_at_colleagues():
    looker, person = make_looker(), make_user()
    closed = make_user(is_active=False)

    for agent, whom in [
        (make_agent(), person),
        (person, make_user()),
        (looker, make_agent()),
        (looker, make_user(is_superuser=True)),
        (looker, looker),
        (looker, closed),
    ]:
        with pytest.raises(ActingRefused):
            acting.begin(agent=agent, person=whom, reason=REASON)
    assert not ActingGrant.objects.exists()


@pytest.mark.parametrize("reason", ["", "   ", "because", "x  \n y   "])
def test_a_reason_in_words_is_needed(reason):
    with pytest.raises(ActingReasonRequired):
        acting.begin(agent=make_looker(), person=make_user(), reason=reason)


def test_a_look_ends_after_half_an_hour_or_before():
    agent, person = make_looker(), make_user()
    grant = acting.begin(agent=agent, person=person, reason=REASON)
    running = {"named": grant.public_id, "agent": agent}
    start = grant.began_at

    assert running_grant(**running, now=start + timedelta(minutes=29, seconds=59)) == grant
    assert running_grant(**running, now=start + timedelta(minutes=30)) is None
    acting.end(grant=grant)
    assert running_grant(**running, now=start + timedelta(minutes=1)) is None
    assert running_grant(named="nonsense", agent=agent, now=start) is None


def test_a_look_belongs_to_one_agent_and_ends_with_the_right():
    agent, other, person = make_looker(), make_looker(), make_user()
    grant = acting.begin(agent=agent, person=person, reason=REASON)
    now = timezone.now()

    assert running_grant(named=grant.public_id, agent=agent, now=now) == grant
    assert running_grant(named=grant.public_id, agent=other, now=now) is None
    agent.user_permissions.clear()
    assert (
        running_grant(named=grant.public_id, agent=type(agent).objects.get(pk=agent.pk), now=now)
        is None
    )


def test_a_new_look_ends_the_one_before():
    agent = make_looker()
    first = acting.begin(agent=agent, person=make_user(), reason=REASON)

    acting.begin(agent=agent, person=make_user(), reason=REASON)

    first.refresh_from_db()
    assert first.ended_at is not None
    assert ActingGrant.objects.filter(ended_at=None).count() == 1


def test_a_curious_hand_is_stopped():
    agent, person = make_looker(), make_user()
    with time_machine.travel(timezone.now(), tick=False):
        for _look in range(acting.LOOKS_PER_HOUR):
            acting.begin(agent=agent, person=person, reason=REASON)
        with pytest.raises(TooMany):
            acting.begin(agent=agent, person=person, reason=REASON)


def actions_taking_a_viewer():
    """Every action of the core with a parameter `viewer`."""
    for module in pkgutil.iter_modules(eservices.actions.__path__):
        loaded = importlib.import_module(f"eservices.actions.{module.name}")
        for name, function in inspect.getmembers(loaded, inspect.isfunction):
            is_own = function.__module__ == loaded.__name__ and not name.startswith("_")
            if is_own and "viewer" in inspect.signature(function).parameters:
                yield pytest.param(function, id=f"{module.name}.{name}")


@pytest.mark.parametrize("action", list(actions_taking_a_viewer()))
def test_i10_no_action_takes_an_agent_who_looks_for_the_person(action):
    person = make_user()
    viewer = Viewer(
        user=person, profile=person.citizen_profile, level=Level.HIGH, agent=make_looker()
    )
    parameters = inspect.signature(action).parameters
    if list(parameters) == ["viewer"]:
        arguments = {}
    else:
        arguments = {name: object() for name in parameters if name != "viewer"}

    with pytest.raises(ActingReadOnly):
        action(**{**arguments, "viewer": viewer})


def test_i10_finds_the_actions_that_start_and_send():
    names = {parameter.id for parameter in actions_taking_a_viewer()}

    assert {"drafts.start", "submissions.submit"} <= names
