"""Agents for tests: people of a team with the rights of the group "Agents"."""

from typing import Any

from eservices.models import Submission, User
from eservices.permissions import ensure_groups
from tests.factories.eservices import make_user


def make_team_agent(*files: Submission, **fields: Any) -> User:
    """An agent in the teams of these files."""
    agent = make_user(is_staff=True, **fields)
    agent.groups.add(ensure_groups()["Agents"])
    for file in files:
        file.team.members.add(agent)
    return agent
