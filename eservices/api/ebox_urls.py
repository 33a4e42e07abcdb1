"""Addresses of the eBox below /api/v1/ebox/."""

from django.urls import URLPattern, URLResolver, path

from eservices.api import ebox

urlpatterns: list[URLPattern | URLResolver] = [
    path("", ebox.EboxView.as_view(), name="api-ebox"),
    path("activation/", ebox.ActivationView.as_view(), name="api-ebox-activation"),
    path("activation/confirm/", ebox.ConfirmView.as_view(), name="api-ebox-confirm"),
    path("<uuid:message>/", ebox.MessageView.as_view(), name="api-ebox-message"),
    path("<uuid:message>/open/", ebox.OpenView.as_view(), name="api-ebox-open"),
    path("<uuid:message>/receipt/", ebox.ReceiptView.as_view(), name="api-ebox-receipt"),
    path(
        "<uuid:message>/documents/<int:position>/",
        ebox.DocumentView.as_view(),
        name="api-ebox-document",
    ),
]
