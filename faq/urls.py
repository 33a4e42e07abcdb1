"""Addresses of FAQ search and feedback; the questions themselves are Wagtail pages."""

from django.urls import path

from faq import views

urlpatterns = [
    path("start/", views.start, name="start"),
    path("faq/", views.help_start, name="faq"),
    path("search/", views.results, name="search"),
    path("faq/<uuid:key>/feedback/", views.feedback, name="faq-feedback"),
    path("faq/export.xlsx", views.export, name="faq-export"),
    path("sitemap.xml", views.site_map, name="sitemap"),
]
