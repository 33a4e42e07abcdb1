"""Addresses of identifying again, more surely."""

from django.urls import URLPattern, URLResolver, path

from eservices.views.step_up import StepUpView

urlpatterns: list[URLPattern | URLResolver] = [
    path("", StepUpView.as_view(), name="step-up"),
]
