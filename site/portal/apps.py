"""Django app of the project itself: templates, commands and demo content."""

from django.apps import AppConfig
from wagtail.users.apps import WagtailUsersAppConfig


class PortalConfig(AppConfig):
    """The project."""

    # Django would hesitate between this class and the one of Wagtail's users, and take neither.
    default = True
    name = "portal"


class UsersConfig(WagtailUsersAppConfig):
    """Wagtail's users, whose official values nobody changes there."""

    user_viewset = "eservices.backoffice.accounts.AccountViewSet"
