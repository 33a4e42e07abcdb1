"""Addresses of sign-in and account pages, below the language and in its words."""

from django.urls import URLPattern, URLResolver, include, path
from django.utils.translation import pgettext_lazy
from django.views.generic import TemplateView

from eservices.views import accounts, invitations, login, passkeys, passwords, second_step
from eservices.views.details import DetailsView, OrganisationDetailsView, ReportView
from eservices.views.registration import RegisterView
from eservices.views.sessions import SessionEndedView

_login: list[URLPattern] = [
    path("", login.LoginView.as_view(), name="login"),
    path("code/", second_step.CodeView.as_view(), name="login-code"),
    path(
        pgettext_lazy("address", "passkey/question/"),
        passkeys.QuestionView.as_view(),
        name="passkey-question",
    ),
    path(
        pgettext_lazy("address", "passkey/"),
        passkeys.ProvePasskeyView.as_view(),
        name="passkey-login",
    ),
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

_register: list[URLPattern] = [
    path("", RegisterView.as_view(), name="register"),
    path(
        pgettext_lazy("address", "sent/"),
        TemplateView.as_view(template_name="accounts/register_sent.html"),
        name="register-sent",
    ),
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
    path("", DetailsView.as_view(), name="details"),
    path(
        pgettext_lazy("address", "organisation/"),
        OrganisationDetailsView.as_view(),
        name="organisation-details",
    ),
    path(
        pgettext_lazy("address", "wrong/<slug:field>/"),
        ReportView.as_view(),
        name="details-report",
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
    path(pgettext_lazy("address", "security/"), include("eservices.identity.security_urls")),
    path(pgettext_lazy("address", "preferences/"), include("eservices.identity.preference_urls")),
    path(pgettext_lazy("address", "sessions/"), include("eservices.identity.session_urls")),
    path(pgettext_lazy("address", "spaces/"), include("eservices.identity.space_urls")),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path(pgettext_lazy("address", "login/"), include(_login)),
    path(pgettext_lazy("address", "logout/"), login.LogoutView.as_view(), name="logout"),
    path(
        pgettext_lazy("address", "session-ended/"),
        SessionEndedView.as_view(),
        name="session-ended",
    ),
    path(pgettext_lazy("address", "register/"), include(_register)),
    path(pgettext_lazy("address", "invitation/"), include(_invitation)),
    path(pgettext_lazy("address", "password/"), include(_password)),
    path(pgettext_lazy("address", "account/"), include(_account)),
    path(pgettext_lazy("address", "identity/"), include("eservices.identity.identity_urls")),
    path(pgettext_lazy("address", "identify/"), include("eservices.identity.step_up_urls")),
    path("web-eid/", include("eservices.identity.web_eid_urls")),
    path(pgettext_lazy("address", "looking/"), include("eservices.identity.acting_urls")),
]
