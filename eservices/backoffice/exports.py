"""Exports of the agents' list: chosen, followed while they are made, taken, deleted."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from eservices.actions import exports
from eservices.backoffice.agents import AgentMixin
from eservices.backoffice.file_lists import ListMixin, list_address
from eservices.downloads import export_answer
from eservices.enums import ExportFormat
from eservices.errors import DomainError
from eservices.models import Export
from eservices.queries.exports import ANSWER, AgentFiles, export_for, exports_of, progress_words

#: So many of one's exports are listed, the newest first.
SHOWN = 30


class ExportNewView(ListMixin, TemplateView):
    """Asks in which format and with which columns; the filters are those of the list."""

    template_name = "backoffice/export_new.html"
    page_title = gettext_lazy("Export the list")
    header_icon = "download"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        files = {"url": list_address(self.filters), "label": _("Files")}
        here = {"url": "", "label": _("Export the list")}
        return [*super().get_breadcrumbs_items(), files, here]

    @cached_property
    def wanted(self) -> AgentFiles:
        """The list with its columns."""
        return AgentFiles(
            user=self.agent,
            filters=self.filters.parameters(),
            language=get_language() or self.agent.language,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        wanted = request.POST.get("format", "")
        fmt = ExportFormat(wanted) if wanted in ExportFormat.values else ExportFormat.XLSX
        try:
            export = exports.ask_for_files(
                user=self.agent,
                format=fmt,
                filters=self.filters.parameters(),
                columns=request.POST.getlist("column"),
                language=get_language() or self.agent.language,
            )
        except DomainError as refusal:
            messages.error(request, str(refusal))
            return self.render_to_response(self.get_context_data(), status=refusal.status)
        return redirect("agent-export", export.public_id)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        columns = self.wanted.columns()
        ticked = self.request.POST.getlist("column") or [
            column.key for column in columns if column.usual
        ]
        rows = [
            {"key": column.key, "label": column.label, "chosen": column.key in ticked}
            for column in columns
        ]
        return super().get_context_data(
            count=self.wanted.files().count(),
            columns=[row for row in rows if not row["key"].startswith(ANSWER)],
            answers=[row for row in rows if row["key"].startswith(ANSWER)],
            narrow=not self.filters.procedure,
            formats=ExportFormat.choices,
            back=list_address(self.filters),
            **kwargs,
        )


class ExportMixin(AgentMixin):
    """One of the agent's own exports."""

    header_icon = "download"
    kwargs: dict[str, Any]

    @cached_property
    def export(self) -> Export:
        """The export; NotFound for those of others."""
        return export_for(self.agent, self.kwargs["export_id"], AgentFiles.slug)


class ExportsView(AgentMixin, TemplateView):
    """What the agent has exported lately."""

    template_name = "backoffice/exports.html"
    page_title = gettext_lazy("My exports")
    header_icon = "download"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        files = {"url": reverse("agent-files"), "label": _("Files")}
        return [*super().get_breadcrumbs_items(), files, {"url": "", "label": _("My exports")}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = [
            {"export": export, "words": progress_words(export)}
            for export in exports_of(self.agent, AgentFiles.slug)[:SHOWN]
        ]
        return super().get_context_data(rows=rows, **kwargs)


class ExportView(ExportMixin, TemplateView):
    """How far one export is and, once it is ready, the file."""

    template_name = "backoffice/export.html"
    page_title = gettext_lazy("Export")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        files = {"url": reverse("agent-files"), "label": _("Files")}
        own = {"url": reverse("agent-exports"), "label": _("My exports")}
        return [*super().get_breadcrumbs_items(), files, own, {"url": "", "label": _("Export")}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            export=self.export, words=progress_words(self.export), **kwargs
        )


class ExportFileView(ExportMixin, View):
    """Hands the file out to its owner."""

    def get(self, request: HttpRequest, export_id: UUID) -> FileResponse:
        found = exports.file_of(user=self.agent, public_id=export_id, slug=AgentFiles.slug)
        return export_answer(found, _("files"))


class ExportDeleteView(ExportMixin, View):
    """Deletes an export before its time."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, export_id: UUID) -> HttpResponse:
        exports.delete(export=self.export)
        messages.success(request, _("The export is deleted."))
        return redirect("agent-exports")


def urls() -> list[URLPattern]:
    """Return the addresses of exports below /admin/."""
    one = "exports/<uuid:export_id>/"
    return [
        path("exports/", ExportsView.as_view(), name="agent-exports"),
        path("exports/new/", ExportNewView.as_view(), name="agent-export-new"),
        path(one, ExportView.as_view(), name="agent-export"),
        path(f"{one}file/", ExportFileView.as_view(), name="agent-export-file"),
        path(f"{one}delete/", ExportDeleteView.as_view(), name="agent-export-delete"),
    ]
