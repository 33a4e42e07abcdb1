"""Addresses of the eBox, below /<language>/ebox/."""

from django.urls import URLPattern, URLResolver, path
from django.utils.translation import pgettext_lazy

from eservices.views import ebox

urlpatterns: list[URLPattern | URLResolver] = [
    path("", ebox.EboxView.as_view(), name="ebox"),
    path(pgettext_lazy("address", "activate/"), ebox.ActivateView.as_view(), name="ebox-activate"),
    path("code/", ebox.ConfirmView.as_view(), name="ebox-code"),
    path(pgettext_lazy("address", "end/"), ebox.EndView.as_view(), name="ebox-end"),
    path("<uuid:message>/", ebox.MessageView.as_view(), name="ebox-message"),
    path("<uuid:message>/receipt.pdf", ebox.ReceiptView.as_view(), name="ebox-receipt"),
    path("<uuid:message>/<int:position>/", ebox.DocumentView.as_view(), name="ebox-document"),
]
