"""Addresses of logging in with an identity card in a reader (Web eID)."""

from django.urls import URLPattern, URLResolver, path
from django.utils.translation import pgettext_lazy

from eservices.views import web_eid

urlpatterns: list[URLPattern | URLResolver] = [
    path("", web_eid.WebEidView.as_view(), name="web-eid"),
    path("challenge/", web_eid.WebEidChallengeView.as_view(), name="web-eid-challenge"),
    path(pgettext_lazy("address", "link/"), web_eid.WebEidLinkView.as_view(), name="web-eid-link"),
    path(
        pgettext_lazy("address", "link/challenge/"),
        web_eid.WebEidLinkChallengeView.as_view(),
        name="web-eid-link-challenge",
    ),
]
