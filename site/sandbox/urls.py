"""Addresses of the sandbox."""

from django.urls import path, re_path

from sandbox import views
from sandbox.styleguide import styleguide

urlpatterns = [
    path("styleguide/", styleguide, name="sandbox-styleguide"),
    path("mail/", views.mailbox, name="sandbox-mail"),
    re_path(r"^mail/(?P<key>[0-9]+-[0-9]+-[0-9a-f]+)/$", views.mail_page, name="sandbox-mail-page"),
    re_path(
        r"^mail/(?P<key>[0-9]+-[0-9]+-[0-9a-f]+)/html/$", views.mail_html, name="sandbox-mail-html"
    ),
]
