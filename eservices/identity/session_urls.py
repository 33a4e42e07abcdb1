"""Addresses of a person's sessions and security log, below the account."""

from django.urls import URLPattern, URLResolver, path
from django.utils.translation import pgettext_lazy

from eservices.views import sessions

urlpatterns: list[URLPattern | URLResolver] = [
    path("", sessions.SessionsView.as_view(), name="sessions"),
    path(pgettext_lazy("address", "log/"), sessions.SecurityLogView.as_view(), name="security-log"),
    path("end/", sessions.EndOtherSessionsView.as_view(), name="sessions-end-others"),
    path("end-all/", sessions.EndAllSessionsView.as_view(), name="sessions-end-all"),
    path("<uuid:public_id>/end/", sessions.EndSessionView.as_view(), name="session-end"),
]
