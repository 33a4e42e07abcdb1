"""The page "Privacy" of one's own account: what is held, who looked, copy, erasure."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import TemplateView

from eservices import formats
from eservices.actions import privacy
from eservices.contract import ErasureReport, HeldItem, Reading, Viewer
from eservices.downloads import zip_answer
from eservices.errors import LoginRequired, TooMany
from eservices.forms.accounts import EraseForm
from eservices.models import User
from eservices.queries.copies import unmet_asking
from eservices.queries.privacy import privacy_summary, services_plan, with_account
from eservices.queries.requirements import requirement_words
from eservices.views.base import ActionFormView, ViewerRequiredMixin
from eservices.views.fresh_proof import FreshProofRequired

#: The last page after an erasure is kept in the browser's session for so many seconds.
SHOWN_FOR = 600
#: So many consultations are listed; the copy of the data holds all of them.
READINGS = 100


class OwnDataMixin(ViewerRequiredMixin):
    """Pages about the account that is logged in."""

    @property
    def user(self) -> User:
        """Whose data it is."""
        if self.viewer.user is None:
            raise LoginRequired
        return self.viewer.user


class PrivacyView(OwnDataMixin, TemplateView):
    """What the portal holds, who looked at it, until when it is kept."""

    template_name = "accounts/privacy.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = privacy_summary(self.user)
        asking = unmet_asking(self.viewer)
        return super().get_context_data(
            held=[{"label": item.label, "value": str(item.count)} for item in found.held],
            readings=[reading_row(reading) for reading in found.readings[:READINGS]],
            identify_with=requirement_words(asking.requirement) if asking else "",
            identify_url=asking and f"{asking.url}&{urlencode({'next': reverse('privacy')})}",
            dates=item_rows((*found.plan.kept, *found.plan.erased), with_reason=False),
            **kwargs,
        )


class PrivacyExportView(FreshProofRequired, OwnDataMixin, View):
    """Hands out the copy of everything that the session is sure enough for, after a fresh proof."""

    http_method_names = ("post",)
    act_label = gettext_lazy("Download my data")

    def post(self, request: HttpRequest) -> FileResponse | HttpResponseRedirect:
        try:
            return copy_answer(self.user, self.viewer)
        except TooMany as refusal:
            messages.error(request, str(refusal))
            return redirect("privacy")


@method_decorator(sensitive_post_parameters(), name="dispatch")
class EraseView(OwnDataMixin, ActionFormView):
    """Says what goes and what stays and asks for the password; afterwards nobody is logged in."""

    template_name = "accounts/erase.html"
    form_class = EraseForm

    def act(self, form: Any) -> None:
        report = privacy.erase_own(user=self.user, password=form.cleaned_data["password"])
        logout(self.request)
        self.request.session["erasure"] = report_rows(report)
        self.request.session.set_expiry(SHOWN_FOR)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        plan = report_rows(with_account(services_plan(self.user)))
        return super().get_context_data(plan=plan, is_staff=self.user.is_staff, **kwargs)

    def get_success_url(self) -> str:
        return resolve_url("privacy-erased")


class ErasedView(View):
    """Says once more what was erased and what stays, to the browser that asked."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        report = request.session.get("erasure")
        if report is None:
            return redirect("login")
        answer: HttpResponse = render(request, "accounts/erased.html", {"report": report})
        answer.headers["Cache-Control"] = "private, no-store"
        return answer


def copy_answer(user: User, viewer: Viewer) -> FileResponse:
    """Return the copy of everything as a download."""
    day = timezone.localdate().isoformat()
    return zip_answer(privacy.export(user=user, viewer=viewer), f"{_('my-data')}-{day}")


def reading_row(reading: Reading) -> dict[str, Any]:
    """Return a reading as parts/rows.html takes it: when, who, at what, why."""
    facts = {
        "landmark": reading.by,
        "folder-open": reading.reference,
        "info": _("Handling of your request"),
    }
    return {
        "label": formats.date_time(reading.at),
        "text": reading.what,
        "meta": [{"icon": icon, "text": text} for icon, text in facts.items() if text],
    }


def item_rows(
    items: Sequence[HeldItem], *, with_reason: bool, with_day: bool = True
) -> list[dict[str, Any]]:
    """Return things with their day of deletion as parts/rows.html takes them; plain JSON values."""
    rows = []
    for item in items:
        facts = {
            "folder-open": item.reference,
            "calendar-days": _deletion(item) if with_day else "",
        }
        rows.append(
            {
                "label": str(item.what),
                "text": str(item.reason) if with_reason else "",
                "meta": [{"icon": icon, "text": text} for icon, text in facts.items() if text],
            }
        )
    return rows


def report_rows(report: ErasureReport) -> dict[str, Any]:
    """Return both sides of a report as rows; what goes now needs no day."""
    return {
        "erased": item_rows(report.erased, with_reason=True, with_day=False),
        "kept": item_rows(report.kept, with_reason=True),
    }


def _deletion(item: HeldItem) -> str:
    if item.delete_on:
        return _("Deleted on %(date)s") % {"date": formats.long_date(item.delete_on)}
    return _("Deleted %(when)s") % {"when": item.rule} if item.rule else ""
