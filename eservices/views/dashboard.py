"""The personal space."""

from typing import Any

from django.core.paginator import Paginator
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.generic import TemplateView

from eservices import formats
from eservices.models import Submission
from eservices.queries.dashboard import Counts, Tab, counts_of, files_in, tiles_for
from eservices.queries.submissions import badge_of
from eservices.views.base import ViewerRequiredMixin

PER_PAGE = 20


class DashboardView(ViewerRequiredMixin, TemplateView):
    """What waits for somebody, and all files of the profile."""

    template_name = "dashboard/dashboard.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        wanted = self.request.GET.get("files", Tab.ALL)
        tab = Tab(wanted) if wanted in set(Tab) else Tab.ALL
        counts = counts_of(self.viewer)
        pages = Paginator(files_in(self.viewer, tab), PER_PAGE)
        pages.count = getattr(counts, tab)  # counted already, with the numbers on the tabs
        page = pages.get_page(self.request.GET.get("page"))
        waiting, tiles = tiles_for(self.viewer)
        return super().get_context_data(
            waiting=waiting,
            tiles=[{"url": t.url, "label": t.title, "text": t.text, "icon": t.icon} for t in tiles],
            tabs=tab_rows(counts, tab),
            counts=counts,
            page_obj=page,
            rows=[file_row(submission) for submission in page],
            columns=[pgettext("request", "File"), _("State"), _("Whose turn"), _("Changed")],
            **kwargs,
        )


def tab_rows(counts: Counts, current: Tab) -> list[dict[str, Any]]:
    """Return the tabs above the list, with their numbers."""
    words = {
        Tab.ALL: _("All (%(n)s)") % {"n": counts.all},
        Tab.OPEN: _("In progress (%(n)s)") % {"n": counts.open},
        Tab.FINISHED: _("Finished (%(n)s)") % {"n": counts.finished},
    }
    return [
        {"label": label, "url": f"?files={tab}", "current": tab == current}
        for tab, label in words.items()
    ]


def file_row(submission: Submission) -> dict[str, Any]:
    """Return one line of the list."""
    return {
        "url": reverse("submission", args=[submission.reference]),
        "label": submission.procedure.title,
        "note": submission.reference,
        "state": badge_of(submission),
        "turn": submission.turn.value,
        "cells": [formats.short_date(submission.modified)],  # type: ignore[attr-defined]
    }
