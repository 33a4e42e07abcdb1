"""Addresses of sign-in and account pages, below the language and in its words."""

from django.urls import URLPattern, URLResolver, include, path
from django.utils.translation import pgettext_lazy
from django.views.generic import TemplateView

from eservices.views import accounts, invitations, login, passwords

_login: list[URLPattern] = [
    path("", login.LoginView.as_view(), name="login"),
    path("code/", login.CodeView.as_view(), name="login-code"),
]

_invitation: list[URLPattern] = [
    path("", invitations.InvitationView.as_view(), name="invitation"),
    path("code/", invitations.InvitationCodeView.as_view(), name="invitation-code"),
    path(
        pgettext_lazy("address", "again/"),
        invitations.InvitationAgainView.as_view(),
        name="invitation-again",
    ),
    path(
        pgettext_lazy("address", "sent/"),
        TemplateView.as_view(template_name="accounts/invitation_sent.html"),
        name="invitation-again-sent",
    ),
    path("<str:token>/", invitations.OpenLinkView.as_view(), name="invitation-open"),
]

_password: list[URLPattern] = [
    path(
        pgettext_lazy("address", "criteria/"),
        passwords.CriteriaView.as_view(),
        name="password-criteria",
    ),
    path(
        pgettext_lazy("address", "forgotten/"),
        passwords.ResetRequestView.as_view(),
        name="password-reset",
    ),
    path(
        pgettext_lazy("address", "sent/"),
        TemplateView.as_view(template_name="accounts/reset_sent.html"),
        name="password-reset-sent",
    ),
    path(
        pgettext_lazy("address", "new/"),
        passwords.ResetView.as_view(),
        name="password-reset-set",
    ),
    path(
        "<uuid:public_id>/<str:token>/",
        passwords.ResetOpenView.as_view(),
        name="password-reset-open",
    ),
]

_confirm_email: list[URLPattern] = [
    path("", accounts.EmailConfirmView.as_view(), name="email-change-confirm"),
    path("<str:token>/", accounts.LinkOpenView.as_view(), name="email-change-open"),
]

_undo_email: list[URLPattern] = [
    path("", accounts.EmailUndoView.as_view(), name="email-undo"),
    path(
        "<str:token>/",
        accounts.LinkOpenView.as_view(session_key="email_undo", page="email-undo"),
        name="email-undo-open",
    ),
]

_account: list[URLPattern | URLResolver] = [
    path("", accounts.DetailsView.as_view(), name="details"),
    path(
        pgettext_lazy("address", "security/"),
        accounts.SecurityView.as_view(),
        name="security",
    ),
    path(
        pgettext_lazy("address", "password/"),
        passwords.PasswordChangeView.as_view(),
        name="account-password",
    ),
    path("e-mail/", accounts.EmailChangeView.as_view(), name="account-email"),
    path(pgettext_lazy("address", "e-mail/confirm/"), include(_confirm_email)),
    path(pgettext_lazy("address", "e-mail/undo/"), include(_undo_email)),
    path(pgettext_lazy("address", "privacy/"), include("eservices.identity.privacy_urls")),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path(pgettext_lazy("address", "login/"), include(_login)),
    path(pgettext_lazy("address", "logout/"), login.LogoutView.as_view(), name="logout"),
    path(pgettext_lazy("address", "invitation/"), include(_invitation)),
    path(pgettext_lazy("address", "password/"), include(_password)),
    path(pgettext_lazy("address", "account/"), include(_account)),
]
