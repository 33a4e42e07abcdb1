"""Invariants of sessions (research on identity, 8): one named test each."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from eservices.models import PortalSession
from tests.addresses import at
from tests.factories.eservices import log_in, make_agent, make_user

pytestmark = pytest.mark.django_db

START = timezone.now().replace(microsecond=0)


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.mark.feature("C4")
def test_i8_status_never_extends_and_limits_are_exact(client, clock):
    log_in(client, make_user())

    left = []
    for _turn in range(40):
        left.append(client.get("/api/v1/session/").json()["seconds_left"])
        clock.shift(30)
    assert left == [1200 - 30 * turn for turn in range(40)]

    state = client.get("/api/v1/session/").json()
    assert (state["authenticated"], state["seconds_left"], state["ended"]) == (False, 0, "idle")


def test_i8_the_last_second_still_counts_and_the_next_does_not(client, clock):
    log_in(client, make_user())
    clock.shift(1199)
    assert client.get(reverse("dashboard")).status_code == 200
    clock.shift(1199)
    assert client.get("/api/v1/session/").json()["seconds_left"] == 1
    clock.shift(1)
    assert client.get(reverse("dashboard")).url.startswith(at("session-ended"))


def test_i8_no_act_makes_a_session_last_longer_than_eight_hours(client, clock):
    log_in(client, make_user())
    hours = 0.0
    while client.get(reverse("dashboard")).status_code == 200:
        clock.shift(1000)
        hours += 1000 / 3600
        assert hours < 9

    assert client.get("/api/v1/session/").json()["ended"] == "absolute"
    assert 8 <= hours < 8.3
    assert PortalSession.objects.get().ended_at - START >= timedelta(hours=8)


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/api/v1/session/", {}),
        ("/admin/editing-sessions/1/ping/", {"X-Requested-With": "XMLHttpRequest"}),
        ("/fr/mon-espace/", {"Sec-Purpose": "prefetch;prerender"}),
    ],
)
def test_i8_what_a_page_asks_by_itself_is_no_act(client, clock, path, headers):
    log_in(client, make_agent(is_superuser=True))
    clock.shift(600)

    client.get(path, headers=headers)

    assert PortalSession.objects.get().last_active_at == START
    client.get(reverse("dashboard"))
    assert PortalSession.objects.get().last_active_at == START + timedelta(seconds=600)


@pytest.mark.parametrize("later", [1200, 8 * 3600])
def test_i1_a_session_that_is_over_opens_no_door_of_the_back_office(client, clock, later):
    log_in(client, make_agent(is_superuser=True))
    assert client.get("/admin/").status_code == 200
    clock.shift(later)

    page = client.get("/admin/pages/")
    script = client.get("/admin/pages/", headers={"X-Requested-With": "XMLHttpRequest"})
    api = client.get("/api/v1/agent/submissions/")

    assert page.url == f"{at('session-ended')}?next=%2Fadmin%2Fpages%2F"
    for refused in (script, api):
        assert (refused.status_code, refused.json()["code"]) == (403, "accounts.session_ended")
