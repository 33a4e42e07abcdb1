"""People and rooms for the tests of the rooms' API."""

import pytest
from django.test import Client

from tests.factories.eservices import log_in, make_user
from tests.factories.rooms import make_room
from tests.factories.teams import make_team_agent


@pytest.fixture
def room(db):
    """A room that opens from 8 to 22."""
    return make_room()


@pytest.fixture
def claire(db):
    """Somebody who books, with a session."""
    user = make_user("claire@example.org", first_name="Claire", last_name="Dumont")
    client = log_in(Client(), user)
    client.user = user
    return client


@pytest.fixture
def agent(room):
    """An agent of the room's team, with a session."""
    user = make_team_agent(last_name="Agent")
    room.team.members.add(user)
    client = log_in(Client(), user)
    client.user = user
    return client
