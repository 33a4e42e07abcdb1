"""Reports of wrong values in the back office: read, corrected on the authority of the municipality, answered."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.generic import TemplateView

from eservices.actions import details
from eservices.backoffice.people import RightMenuItem, RightMixin
from eservices.enums import FieldSource
from eservices.errors import CorrectionMissing, DomainError, NotFound
from eservices.models import DetailsReport
from eservices.queries.details import (
    LABELS,
    organisation_value,
    person_value,
    report_counts,
    reports,
)

ROWS = 25


class AnswerForm(forms.Form):
    """What the person reads."""

    answer = forms.CharField(
        label=gettext_lazy("Answer, as the person will read it"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class CorrectionForm(forms.Form):
    """The right value and why."""

    value = forms.CharField(label=gettext_lazy("Right value"), max_length=250, required=False)
    reason = forms.CharField(
        label=gettext_lazy("On what this rests"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("For example the document that you have seen; for the journal."),
    )


class ReportMixin(RightMixin):
    """Only for those who may answer reports."""

    right = details.CHANGE
    header_icon = "warning"


class ReportListView(ReportMixin, TemplateView):
    """Reports that wait, the oldest first, and those that were answered."""

    template_name = "backoffice/reports.html"
    page_title = gettext_lazy("Wrong details")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        answered = self.request.GET.get("tab") == "answered"
        counts = report_counts()
        page = Paginator(reports(answered=answered), ROWS).get_page(self.request.GET.get("p"))
        return super().get_context_data(
            tabs=[
                {
                    "key": "open",
                    "label": pgettext_lazy("reports", "Open"),
                    "count": counts.open,
                    "current": not answered,
                },
                {
                    "key": "answered",
                    "label": pgettext_lazy("reports", "Answered"),
                    "count": counts.answered,
                    "current": answered,
                },
            ],
            answered=answered,
            page_obj=page,
            rows=[{"report": row, "label": LABELS.get(row.field, row.field)} for row in page],
            **kwargs,
        )


class ReportView(ReportMixin, TemplateView):
    """One report with the present value; correcting it and answering are two acts."""

    template_name = "backoffice/report.html"
    trail = (("agent-reports", gettext_lazy("Wrong details")),)
    kwargs: dict[str, Any]

    @cached_property
    def report(self) -> DetailsReport:
        """The one of the address; NotFound for none."""
        rows = DetailsReport.objects.select_related(
            "user__citizen_profile", "profile__organisation", "handled_by"
        )
        row = rows.filter(public_id=self.kwargs["public_id"]).first()
        if row is None:
            raise NotFound
        return row

    @property
    def label(self) -> str:
        """What the value is called."""
        return str(LABELS.get(self.report.field, self.report.field))

    def get_page_title(self) -> str:
        return f"{self.label} – {self.report.user.display_name}"

    @property
    def can_correct(self) -> bool:
        """Whether the value can be put right here; the national number and the mail address have ways of their own."""
        row = self.report
        return row.field == "name" if row.profile else row.field in details.CORRECTABLE

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        act = kwargs["act"]
        form = (AnswerForm if act == "answer" else CorrectionForm)(request.POST)
        status = 422
        if form.is_valid():
            try:
                self.settle(act, form.cleaned_data)
            except DomainError as refusal:
                form.add_error(
                    refusal.field if refusal.field in form.fields else None, str(refusal)
                )
                status = refusal.status
            else:
                return redirect("agent-report", public_id=self.report.public_id)
        return self.render_to_response(
            self.get_context_data(**{f"{act}_form": form}), status=status
        )

    def settle(self, act: str, values: dict[str, Any]) -> None:
        """Call the action and say what happened."""
        row = self.report
        if act == "answer":
            details.answer(report=row, by=self.agent, answer=values["answer"])
            messages.success(self.request, _("The report is answered. The person gets an e-mail."))
            return
        if row.profile:
            details.correct_organisation(
                organisation=row.profile.organisation,
                value=values["value"],
                by=self.agent,
                reason=values["reason"],
                person=row.user,
            )
        else:
            value = values["value"]
            if row.field == "phone" and value:
                from phonenumber_field.phonenumber import (
                    to_python,
                )  # heavy: the numbers of the world

                number = to_python(value, region="BE")
                if not (number and number.is_valid()):
                    raise CorrectionMissing(field="value")
                value = str(number)
            details.correct(
                user=row.user,
                field=row.field,
                value=value,
                by=self.agent,
                reason=values["reason"],
            )
        messages.success(
            self.request, _("The value is corrected. Its source is now the administration.")
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.report
        membership = row.profile and row.profile.memberships.filter(user=row.user).first()
        value = (
            organisation_value(membership, row.field)
            if membership
            else person_value(row.user, row.field)
        )
        kwargs.setdefault("answer_form", AnswerForm())
        kwargs.setdefault("correct_form", CorrectionForm(initial={"value": value}))
        return super().get_context_data(
            report=row,
            label=self.label,
            value=value,
            source=FieldSource(row.source).label,
            can_correct=self.can_correct and row.handled_at is None,
            **kwargs,
        )


def menu_item() -> RightMenuItem:
    """Return the menu item of reports."""
    return RightMenuItem(
        gettext_lazy("Wrong details"),
        reverse("agent-reports"),
        name="reports",
        icon_name="warning",
        order=112,
        right=details.CHANGE,
    )


def urls() -> list[URLPattern]:
    """Return the addresses below /admin/."""
    one = "wrong-details/<uuid:public_id>/"
    return [
        path("wrong-details/", ReportListView.as_view(), name="agent-reports"),
        path(one, ReportView.as_view(http_method_names=["get"]), name="agent-report"),
        *[
            path(
                f"{one}{act}/",
                ReportView.as_view(http_method_names=["post"]),
                {"act": act},
                name=f"agent-report-{act}",
            )
            for act in ("answer", "correct")
        ],
    ]
