"""Addresses of the pages about one's own data, below the account."""

from django.urls import URLPattern, path
from django.utils.translation import pgettext_lazy

from eservices.views import privacy

urlpatterns: list[URLPattern] = [
    path("", privacy.PrivacyView.as_view(), name="privacy"),
    path(
        pgettext_lazy("address", "download/"),
        privacy.PrivacyExportView.as_view(),
        name="privacy-export",
    ),
    path(pgettext_lazy("address", "erase/"), privacy.EraseView.as_view(), name="privacy-erase"),
    path(pgettext_lazy("address", "erased/"), privacy.ErasedView.as_view(), name="privacy-erased"),
]
