"""Addresses of the spaces of a person: oneself, enterprises and associations."""

from django.urls import URLPattern, URLResolver, include, path
from django.utils.translation import pgettext_lazy

from eservices.views import colleagues, organisations, spaces

_new: list[URLPattern] = [
    path("", organisations.KindView.as_view(), name="space-new"),
    path(
        pgettext_lazy("address", "number/"),
        organisations.NumberView.as_view(),
        name="space-new-number",
    ),
    path(
        pgettext_lazy("address", "access/"),
        organisations.AccessView.as_view(),
        name="space-new-access",
    ),
    path(
        pgettext_lazy("address", "name/"), organisations.NameView.as_view(), name="space-new-name"
    ),
    path(
        pgettext_lazy("address", "function/"),
        organisations.FunctionView.as_view(),
        name="space-new-function",
    ),
    path(
        pgettext_lazy("address", "contact/"),
        organisations.ContactView.as_view(),
        name="space-new-contact",
    ),
    path(
        pgettext_lazy("address", "done/<uuid:space>/"),
        organisations.DoneView.as_view(),
        name="space-new-done",
    ),
]

_colleagues: list[URLPattern] = [
    path("", colleagues.ColleaguesView.as_view(), name="space-colleagues"),
    path("<uuid:member>/role/", colleagues.RoleView.as_view(), name="space-colleague-role"),
    path(
        pgettext_lazy("address", "<uuid:member>/end/"),
        colleagues.EndView.as_view(),
        name="space-colleague-end",
    ),
    path(
        pgettext_lazy("address", "withdraw/<uuid:invitation>/"),
        colleagues.WithdrawView.as_view(),
        name="space-invitation-withdraw",
    ),
]

_space: list[URLPattern | URLResolver] = [
    path("", spaces.SpaceView.as_view(), name="space"),
    path(pgettext_lazy("address", "change/"), spaces.SpaceEditView.as_view(), name="space-edit"),
    path(pgettext_lazy("address", "mandate/"), spaces.MandateView.as_view(), name="space-mandate"),
    path(
        pgettext_lazy("address", "mandate/file/"),
        spaces.MandateFileView.as_view(),
        name="space-mandate-file",
    ),
    path(pgettext_lazy("address", "leave/"), spaces.LeaveView.as_view(), name="space-leave"),
    path(pgettext_lazy("address", "colleagues/"), include(_colleagues)),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", spaces.SpacesView.as_view(), name="spaces"),
    path(pgettext_lazy("address", "new/"), include(_new)),
    path(pgettext_lazy("address", "switch/"), spaces.SwitchView.as_view(), name="space-switch"),
    path(
        pgettext_lazy("address", "answer/<uuid:invitation>/"),
        spaces.InvitationAnswerView.as_view(),
        name="space-invitation-answer",
    ),
    path("<uuid:space>/", include(_space)),
]
