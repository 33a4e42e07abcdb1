"""Fixtures of actions."""

from tests.eservices.identity.fixtures_providers import quick_keys  # noqa: F401
