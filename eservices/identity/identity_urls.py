"""Addresses of what follows a provider's answer, below the language and in its words."""

from django.urls import URLPattern, URLResolver, path
from django.utils.translation import pgettext_lazy

from eservices.views import first_logins, providers

urlpatterns: list[URLPattern | URLResolver] = [
    path(
        pgettext_lazy("address", "complete/"),
        first_logins.CompleteView.as_view(),
        name="identity-complete",
    ),
    path(
        pgettext_lazy("address", "complete/code/"),
        first_logins.CompleteCodeView.as_view(),
        name="identity-complete-code",
    ),
    path(
        pgettext_lazy("address", "confirm/"),
        first_logins.ConfirmLinkView.as_view(),
        name="identity-confirm",
    ),
    path(
        pgettext_lazy("address", "refused/"),
        providers.RefusedView.as_view(),
        name="identity-refused",
    ),
    path(
        pgettext_lazy("address", "link/<slug:key>/"),
        providers.IdentityLinkView.as_view(),
        name="identity-link",
    ),
    path(
        pgettext_lazy("address", "remove/<uuid:public_id>/"),
        providers.IdentityUnlinkView.as_view(),
        name="identity-unlink",
    ),
]
