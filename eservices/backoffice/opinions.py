"""Questions of other teams about their files: a tab beside the agents' own files, and a part of their first page."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Paginator
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from eservices.backoffice.agents import AgentMixin
from eservices.backoffice.file_lists import tab_rows
from eservices.models import OpinionRequest
from eservices.queries.inbox import list_counts, standing_of
from eservices.queries.introducers import introducers_of
from eservices.queries.requests import opinions_for

ROWS = 25


class OpinionListView(AgentMixin, TemplateView):
    """What one's teams are asked, the file with the nearest time limit first; answered on the page of the file."""

    template_name = "backoffice/opinions.html"
    page_title = gettext_lazy("Opinions asked of us")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        files = {"url": reverse("agent-files"), "label": _("Files")}
        here = {"url": "", "label": _("Opinions asked of us")}
        return [*super().get_breadcrumbs_items(), files, here]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = Paginator(opinions_for(self.agent), ROWS).get_page(self.request.GET.get("p"))
        return super().get_context_data(
            tabs=tab_rows(self.agent, list_counts(self.agent).tabs, None),
            page_obj=page,
            query="",
            rows=opinion_rows(list(page)),
            **kwargs,
        )


def opinion_rows(opinions: Sequence[OpinionRequest]) -> list[dict[str, Any]]:
    """Return questions with whose file it is and how its time limit stands."""
    by = introducers_of([opinion.submission for opinion in opinions])
    return [
        {
            "opinion": opinion,
            "file": opinion.submission,
            "by": by[opinion.submission.pk],
            "standing": standing_of(opinion.submission),
        }
        for opinion in opinions
    ]


def urls() -> list[URLPattern]:
    """Return the addresses below /admin/."""
    return [path("files/opinions/", OpinionListView.as_view(), name="agent-opinions")]
