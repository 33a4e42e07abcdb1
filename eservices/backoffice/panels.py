"""The first page of the back office for agents: what waits for their teams and for themselves."""

from typing import Any

from django.http import HttpRequest
from wagtail.admin.ui.components import Component

from eservices.backoffice.agents import may_handle_files
from eservices.backoffice.opinions import opinion_rows
from eservices.models import Submission
from eservices.queries.inbox import FileFilters, Tab, list_counts, page_of_files
from eservices.queries.introducers import introducers_of
from eservices.queries.requests import opinions_for
from eservices.queries.reviews import deadline_of

ROWS = 5


class WaitingFilesPanel(Component):
    """The most urgent files: one's own first, then those that nobody has taken."""

    name = "waiting_files"
    template_name = "backoffice/home_panel.html"
    order = 50

    def get_context_data(self, parent_context: dict[str, Any]) -> dict[str, Any]:
        user = parent_context["request"].user
        mine, free = (
            page_of_files(user, FileFilters(tab=tab), start=0, size=ROWS)
            for tab in (Tab.MINE, Tab.UNASSIGNED)
        )
        numbers = list_counts(user).tabs
        return {
            "counts": {tab.value: numbers[tab].files for tab in Tab},
            "mine": file_rows(mine),
            "unassigned": file_rows(free),
        }


class AskedOpinionsPanel(Component):
    """What other teams ask; shown while somebody waits."""

    name = "asked_opinions"
    template_name = "backoffice/home_opinions.html"
    order = 40

    def get_context_data(self, parent_context: dict[str, Any]) -> dict[str, Any]:
        asked = opinions_for(parent_context["request"].user)
        count = asked.count()
        return {"count": count, "rows": opinion_rows(asked[:ROWS]) if count else []}


def file_rows(files: list[Submission]) -> list[dict[str, Any]]:
    """Return files as backoffice/home_rows.html takes them."""
    by = introducers_of(files)
    return [{"file": row, "by": by[row.pk], "deadline": deadline_of(row)} for row in files]


def add_panels(request: HttpRequest, panels: list[Component]) -> None:
    """Put the agents' panels first; people who may edit no page lose Wagtail's panels about pages."""
    if may_handle_files(request.user):  # type: ignore[arg-type]
        panels += [AskedOpinionsPanel(), WaitingFilesPanel()]
