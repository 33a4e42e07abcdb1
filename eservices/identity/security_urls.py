"""Addresses of the methods by which a person logs in, below the account."""

from django.urls import URLPattern, URLResolver, include, path
from django.utils.translation import pgettext_lazy

from eservices.enums import Method
from eservices.views import passkeys, reauthentication, security

_one_app: list[URLPattern] = [
    path(
        pgettext_lazy("address", "name/"),
        security.RenameView.as_view(method=Method.AUTHENTICATOR),
        name="app-rename",
    ),
    path(
        pgettext_lazy("address", "remove/"),
        security.RemoveView.as_view(method=Method.AUTHENTICATOR),
        name="app-remove",
    ),
]

_app: list[URLPattern | URLResolver] = [
    path("", security.AddAppView.as_view(), name="app-add"),
    path("<uuid:public_id>/", include(_one_app)),
]

_one_passkey: list[URLPattern] = [
    path(
        pgettext_lazy("address", "name/"),
        security.RenameView.as_view(method=Method.PASSKEY),
        name="passkey-rename",
    ),
    path(
        pgettext_lazy("address", "remove/"),
        security.RemoveView.as_view(method=Method.PASSKEY),
        name="passkey-remove",
    ),
]

_passkey: list[URLPattern | URLResolver] = [
    path("", security.AddPasskeyView.as_view(), name="passkey-add"),
    path(
        pgettext_lazy("address", "question/"),
        passkeys.RegisterQuestionView.as_view(),
        name="passkey-register-question",
    ),
    path(
        pgettext_lazy("address", "answer/"),
        passkeys.RegisterPasskeyView.as_view(),
        name="passkey-register",
    ),
    path("<uuid:public_id>/", include(_one_passkey)),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", security.SecurityView.as_view(), name="security"),
    path(
        pgettext_lazy("address", "prove/"),
        reauthentication.ReauthenticateView.as_view(),
        name="reauthenticate",
    ),
    path(
        pgettext_lazy("address", "prove/go-on/"),
        reauthentication.ReauthenticatedView.as_view(),
        name="reauthenticated",
    ),
    path(
        pgettext_lazy("address", "first/"),
        security.FirstMethodView.as_view(),
        name="first-method",
    ),
    path(
        pgettext_lazy("address", "backup-codes/"),
        security.BackupCodesView.as_view(),
        name="backup-codes",
    ),
    path(
        pgettext_lazy("address", "backup-codes/file/"),
        security.BackupCodesFileView.as_view(),
        name="backup-codes-file",
    ),
    path(
        pgettext_lazy("address", "password-by-mail/"),
        security.PasswordByMailView.as_view(),
        name="password-by-mail",
    ),
    path(pgettext_lazy("address", "app/"), include(_app)),
    path(pgettext_lazy("address", "passkey/"), include(_passkey)),
]
