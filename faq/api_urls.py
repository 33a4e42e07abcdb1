"""Addresses of the content API."""

from django.urls import path

from faq import api

urlpatterns = [
    path("faq/", api.QuestionListView.as_view(), name="api-faq"),
    path("faq/<uuid:key>/", api.QuestionView.as_view(), name="api-faq-question"),
    path("faq/<uuid:key>/feedback/", api.FeedbackView.as_view(), name="api-faq-feedback"),
    path("search/", api.SearchView.as_view(), name="api-search"),
    path("suggest/", api.SuggestView.as_view(), name="api-suggest"),
    path("content/find/", api.FindView.as_view(), name="api-content-find"),
    path("menu/", api.MenuView.as_view(), name="api-menu"),
    path("locales/", api.LocaleListView.as_view(), name="api-locales"),
]
