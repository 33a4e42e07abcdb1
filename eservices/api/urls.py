"""Addresses below /api/v1/."""

from django.urls import URLPattern, path

from eservices.api.session import SessionView

urlpatterns: list[URLPattern] = [
    path("session/", SessionView.as_view(), name="api-session"),
]
