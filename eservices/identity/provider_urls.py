"""Addresses of identity providers, the same in every language: providers know them by heart."""

from django.urls import URLPattern, URLResolver, path

from eservices.views import providers

urlpatterns: list[URLPattern | URLResolver] = [
    path(".well-known/jwks.json", providers.KeysView.as_view(), name="client-keys"),
    path("oidc/<slug:key>/start/", providers.StartView.as_view(), name="oidc-start"),
    path("oidc/<slug:key>/callback/", providers.CallbackView.as_view(), name="oidc-callback"),
    path("oidc/<slug:key>/logout/", providers.ProviderLogoutView.as_view(), name="oidc-logout"),
    path(
        "oidc/<slug:key>/logged-out/",
        providers.ProviderLoggedOutView.as_view(),
        name="oidc-logged-out",
    ),
]
