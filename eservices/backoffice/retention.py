"""Report of deleted files for archivists and administrators: what went, when; never whose it was."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.reports import ReportView
from wagtail.permission_policies import ModelPermissionPolicy

from eservices.models import PurgedFile
from eservices.permissions import READ_PURGES
from eservices.queries.retention import purged_files


class PurgedFilesReport(ReportView):
    """The extracts of deleted files, also as a spreadsheet."""

    page_title = _("Deleted files")
    header_icon = "bin"
    index_url_name = "purged-files"
    index_results_url_name = "purged-files-results"
    model = PurgedFile
    columns: ClassVar[list[Column]] = [
        Column("reference", label=_("Reference")),
        Column("procedure_code", label=_("Procedure")),
        Column("team_code", label=_("Team")),
        Column("state", label=_("Outcome"), accessor="get_state_display"),
        Column("submitted_on", label=_("Sent on")),
        Column("decided_on", label=_("Decided on")),
        Column("report", label=_("Deleted on"), accessor="report.started_at"),
    ]
    list_export: ClassVar[list[str]] = [
        "reference",
        "procedure_code",
        "team_code",
        "get_state_display",
        "submitted_on",
        "decided_on",
        "report.started_at",
    ]
    export_headings: ClassVar[dict[str, Any]] = {
        "reference": _("Reference"),
        "procedure_code": _("Procedure"),
        "team_code": _("Team"),
        "get_state_display": _("Outcome"),
        "submitted_on": _("Sent on"),
        "decided_on": _("Decided on"),
        "report.started_at": _("Deleted on"),
    }
    permission_policy = ModelPermissionPolicy(PurgedFile)
    permission_required = "view"

    def get_queryset(self) -> QuerySet[PurgedFile]:
        return purged_files()


class PurgesMenuItem(MenuItem):
    """The entry below Reports, for those who may read it."""

    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm(READ_PURGES)  # type: ignore[union-attr]


def menu_item() -> PurgesMenuItem:
    """Return the menu item of the report."""
    return PurgesMenuItem(
        _("Deleted files"), reverse("purged-files"), name="purged-files", icon_name="bin", order=900
    )


def urls() -> list[URLPattern]:
    """Return the addresses below /admin/."""
    return [
        path("reports/deleted-files/", PurgedFilesReport.as_view(), name="purged-files"),
        path(
            "reports/deleted-files/results/",
            PurgedFilesReport.as_view(results_only=True),
            name="purged-files-results",
        ),
    ]
