"""Addresses by which somebody of the municipality looks at a person's space."""

from django.urls import URLPattern, URLResolver, path
from django.utils.translation import pgettext_lazy

from eservices.views import acting

urlpatterns: list[URLPattern | URLResolver] = [
    path(pgettext_lazy("address", "end/"), acting.EndLookView.as_view(), name="look-end"),
]
