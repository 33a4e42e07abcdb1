"""Django app of the project itself: templates, commands and demo content."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The project."""

    name = "portal"
