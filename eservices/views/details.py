"""What the portal knows of a person and an organisation: each value with its source, and the way to say it is wrong."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from eservices import formats
from eservices.actions import accounts, details
from eservices.enums import FieldSource
from eservices.errors import NotFound
from eservices.forms.accounts import DetailsForm
from eservices.forms.preferences import OrganisationForm, ReportForm
from eservices.models import DetailsReport, Membership
from eservices.queries.details import (
    LABELS,
    ORGANISATION_FIELDS,
    PERSON_FIELDS,
    locks_of,
    open_reports_of,
    organisation_locks_of,
    organisation_value,
    person_value,
)
from eservices.queries.profiles import administers
from eservices.views.base import ActionFormView
from eservices.views.kept import KeptFormMixin
from eservices.views.login import in_language_of
from eservices.views.privacy import OwnDataMixin

#: Where locked values come from, in words.
SOURCES: Mapping[FieldSource, Any] = {
    FieldSource.EID: gettext_lazy("Comes from your electronic identity card (eID)."),
    FieldSource.CSAM: gettext_lazy("Comes from CSAM."),
    FieldSource.ITSME: gettext_lazy("Comes from itsme®."),
    FieldSource.REGISTER: gettext_lazy("Comes from the National Register."),
    FieldSource.KBO: gettext_lazy("Comes from the Crossroads Bank for Enterprises."),
    FieldSource.AGENT: gettext_lazy("Was recorded by the municipal administration."),
}
#: Answers to reports are shown on the page of details for so long.
ANSWERS_SHOWN = timedelta(days=90)


def locked_rows(
    locks: Mapping[str, FieldSource], values: Mapping[str, str], waiting: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Return locked values as parts/locked.html takes them; those that the portal does not show are left out."""
    return [
        {
            "id": f"locked-{name}",
            "label": LABELS[name],
            "value": values[name],
            "source": SOURCES[source],
            "report_url": "" if name in waiting else reverse("details-report", args=[name]),
            "reported_on": formats.long_date(waiting[name].created_at) if name in waiting else "",
        }
        for name, source in locks.items()
        if values.get(name)
    ]


class DetailsView(KeptFormMixin, OwnDataMixin, ActionFormView):
    """Name, language and phone number; values of official sources with their source."""

    template_name = "accounts/details.html"
    form_class = DetailsForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.user}

    def act(self, form: Any) -> None:
        changed = accounts.update_details(user=self.user, values=form.values(), by=self.user)
        with override(changed.language):
            messages.success(self.request, _("Your details are saved."))
        self.success_url = in_language_of(changed, resolve_url("details"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.user
        locks = locks_of(user)
        values = {name: person_value(user, name) for name in locks}
        answers = DetailsReport.objects.filter(
            user=user, handled_at__gt=timezone.now() - ANSWERS_SHOWN
        ).order_by("-handled_at")
        return super().get_context_data(
            locked=locked_rows(locks, values, open_reports_of(user, None)),
            email_locked="email" in locks,
            answers=[{"label": LABELS.get(r.field, r.field), "report": r} for r in answers],
            membership=self.viewer.membership,
            **kwargs,
        )


class OrganisationDetailsView(KeptFormMixin, OwnDataMixin, ActionFormView):
    """What the portal knows of the organisation in whose name one acts; its administrators change what is declared."""

    template_name = "accounts/organisation.html"
    form_class = OrganisationForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.viewer.is_authenticated and self.viewer.membership is None:
            return redirect("details")
        return super().dispatch(request, *args, **kwargs)

    @property
    def membership(self) -> Membership:
        """The right to act for the organisation."""
        if self.viewer.membership is None:
            raise NotFound
        return self.viewer.membership

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "membership": self.membership}

    def act(self, form: Any) -> None:
        details.update_organisation(membership=self.membership, values=form.values(), by=self.user)
        messages.success(self.request, _("The details of the organisation are saved."))

    def get_success_url(self) -> str:
        return resolve_url("organisation-details")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        membership = self.membership
        locks = organisation_locks_of(membership.profile.organisation)
        values = {name: organisation_value(membership, name) for name in ORGANISATION_FIELDS}
        liable = {True: _("Yes"), False: _("No")}.get(
            membership.profile.organisation.is_vat_liable, _("Not known")
        )
        declared = [(LABELS[n], values[n]) for n in ORGANISATION_FIELDS if n not in locks]
        return super().get_context_data(
            name=membership.shown_name,
            locked=locked_rows(locks, values, open_reports_of(self.user, membership.profile)),
            may_change=administers(self.user, membership.profile),
            declared=[*declared, (_("Liable to VAT"), liable)],
            **kwargs,
        )


class ReportView(KeptFormMixin, OwnDataMixin, ActionFormView):
    """ "This is wrong": the person says what is wrong with a value that only an official source can change."""

    template_name = "accounts/report.html"
    form_class = ReportForm

    @property
    def membership(self) -> Membership | None:
        """The organisation's, when the value is one of an organisation; NotFound without one."""
        if self.kwargs["field"] in PERSON_FIELDS:
            return None
        if self.kwargs["field"] in ORGANISATION_FIELDS and self.viewer.membership:
            return self.viewer.membership
        raise NotFound

    def act(self, form: Any) -> None:
        details.report(
            user=self.user,
            field=self.kwargs["field"],
            message=form.cleaned_data["message"],
            membership=self.membership,
        )
        messages.success(
            self.request, _("Thank you: we look into it and tell you by e-mail what we did.")
        )

    def get_success_url(self) -> str:
        return resolve_url("organisation-details" if self.membership else "details")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        field, membership = self.kwargs["field"], self.membership
        value = (
            organisation_value(membership, field) if membership else person_value(self.user, field)
        )
        locks = (
            organisation_locks_of(membership.profile.organisation)
            if membership
            else locks_of(self.user)
        )
        if field not in locks:
            raise NotFound
        return super().get_context_data(
            label=LABELS[field],
            value=value,
            source=SOURCES[locks[field]],
            back_url=self.get_success_url(),
            **kwargs,
        )
