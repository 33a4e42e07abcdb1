"""Addresses of FAQ search and feedback; the questions themselves are Wagtail pages."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
