"""All files of the space in one list, with search and export."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from eservices.actions import exports
from eservices.actions.acting import person_acting
from eservices.downloads import export_answer
from eservices.enums import ExportFormat
from eservices.errors import DomainError
from eservices.models import Export
from eservices.queries.exports import OwnFiles, export_for, progress_words
from eservices.queries.own_files import OwnFilters, OwnTab, own_counts, own_list
from eservices.views.base import ViewerRequiredMixin
from eservices.views.dashboard import PER_PAGE, file_row, tab_rows


class OwnListMixin(ViewerRequiredMixin):
    """A page about the list as its address filters it."""

    @cached_property
    def filters(self) -> OwnFilters:
        """The filters of the address."""
        return OwnFilters.read({name: str(value) for name, value in self.request.GET.items()})


class OwnFilesView(OwnListMixin, TemplateView):
    """The files of the profile in use: by state, by word, page by page."""

    template_name = "dashboard/own_files.html"
    open_to_agents = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        filters, counts = self.filters, own_counts(self.viewer)
        pages = Paginator(own_list(self.viewer, filters), PER_PAGE)
        if not filters.q:
            pages.count = counts[filters.tab]  # counted already, with the numbers on the tabs
        page = pages.get_page(self.request.GET.get("page"))
        return super().get_context_data(
            filters=filters,
            query=urlencode(filters.parameters()),
            tabs=tab_rows(counts, filters.tab, "tab"),
            has_files=bool(counts[OwnTab.ALL]),
            page_obj=page,
            rows=[file_row(submission) for submission in page],
            columns=[pgettext("request", "File"), _("State"), _("Whose turn"), _("Changed")],
            trail=[
                {"label": _("My space"), "url": reverse("dashboard")},
                {"label": _("All files"), "url": ""},
            ],
            formats=ExportFormat.choices,
            may_export=self.viewer.agent is None and bool(pages.count),
            **kwargs,
        )


class ExportNewView(OwnListMixin, View):
    """Asks for the list as it is filtered, in one of two formats."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        wanted = request.POST.get("format", "")
        try:
            export = exports.ask_for_own_files(
                viewer=self.viewer,
                format=ExportFormat(wanted) if wanted in ExportFormat.values else ExportFormat.XLSX,
                filters=self.filters.parameters(),
                language=get_language() or "",
            )
        except DomainError as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(
                f"{reverse('own-files')}?{urlencode(self.filters.parameters())}"
            )
        return redirect("export", export.public_id)


class ExportMixin(ViewerRequiredMixin):
    """One of the person's own exports."""

    kwargs: dict[str, Any]

    @cached_property
    def export(self) -> Export:
        """The export; NotFound for those of others."""
        return export_for(person_acting(self.viewer), self.kwargs["export_id"], OwnFiles.slug)


class ExportView(ExportMixin, TemplateView):
    """How far one export is and, once it is ready, the file."""

    template_name = "dashboard/export.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        trail = [
            {"label": _("My space"), "url": reverse("dashboard")},
            {"label": _("All files"), "url": reverse("own-files")},
            {"label": _("Export"), "url": ""},
        ]
        return super().get_context_data(
            export=self.export, words=progress_words(self.export), trail=trail, **kwargs
        )


class ExportFileView(ExportMixin, View):
    """Hands the file out to its owner."""

    def get(self, request: HttpRequest, export_id: UUID) -> FileResponse:
        user = person_acting(self.viewer)
        found = exports.file_of(user=user, public_id=export_id, slug=OwnFiles.slug)
        return export_answer(found, _("my-files"))


class ExportDeleteView(ExportMixin, View):
    """Deletes an export before its time."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, export_id: UUID) -> HttpResponse:
        exports.delete(export=self.export)
        messages.success(request, _("The export is deleted."))
        return redirect("own-files")
