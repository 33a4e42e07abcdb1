"""Addresses of a person's preferences, below the account."""

from django.urls import URLPattern, URLResolver, path
from django.utils.translation import pgettext_lazy

from eservices.views import preferences

urlpatterns: list[URLPattern | URLResolver] = [
    path("", preferences.PreferencesView.as_view(), name="preferences"),
    path(
        pgettext_lazy("address", "test-mail/"), preferences.TestMailView.as_view(), name="test-mail"
    ),
]
