"""Addresses of the sandbox."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
