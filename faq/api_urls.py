"""Addresses of the content API."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
