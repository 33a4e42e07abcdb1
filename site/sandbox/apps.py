"""The outside world in miniature, for demo and tests only."""

from django.apps import AppConfig


class SandboxConfig(AppConfig):
    """Stand-ins for what lies outside; production refuses to install it."""

    name = "sandbox"
