"""Procedures as JSON in the back office: a download from each page, and a page that takes one over."""

import json
from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe
from wagtail.admin.widgets.button import Button
from wagtail.models import Page

from eservices.actions.exchange import MAX_BYTES, export_procedure, import_procedure
from eservices.errors import ImportRefused
from eservices.models import ProcedureIndexPage, ProcedurePage, Section, Team


class ImportForm(forms.Form):
    """The file, and what stands in for sections and teams that this portal does not have."""

    file = forms.FileField(
        label=gettext_lazy("Exported procedure (JSON)"),
        widget=forms.FileInput(attrs={"accept": "application/json,.json"}),
    )
    section = forms.ModelChoiceField(
        Section.objects.all(),
        label=gettext_lazy("Section"),
        required=False,
        empty_label=gettext_lazy("As in the file"),
    )
    team = forms.ModelChoiceField(
        Team.objects.all(),
        label=gettext_lazy("Team"),
        required=False,
        empty_label=gettext_lazy("As in the file"),
    )


@require_safe
def export_page(request: HttpRequest, page: int) -> HttpResponse:
    """Answer with a procedure as a download, as it was saved last in all its languages."""
    found = get_object_or_404(ProcedurePage.objects.select_related("locale"), pk=page)
    if not found.permissions_for_user(request.user).can_edit():
        raise PermissionDenied
    text = json.dumps(export_procedure(page=found), ensure_ascii=False, indent=2)
    response = HttpResponse(text + "\n", content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.slug}.json"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def import_page(request: HttpRequest) -> HttpResponse:
    """Take a file over as draft pages, or say what is wrong with it and where."""
    if not may_import(request):
        raise PermissionDenied
    posted = request.method == "POST"
    form = ImportForm(request.POST, request.FILES) if posted else ImportForm()
    problems: list[dict[str, str]] = []
    if posted and form.is_valid():
        values = form.cleaned_data
        try:
            pages = import_procedure(
                raw=values["file"].read(MAX_BYTES + 1),
                by=request.user,  # type: ignore[arg-type]  # the admin asks for a login
                section=values["section"],
                team=values["team"],
            )
        except ImportRefused as refusal:
            form.add_error("file", str(refusal))
            problems = [{"place": place, "text": text} for place, text in refusal.params["errors"]]
        else:
            words = ngettext(
                "The procedure is here as a draft in %(count)s language. Check it, then publish.",
                "The procedure is here as a draft in %(count)s languages. Check it, then publish.",
                len(pages),
            )
            messages.success(request, words % {"count": len(pages)})
            return redirect("wagtailadmin_pages:edit", pages[0].pk)
    context = {
        "form": form,
        "problems": problems,
        "page_title": _("Import a procedure"),
        "header_icon": "upload",
    }
    return render(
        request, "procedures/admin/import.html", context, status=422 if form.errors else 200
    )


def may_import(request: HttpRequest) -> bool:
    """Whether this person may add pages below some list of procedures."""
    return any(
        index.permissions_for_user(request.user).can_add_subpage()
        for index in ProcedureIndexPage.objects.all()
    )


def header_buttons(
    page: Page, user: Any, next_url: str | None = None, **kwargs: Any
) -> Iterator[Button]:
    """`register_page_header_buttons`: the export, in the menu of a procedure."""
    if (
        isinstance(page.specific_deferred, ProcedurePage)
        and page.permissions_for_user(user).can_edit()
    ):
        yield Button(
            _("Export as JSON"),
            reverse("procedure-export", args=[page.pk]),
            icon_name="download",
            priority=80,
        )


def urls() -> list[URLPattern]:
    """The addresses, below /admin/."""
    return [
        path("procedures/import/", import_page, name="procedure-import"),
        path("procedures/<int:page>/export/", export_page, name="procedure-export"),
    ]
