"""Addresses of sign-in and account pages, below the language."""

from django.urls import URLPattern, path
from django.views.generic import TemplateView

from eservices.views import accounts, invitations, login, passwords

urlpatterns: list[URLPattern] = [
    path("login/", login.LoginView.as_view(), name="login"),
    path("login/code/", login.CodeView.as_view(), name="login-code"),
    path("logout/", login.LogoutView.as_view(), name="logout"),
    path("invitation/", invitations.InvitationView.as_view(), name="invitation"),
    path("invitation/code/", invitations.InvitationCodeView.as_view(), name="invitation-code"),
    path("invitation/again/", invitations.InvitationAgainView.as_view(), name="invitation-again"),
    path(
        "invitation/sent/",
        TemplateView.as_view(template_name="accounts/invitation_sent.html"),
        name="invitation-again-sent",
    ),
    path("invitation/<str:token>/", invitations.OpenLinkView.as_view(), name="invitation-open"),
    path("password/criteria/", passwords.CriteriaView.as_view(), name="password-criteria"),
    path("password/forgotten/", passwords.ResetRequestView.as_view(), name="password-reset"),
    path(
        "password/sent/",
        TemplateView.as_view(template_name="accounts/reset_sent.html"),
        name="password-reset-sent",
    ),
    path("password/new/", passwords.ResetView.as_view(), name="password-reset-set"),
    path(
        "password/<uuid:public_id>/<str:token>/",
        passwords.ResetOpenView.as_view(),
        name="password-reset-open",
    ),
    path("account/", accounts.DetailsView.as_view(), name="details"),
    path("account/security/", accounts.SecurityView.as_view(), name="security"),
    path("account/password/", passwords.PasswordChangeView.as_view(), name="account-password"),
    path("account/email/", accounts.EmailChangeView.as_view(), name="account-email"),
    path(
        "account/email/confirm/", accounts.EmailConfirmView.as_view(), name="email-change-confirm"
    ),
    path("account/email/undo/", accounts.EmailUndoView.as_view(), name="email-undo"),
    path(
        "account/email/confirm/<str:token>/",
        accounts.LinkOpenView.as_view(),
        name="email-change-open",
    ),
    path(
        "account/email/undo/<str:token>/",
        accounts.LinkOpenView.as_view(session_key="email_undo", page="email-undo"),
        name="email-undo-open",
    ),
]
